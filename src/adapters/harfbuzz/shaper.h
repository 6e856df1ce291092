// From text to glyphs: which font has each character, where a line may break, which glyphs stand where.
#pragma once

#include <deque>
#include <memory>
#include <optional>
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
  std::shared_ptr<const FontFace> regular;
  std::shared_ptr<const FontFace> bold;  // may be the regular one
};
class FontSet {
 public:
  explicit FontSet(std::vector<FontFamily> families) : families_(std::move(families)) {}
  std::size_t size() const { return families_.size() * 2; }
  std::size_t families() const { return families_.size(); }
  // Bold without a file of its own: the regular one, to be printed thicker.
  bool is_thickened(std::size_t font) const {
    return font % 2 == 1 && families_[font / 2].regular == families_[font / 2].bold;
  }
  // The font whose file `font` is printed with.
  std::size_t file_of(std::size_t font) const { return is_thickened(font) ? font - 1 : font; }
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
  // The text itself where glyphs one by one do not tell it: scripts that reorder or melt letters. Else empty.
  std::string actual_text;
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
  // Each character in the first font that has it, or all in the font `only`.
  Result<Word> shape_in(std::string_view text, bool bold, bool right_to_left, std::optional<std::size_t> only);
  // Where a line may break inside `text`: byte positions, ascending.
  std::vector<std::size_t> breaks_inside(std::string_view text);
  Result<std::size_t> font_for(char32_t c, bool bold) const;
  // Fails when HarfBuzz had to print a box.
  Result<void> check_glyphs(const Segment& segment, std::string_view text) const;
  Segment shape_run(std::string_view text, std::size_t start, std::size_t end, std::size_t font,
                    bool right_to_left);
  void note_texts(Segment& segment, std::string_view text, std::size_t end, bool right_to_left);

  const FontSet& fonts_;
  BufferHandle buffer_;
  std::unique_ptr<UBreakIterator, void (*)(UBreakIterator*)> line_breaks_;
  WordCache cache_[2];
  std::deque<Word> uncached_;
  Segment blanks_[2];
};

}  // namespace postroom::harfbuzz
