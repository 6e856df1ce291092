// One TrueType font file: shaping, widths, and the parts of it that go into a document.
#pragma once

#include <hb.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/pdf/font.h"

namespace postroom::harfbuzz {

template <auto destroy>
struct Destroyer {
  template <typename T>
  void operator()(T* object) const {
    destroy(object);
  }
};
using FaceHandle = std::unique_ptr<hb_face_t, Destroyer<hb_face_destroy>>;
using FontHandle = std::unique_ptr<hb_font_t, Destroyer<hb_font_destroy>>;
using SetHandle = std::unique_ptr<hb_set_t, Destroyer<hb_set_destroy>>;
using BufferHandle = std::unique_ptr<hb_buffer_t, Destroyer<hb_buffer_destroy>>;

// Immutable once loaded: safe from several threads.
class FontFace {
  struct Token {};  // only load() has one

 public:
  explicit FontFace(Token) {}
  // not_found when the file is absent (the message names `package`), corrupt when it is no usable TrueType
  // font. `common`: it is the one most text is in, so subsets are made that letters share.
  static Result<std::shared_ptr<const FontFace>> load(const std::string& path, std::string_view package, bool bold,
                                                      bool common);

  // For hb_shape; its scale is units_per_em().
  hb_font_t* shaping() const { return font_.get(); }
  bool has(char32_t c) const;
  std::uint16_t glyph_of(char32_t c) const;
  // The character that a glyph stands for alone; 0 when there is none.
  char32_t character_of(std::uint16_t glyph) const { return characters_[glyph]; }
  // Thousandths of an em.
  double width(std::uint16_t glyph) const { return widths_[glyph]; }
  double to_thousandths(hb_position_t units) const { return units * 1000.0 / units_per_em_; }
  double ascent() const { return metrics_.ascent; }
  double descent() const { return -metrics_.descent; }

  // Subsets made once and copied into every letter that is content with them; each holds those before it. In a font
  // that is not common, all glyphs are rare.
  static constexpr std::uint8_t kEnglish = 0;  // ASCII, pound, euro, typographic punctuation
  static constexpr std::uint8_t kLatin = 1;    // Latin-1, Latin Extended-A: Welsh and most of Europe
  static constexpr std::uint8_t kRare = 2;     // anything else: the letter needs a subset of its own
  const pdf::FontProgram& shared(std::uint8_t tier) const { return shared_[tier]; }
  // The first subset that has the glyph.
  std::uint8_t tier_of(std::uint16_t glyph) const { return tiers_[glyph]; }

  // A subset of exactly `glyphs`. `texts` is what glyphs stand for that no single character maps to.
  Result<pdf::FontProgram> subset(const std::vector<std::uint16_t>& glyphs,
                                  const std::vector<pdf::GlyphText>& texts) const;

 private:
  Result<void> read_metrics(bool bold);
  Result<void> make_shared();
  Result<pdf::FontProgram> make_program(hb_set_t* glyphs, const std::vector<pdf::GlyphText>& texts) const;

  FaceHandle face_;
  FontHandle font_;
  int units_per_em_ = 0;
  std::string name_;
  pdf::FontMetrics metrics_;
  std::vector<double> widths_;
  std::vector<char32_t> characters_;  // by glyph; 0 where no character maps to it alone
  std::vector<std::uint8_t> tiers_;   // by glyph
  std::array<pdf::FontProgram, kRare> shared_;
};

}  // namespace postroom::harfbuzz
