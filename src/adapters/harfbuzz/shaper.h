// From text to glyphs: which font has each character, where a line may break, which glyphs stand where.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/harfbuzz/font_face.h"
#include "base/result.h"
#include "core/pdf/content.h"

struct UBreakIterator;

namespace postroom::harfbuzz {

// Regular and bold of each family, in the order they are tried for a character. The number of a font is
// twice its family's, plus one for bold.
struct FontFamily {
  std::unique_ptr<FontFace> regular;
  std::unique_ptr<FontFace> bold;
};
class FontSet {
 public:
  explicit FontSet(std::vector<FontFamily> families) : families_(std::move(families)) {}
  std::size_t size() const { return families_.size() * 2; }
  std::size_t families() const { return families_.size(); }
  const FontFace& operator[](std::size_t font) const {
    const FontFamily& family = families_[font / 2];
    return font % 2 == 0 ? *family.regular : *family.bold;
  }

 private:
  std::vector<FontFamily> families_;
};

// Glyphs of one font that no line break parts, in visual order.
struct Segment {
  std::uint8_t font = 0;
  bool break_after = false;  // a line may end here; in the last segment of a word, only a blank tells
  std::uint8_t tier = 0;     // the first subset of the font that has all glyphs
  double width = 0;          // thousandths of an em, without letter spacing
  std::vector<pdf::Glyph> glyphs;
  // Of a glyph that stands for something else than one character, what it stands for.
  std::vector<pdf::GlyphText> texts;
};

struct Word {
  std::vector<Segment> segments;
  bool clings = false;  // begins with closing punctuation: never at the start of a line
};

// Not thread-safe. Words stay valid until the next forget().
class Shaper {
 public:
  explicit Shaper(const FontSet& fonts);
  ~Shaper();

  // `text` is valid UTF-8 without blanks, all of one direction. invalid_input when a character is in no font.
  Result<const Word*> shape(std::string_view text, bool bold, bool right_to_left);
  const Segment& blank(bool bold) const { return blanks_[bold ? 1 : 0]; }
  const FontSet& fonts() const { return fonts_; }
  // Call between letters: keeps common words, drops the rest once there are too many.
  void forget();

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using WordCache = std::unordered_map<std::string, Word, TextHash, std::equal_to<>>;

  Result<Word> shape_new(std::string_view text, bool bold, bool right_to_left);
  // Where a line may break inside `text`: byte positions, ascending.
  std::vector<std::size_t> breaks_inside(std::string_view text);
  Result<std::size_t> font_for(char32_t c, bool bold) const;
  // Fails when HarfBuzz had to print a box.
  Result<void> check_glyphs(const Segment& segment, std::string_view text) const;
  Segment shape_run(std::string_view text, std::size_t start, std::size_t end, std::size_t font,
                    bool right_to_left);

  const FontSet& fonts_;
  BufferHandle buffer_;
  std::unique_ptr<UBreakIterator, void (*)(UBreakIterator*)> line_breaks_;
  WordCache cache_[2];
  std::deque<Word> uncached_;
  Segment blanks_[2];
};

}  // namespace postroom::harfbuzz
