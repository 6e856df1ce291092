// Draws lines of text, and keeps what a document needs of the fonts for them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "adapters/harfbuzz/line_breaker.h"
#include "base/result.h"
#include "core/pdf/content.h"
#include "core/pdf/document.h"

namespace postroom::harfbuzz {

enum class FontSubsets {
  shared,  // those that many letters have in common, where they will do
  own,     // only what this document shows
};

// Not thread-safe.
class TextDrawing {
 public:
  explicit TextDrawing(const FontSet& fonts) : fonts_(fonts), uses_(fonts.size()) {}

  // For the next document.
  void clear() { uses_.assign(fonts_.size(), {}); }
  // On a line that content.begin_line() began.
  void draw(pdf::ContentStream& content, std::span<const Piece> pieces, const pdf::TypeSize& type);
  // Writes every font that was drawn with; gives their dictionary for the resources of pages.
  Result<std::string> write_fonts(pdf::DocumentWriter& document, FontSubsets subsets);

 private:
  // What a document needs of one font.
  struct FontUse {
    std::uint8_t tier = 0;
    std::vector<std::uint16_t> glyphs;  // as they came, with repetitions; empty when the font is not used
    std::vector<pdf::GlyphText> texts;
  };

  void note(const Segment& segment);
  Result<pdf::FontProgram> own_subset(std::size_t font);

  const FontSet& fonts_;
  std::vector<FontUse> uses_;
};

}  // namespace postroom::harfbuzz
