#include "core/pdf/font.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace postroom::pdf {
namespace {

// ISO 32000-1 9.10.3 and Adobe's CMap notes: at most this many entries in one bfchar section.
constexpr std::size_t kMapEntriesPerSection = 100;

void append_utf16_hex(std::string& out, std::u32string_view text) {
  auto unit = [&](unsigned value) { fmt::format_to(std::back_inserter(out), "{:04X}", value); };
  for (char32_t c : text) {
    if (c < 0x10000) {
      unit(static_cast<unsigned>(c));
    } else {
      unit(0xD800 + static_cast<unsigned>((c - 0x10000) >> 10));
      unit(0xDC00 + static_cast<unsigned>((c - 0x10000) & 0x3FF));
    }
  }
}

// Rounded to a hundredth: short, and a line of a hundred glyphs is still right to a thousandth of an em.
void append_width(std::string& out, double width) { append_number(out, std::round(width * 100) / 100); }

}  // namespace

std::string widths_array(std::span<const GlyphWidth> widths) {
  std::string out;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    bool follows = i > 0 && widths[i].id == widths[i - 1].id + 1;
    if (follows) {
      out += ' ';
    } else {
      if (i > 0) out += ']';
      fmt::format_to(std::back_inserter(out), "{}[", widths[i].id);
    }
    append_width(out, widths[i].width);
  }
  if (!widths.empty()) out += ']';
  return out;
}

std::string to_unicode_map(std::span<const GlyphText> texts) {
  std::string out =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
      "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n";
  for (std::size_t start = 0; start < texts.size(); start += kMapEntriesPerSection) {
    auto section = texts.subspan(start, std::min(kMapEntriesPerSection, texts.size() - start));
    fmt::format_to(std::back_inserter(out), "{} beginbfchar\n", section.size());
    for (const GlyphText& entry : section) {
      fmt::format_to(std::back_inserter(out), "<{:04X}><", entry.id);
      append_utf16_hex(out, entry.text);
      out += ">\n";
    }
    out += "endbfchar\n";
  }
  out += "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n";
  return out;
}

std::string subset_tag(std::uint64_t fingerprint) {
  std::string tag;
  for (int i = 0; i < 6; ++i, fingerprint /= 26) tag += static_cast<char>('A' + fingerprint % 26);
  return tag;
}

int write_font(DocumentWriter& document, const FontProgram& font) {
  int type0 = document.reserve();
  int cid_font = document.reserve();
  int descriptor = document.reserve();
  int file = document.reserve();
  int to_unicode = document.reserve();
  const FontMetrics& m = font.metrics;
  document.object(type0, fmt::format("<</Type/Font/Subtype/Type0/BaseFont/{}/Encoding/Identity-H"
                                     "/DescendantFonts[{} 0 R]/ToUnicode {} 0 R>>",
                                     font.name, cid_font, to_unicode));
  document.object(cid_font, fmt::format("<</Type/Font/Subtype/CIDFontType2/BaseFont/{}"
                                        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
                                        "/FontDescriptor {} 0 R/CIDToGIDMap/Identity/DW 0/W[{}]>>",
                                        font.name, descriptor, font.widths));
  // Flag 4: the font is addressed by glyph, not by a standard Latin encoding. StemV only matters to viewers
  // that replace the font, which an embedded one never needs; the values are usual for the weights.
  document.object(descriptor,
                  fmt::format("<</Type/FontDescriptor/FontName/{}/Flags 4/FontBBox[{} {} {} {}]"
                              "/ItalicAngle 0/Ascent {}/Descent {}/CapHeight {}/StemV {}/FontFile2 {} 0 R>>",
                              font.name, m.box[0], m.box[1], m.box[2], m.box[3], m.ascent, m.descent, m.cap_height,
                              m.bold ? 140 : 80, file));
  document.stream(file, fmt::format("/Length1 {}/Filter/FlateDecode", font.file_length), font.file);
  document.stream(to_unicode, "/Filter/FlateDecode", font.to_unicode);
  return type0;
}

}  // namespace postroom::pdf
