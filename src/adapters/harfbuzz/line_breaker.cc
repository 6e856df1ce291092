#include "adapters/harfbuzz/line_breaker.h"

#include <unicode/ubidi.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <limits>
#include <string>

#include "base/text.h"

namespace postroom::harfbuzz {
namespace {

// Sums of widths may differ in the last digits from the width they were made to fit.
constexpr double kTolerance = 1e-6;

// Longer words are shaped in parts, so that cutting one into lines copies little and stays linear.
constexpr std::size_t kWordBytesMax = 512;

// Bytes of the white space at `position` that runs together with its neighbours; 0 for anything else. No-break
// blanks are not among it. Typographic spaces are: few fonts have them.
std::size_t blank_length(std::string_view text, std::size_t position) {
  auto byte = static_cast<unsigned char>(text[position]);
  if (byte < 0x80) return is_ascii_space(text[position]) ? 1 : 0;
  if (byte < 0xE1 || byte > 0xE3) return 0;
  std::size_t end = position;
  char32_t c = next_code_point(text, end);
  bool blank = c == 0x1680 || (c >= 0x2000 && c <= 0x200A && c != 0x2007) || c == 0x2028 || c == 0x2029 ||
               c == 0x205F || c == 0x3000;
  return blank ? end - position : 0;
}

// The last start of a character in (`from`, `at`]; `at` itself when there is none.
std::size_t character_boundary(std::string_view text, std::size_t from, std::size_t at) {
  std::size_t boundary = at;
  while (boundary > from && (static_cast<unsigned char>(text[boundary]) & 0xC0) == 0x80) --boundary;
  return boundary > from ? boundary : at;
}

// A quick look: the lead bytes of the blocks with right-to-left scripts.
bool may_run_right_to_left(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return (byte >= 0xD6 && byte <= 0xE0) || byte == 0xEF || byte == 0xF0;
  });
}

bool runs_right_to_left(char32_t c) {
  auto direction = u_charDirection(static_cast<UChar32>(c));
  return direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC;
}

}  // namespace

LineBreaker::LineBreaker(Shaper& shaper) : shaper_(shaper), bidi_(ubidi_open(), ubidi_close) {}
LineBreaker::~LineBreaker() = default;

void LineBreaker::clear() {
  pieces_.clear();
  parts_.clear();
}

double LineBreaker::width_of(const Segment& segment, const pdf::TypeSize& type) const {
  return type.size * (segment.width / 1000 + static_cast<double>(segment.glyphs.size()) * type.letter_spacing);
}

Result<void> LineBreaker::add(const ports::LetterLine& line, const pdf::TypeSize& type, bool bold, double width,
                              std::vector<TextLine>& lines) {
  POSTROOM_CHECK(collect(line, type, bold));
  fill(type, width, lines);
  return {};
}

Result<TextLine> LineBreaker::add_whole(std::string_view text, const pdf::TypeSize& type) {
  std::vector<TextLine> lines;
  ports::LetterLine line{{{std::string(text), false}}};
  POSTROOM_CHECK(add(line, type, false, std::numeric_limits<double>::max(), lines));
  return lines.front();
}

Result<TextLine> LineBreaker::add_cut(std::string_view text, const pdf::TypeSize& type, double width) {
  POSTROOM_TRY(line, add_whole(text, type));
  while (line.width > width + kTolerance) {
    Piece& last = pieces_[line.first + line.count - 1];
    double left = width - (line.width - last.width);
    std::size_t kept = left > 0 && !last.blank ? fitting_glyphs(last, type, left) : 0;
    line.width -= last.width;
    if (kept == 0) {
      --line.count;
      continue;
    }
    split(last, kept, type);
    line.width += last.width;
  }
  return line;
}

