// TrueType fonts inside a PDF: Type0 with Identity-H, so that a code in the text is a glyph number, and a
// ToUnicode map, so that text can be searched and copied (ISO 32000-1, 9.7 to 9.10).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"
#include "core/pdf/document.h"

namespace postroom::pdf {

struct FontMetrics {
  // Thousandths of an em; descent is negative.
  int ascent = 0;
  int descent = 0;
  int cap_height = 0;
  std::array<int, 4> box{};  // left, bottom, right, top of all glyphs
  bool bold = false;
};

struct GlyphWidth {
  std::uint16_t id;
  double width;  // thousandths of an em
};

struct GlyphText {
  std::uint16_t id;
  std::u32string text;
};

// Everything a document needs of one font, ready to be copied into it.
struct FontProgram {
  std::string name;  // with subset tag: "ABCDEF+LiberationSans"
  FontMetrics metrics;
  std::string widths;           // body of the W array
  Bytes file;                   // TrueType, deflated
  std::size_t file_length = 0;  // before deflating
  Bytes to_unicode;             // CMap, deflated
};

// The body of a W array. `widths` ascend by id.
std::string widths_array(std::span<const GlyphWidth> widths);

// A ToUnicode CMap, not compressed. `texts` ascend by id.
std::string to_unicode_map(std::span<const GlyphText> texts);

// Six capital letters that differ between subsets, as subset names begin with.
std::string subset_tag(std::uint64_t fingerprint);

// Writes the five objects of a font; returns the number of the one that resources refer to.
int write_font(DocumentWriter& document, const FontProgram& font);

}  // namespace postroom::pdf
