#include "core/pdf/content.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

#include "core/pdf/document.h"

namespace postroom::pdf {
namespace {

void append_integer(Bytes& out, int value) {
  char digits[12];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// A literal string holds any byte but these four as it is; half the length of a hexadecimal one.
void append_string_byte(Bytes& out, unsigned char byte) {
  switch (byte) {
    case '(':
    case ')':
    case '\\':
      out += '\\';
      out += static_cast<char>(byte);
      break;
    case '\r': out += "\\r"; break;
    default: out += static_cast<char>(byte);
  }
}

}  // namespace

ContentStream::ContentStream() { out_.reserve(16 * 1024); }

void ContentStream::begin_text() {
  if (in_text_) return;
  out_ += "BT\n";
  in_text_ = true;
}

void ContentStream::end_text() {
  if (!in_text_) return;
  out_ += "ET\n";
  in_text_ = false;
}

void ContentStream::set_ink(Ink ink) {
  if (ink_known_ && ink == ink_) return;
  ink_known_ = true;
  ink_ = ink;
  close_array();
  out_ += ink == Ink::black ? "0 0 0 1 k\n" : "0 0 0 0 k\n";
}

void ContentStream::set_type(int font, double size, double letter_spacing) {
  if (font == font_ && size == size_ && letter_spacing == letter_spacing_) return;
  close_array();
  begin_text();
  if (font != font_ || size != size_) {
    out_ += "/F";
    append_integer(out_, font);
    out_ += ' ';
    append_number(out_, size);
    out_ += " Tf\n";
  }
  if (letter_spacing != letter_spacing_) {
    append_number(out_, letter_spacing);
    out_ += " Tc\n";
  }
  font_ = font;
  size_ = size;
  letter_spacing_ = letter_spacing;
}

void ContentStream::set_outline(double width) {
  if (width == outline_) return;
  close_array();
  outline_ = width;
  if (width == 0) {
    out_ += "0 Tr\n";
    return;
  }
  append_number(out_, width);
  out_ += " w 0 0 0 1 K 2 Tr\n";
}

void ContentStream::begin_line(double x, double y) {
  begin_text();
  out_ += "1 0 0 1 ";
  append_number(out_, x);
  out_ += ' ';
  append_number(out_, y);
  out_ += " Tm\n";
}

void ContentStream::show(std::span<const Glyph> glyphs) {
  for (const Glyph& glyph : glyphs) {
    if (glyph.rise != rise_) {
      close_array();
      append_number(out_, glyph.rise * size_ / 1000);
      out_ += " Ts\n";
      rise_ = glyph.rise;
    }
    adjust(glyph.before);
    if (!in_array_) {
      out_ += '[';
      in_array_ = true;
    }
    if (pending_ != 0) {
      if (in_string_) out_ += ')';
      in_string_ = false;
      append_integer(out_, -pending_);
      pending_ = 0;
    }
    if (!in_string_) out_ += '(';
    in_string_ = true;
    append_string_byte(out_, static_cast<unsigned char>(glyph.id >> 8));
    append_string_byte(out_, static_cast<unsigned char>(glyph.id));
    adjust(glyph.after - glyph.before);
  }
}

void ContentStream::adjust(int thousandths) { pending_ += thousandths; }

void ContentStream::close_array() {
  // A movement left over when the type changes still has to move what follows.
  if (pending_ != 0) {
    if (!in_array_) out_ += '[';
    if (in_string_) out_ += ')';
    in_array_ = true;
    in_string_ = false;
    append_integer(out_, -pending_);
    pending_ = 0;
  }
  if (!in_array_) return;
  if (in_string_) out_ += ')';
  out_ += "]TJ\n";
  in_array_ = in_string_ = false;
}

void ContentStream::end_line() {
  pending_ = 0;
  close_array();
  if (rise_ != 0) {
    out_ += "0 Ts\n";
    rise_ = 0;
  }
}

void ContentStream::mark(std::string_view role, int number) {
  out_ += '/';
  out_ += role;
  out_ += "<</MCID ";
  append_integer(out_, number);
  out_ += ">>BDC\n";
}

void ContentStream::begin_text_mark(std::string_view role, int number) {
  begin_text();
  mark(role, number);
}

void ContentStream::begin_figure_mark(std::string_view role, int number) {
  end_text();
  mark(role, number);
}

void ContentStream::begin_artifact() {
  begin_text();
  out_ += "/Artifact BMC\n";
}

void ContentStream::begin_actual_text(std::string_view text) {
  close_array();
  out_ += "/Span<</ActualText";
  out_ += text;
  out_ += ">>BDC\n";
}

void ContentStream::end_mark() {
  close_array();
  out_ += "EMC\n";
}

void ContentStream::draw(std::string_view name, double x, double y, double scale_x, double scale_y) {
  end_text();
  out_ += "q ";
  // The scale is a factor: three decimals would be a millimetre of a picture with large units.
  fmt::format_to(std::back_inserter(out_), "{:.8f} 0 0 {:.8f} ", scale_x, scale_y);
  append_number(out_, x);
  out_ += ' ';
  append_number(out_, y);
  out_ += " cm /";
  out_ += name;
  out_ += " Do Q\n";
}

void ContentStream::add_rectangle(double x, double y, double width, double height) {
  end_text();
  append_number(out_, x);
  out_ += ' ';
  append_number(out_, y);
  out_ += ' ';
  append_number(out_, width);
  out_ += ' ';
  append_number(out_, height);
  out_ += " re\n";
}

void ContentStream::fill() { out_ += "f\n"; }

const Bytes& ContentStream::bytes() {
  end_text();
  return out_;
}

}  // namespace postroom::pdf