// Levels by byte of the spans' texts put together; empty when all runs left to right.
std::vector<std::uint8_t> LineBreaker::levels_of(const ports::LetterLine& line) {
  bool possible = std::any_of(line.spans.begin(), line.spans.end(),
                              [](const auto& span) { return may_run_right_to_left(span.text); });
  base_right_to_left_ = false;
  if (!possible) return {};
  std::u16string utf16;
  std::vector<std::size_t> unit_of_byte;
  bool found = false;
  for (const ports::LetterSpan& span : line.spans) {
    for (std::size_t position = 0; position < span.text.size();) {
      std::size_t start = position;
      char32_t c = next_code_point(span.text, position);
      found = found || runs_right_to_left(c);
      unit_of_byte.insert(unit_of_byte.end(), position - start, utf16.size());
      if (c >= 0x10000) utf16 += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
      utf16 += static_cast<char16_t>(c >= 0x10000 ? 0xDC00 + ((c - 0x10000) & 0x3FF) : c);
    }
  }
  if (!found) return {};
  UErrorCode status = U_ZERO_ERROR;
  ubidi_setPara(bidi_.get(), utf16.data(), static_cast<std::int32_t>(utf16.size()), UBIDI_DEFAULT_LTR, nullptr,
                &status);
  const UBiDiLevel* levels = ubidi_getLevels(bidi_.get(), &status);
  if (U_FAILURE(status)) return {};
  base_right_to_left_ = ubidi_getParaLevel(bidi_.get()) % 2 == 1;
  std::vector<std::uint8_t> result(unit_of_byte.size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = levels[unit_of_byte[i]];
  return result;
}

Result<void> LineBreaker::collect(const ports::LetterLine& line, const pdf::TypeSize& type, bool bold) {
  collected_.clear();
  after_blank_ = true;
  std::vector<std::uint8_t> levels = levels_of(line);
  has_right_to_left_ = !levels.empty();
  std::size_t offset = 0;  // of the span in `levels`
  for (const ports::LetterSpan& span : line.spans) {
    std::string_view text = span.text;
    bool span_bold = bold || span.bold;
    auto level_at = [&](std::size_t position) {
      return levels.empty() ? std::uint8_t{0} : levels[offset + position];
    };
    for (std::size_t position = 0; position < text.size();) {
      std::uint8_t level = level_at(position);
      if (std::size_t length = blank_length(text, position); length > 0) {
        if (!after_blank_) collect_blank(span_bold, level, type);
        after_blank_ = true;
        position += length;
        continue;
      }
      std::size_t end = position + 1;
      while (end < text.size() && blank_length(text, end) == 0 && level_at(end) == level) ++end;
      if (end - position > kWordBytesMax) end = character_boundary(text, position, position + kWordBytesMax);
      POSTROOM_CHECK(collect_word(text.substr(position, end - position), span_bold, level, type));
      position = end;
    }
    offset += text.size();
  }
  return {};
}

Result<void> LineBreaker::collect_word(std::string_view text, bool bold, std::uint8_t level,
                                       const pdf::TypeSize& type) {
  POSTROOM_TRY(word, shaper_.shape(text, bold, level % 2 == 1));
  bool break_before = after_blank_ && !word->clings;
  for (const Segment& segment : word->segments) {
    collected_.push_back({&segment, width_of(segment, type), level, false, break_before});
    break_before = segment.break_after;
    after_blank_ = false;
  }
  return {};
}

void LineBreaker::collect_blank(bool bold, std::uint8_t level, const pdf::TypeSize& type) {
  const Segment& blank = shaper_.blank(bold);
  collected_.push_back({&blank, width_of(blank, type) + type.word_spacing * type.size, level, true, false});
}

void LineBreaker::fill(const pdf::TypeSize& type, double width, std::vector<TextLine>& lines) {
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::size_t line_start = pieces_.size();
  std::size_t break_at = kNone;  // the line may end before this piece
  double x = 0;
  auto new_line = [&](std::size_t end) {
    lines.push_back(end_line(line_start, end));
    line_start = end;
    break_at = kNone;
    x = 0;
    for (std::size_t i = end; i < pieces_.size(); ++i) x += pieces_[i].width;
  };
  for (Piece piece : collected_) {
    if (piece.break_before && pieces_.size() > line_start) break_at = pieces_.size();
    while (!piece.blank && x + piece.width > width + kTolerance) {
      if (break_at != kNone) {
        new_line(break_at);
        continue;
      }
      std::size_t count = fitting_glyphs(piece, type, width - x);
      bool line_empty = pieces_.size() == line_start;
      if (count == 0 && !line_empty) {
        new_line(pieces_.size());
        continue;
      }
      count = std::max<std::size_t>(count, 1);
      if (count >= piece.segment->glyphs.size()) break;  // a single glyph wider than the line
      Piece rest = split(piece, count, type);
      pieces_.push_back(piece);
      new_line(pieces_.size());
      piece = rest;
    }
    x += piece.width;
    pieces_.push_back(piece);
  }
  lines.push_back(end_line(line_start, pieces_.size()));
}

TextLine LineBreaker::end_line(std::size_t first, std::size_t end) {
  while (first < end && pieces_[first].blank) ++first;
  while (first < end && pieces_[end - 1].blank) --end;
  TextLine line{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(end - first), 0, base_right_to_left_};
  for (std::size_t i = first; i < end; ++i) line.width += pieces_[i].width;
  if (has_right_to_left_) reorder(line);
  return line;
}

void LineBreaker::reorder(const TextLine& line) {
  std::vector<UBiDiLevel> levels;
  for (const Piece& piece : pieces_of(line)) levels.push_back(piece.level);
  std::vector<std::int32_t> visual_to_logical(levels.size());
  ubidi_reorderVisual(levels.data(), static_cast<std::int32_t>(levels.size()), visual_to_logical.data());
  std::vector<Piece> ordered;
  for (std::int32_t index : visual_to_logical)
    ordered.push_back(pieces_[line.first + static_cast<std::size_t>(index)]);
  std::copy(ordered.begin(), ordered.end(), pieces_.begin() + line.first);
}

std::size_t LineBreaker::fitting_glyphs(const Piece& piece, const pdf::TypeSize& type, double width) const {
  const Segment& segment = *piece.segment;
  const FontFace& face = shaper_.fonts()[segment.font];
  std::size_t total = segment.glyphs.size();
  bool backwards = piece.level % 2 == 1;
  auto advance = [&](std::size_t i) {
    const pdf::Glyph& glyph = segment.glyphs[backwards ? total - 1 - i : i];
    return face.width(glyph.id) + glyph.after;
  };
  std::size_t count = 0;
  double x = 0;
  while (count < total) {
    x += type.size * (advance(count) / 1000 + type.letter_spacing);
    if (x > width + kTolerance) break;
    ++count;
  }
  while (count > 0 && count < total && advance(count) <= 0) --count;
  return count;
}

Piece LineBreaker::split(Piece& piece, std::size_t count, const pdf::TypeSize& type) {
  const Segment& whole = *piece.segment;
  auto make = [&](std::size_t from, std::size_t to) {
    Segment part;
    part.font = whole.font;
    part.tier = whole.tier;
    part.texts = whole.texts;
    part.glyphs.assign(whole.glyphs.begin() + static_cast<std::ptrdiff_t>(from),
                       whole.glyphs.begin() + static_cast<std::ptrdiff_t>(to));
    for (const pdf::Glyph& glyph : part.glyphs)
      part.width += shaper_.fonts()[whole.font].width(glyph.id) + glyph.after;
    return Piece{&parts_.emplace_back(std::move(part)), 0, piece.level, false, false};
  };
  std::size_t total = whole.glyphs.size();
  bool backwards = piece.level % 2 == 1;
  Piece head = backwards ? make(total - count, total) : make(0, count);
  Piece tail = backwards ? make(0, total - count) : make(count, total);
  head.break_before = piece.break_before;
  head.width = width_of(*head.segment, type);
  tail.width = width_of(*tail.segment, type);
  piece = head;
  return tail;
}

}  // namespace postroom::harfbuzz
