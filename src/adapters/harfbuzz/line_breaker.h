// Fills lines with words, as wide as they may be.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "adapters/harfbuzz/shaper.h"
#include "base/result.h"
#include "core/pdf/letter_geometry.h"
#include "ports/letter_renderer.h"

struct UBiDi;

namespace postroom::harfbuzz {

// A segment or blank in its place.
struct Piece {
  const Segment* segment = nullptr;
  double width = 0;        // points, with spacing
  std::uint8_t level = 0;  // odd runs right to left (UAX 9)
  bool blank = false;
  bool break_before = false;
};

// Consecutive pieces of LineBreaker::pieces(), in visual order.
struct TextLine {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  double width = 0;            // points
  bool right_to_left = false;  // as a whole: its first letter with a direction says so
};

// Not thread-safe. Lines stay valid until clear().
class LineBreaker {
 public:
  explicit LineBreaker(Shaper& shaper);
  ~LineBreaker();

  // Appends the lines that `line` becomes at `width` points: at least one, though it may be empty. A word
  // wider than a line is cut. `bold` makes all of it bold. Errors are the shaper's.
  Result<void> add(const ports::LetterLine& line, const pdf::TypeSize& type, bool bold, double width,
                   std::vector<TextLine>& lines);
  // All on one line; what does not fit in `width` is left out.
  Result<TextLine> add_cut(std::string_view text, const pdf::TypeSize& type, double width);
  // All on one line, however wide.
  Result<TextLine> add_whole(std::string_view text, const pdf::TypeSize& type);

  std::span<const Piece> pieces_of(const TextLine& line) const {
    return std::span(pieces_).subspan(line.first, line.count);
  }
  void clear();

 private:
  Result<void> collect(const ports::LetterLine& line, const pdf::TypeSize& type, bool bold);
  Result<void> collect_word(std::string_view text, bool bold, std::uint8_t level, const pdf::TypeSize& type);
  void collect_blank(bool bold, std::uint8_t level, const pdf::TypeSize& type);
  std::vector<std::uint8_t> levels_of(const ports::LetterLine& line);
  void fill(const pdf::TypeSize& type, double width, std::vector<TextLine>& lines);
  TextLine end_line(std::size_t first, std::size_t end);
  void reorder(const TextLine& line);
  // How many glyphs of `piece` fit in `width`, never parting a mark from its letter.
  std::size_t fitting_glyphs(const Piece& piece, const pdf::TypeSize& type, double width) const;
  // Leaves the first `count` glyphs, as they are read, in `piece`; returns the rest.
  Piece split(Piece& piece, std::size_t count, const pdf::TypeSize& type);
  double width_of(const Segment& segment, const pdf::TypeSize& type) const;

  Shaper& shaper_;
  std::unique_ptr<UBiDi, void (*)(UBiDi*)> bidi_;
  std::vector<Piece> collected_;  // of the line being added
  bool after_blank_ = false;
  bool has_right_to_left_ = false;
  bool base_right_to_left_ = false;
  std::vector<Piece> pieces_;
  std::deque<Segment> parts_;  // of words that were cut
};

}  // namespace postroom::harfbuzz
