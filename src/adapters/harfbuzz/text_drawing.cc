#include "adapters/harfbuzz/text_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/pdf/structure.h"

namespace postroom::harfbuzz {
namespace {

// Of the line around letters that have no bold form, in ems: about what bold type adds.
constexpr double kThickness = 0.035;

}  // namespace

void TextDrawing::draw(pdf::ContentStream& content, std::span<const Piece> pieces, const pdf::TypeSize& type) {
  for (const Piece& piece : pieces) {
    const Segment& segment = *piece.segment;
    content.set_type(static_cast<int>(fonts_.file_of(segment.font)), type.size, type.letter_spacing * type.size);
    content.set_outline(fonts_.is_thickened(segment.font) ? kThickness * type.size : 0);
    if (piece.blank) {
      pdf::Glyph blank = segment.glyphs.front();
      blank.after = static_cast<std::int16_t>(blank.after + type.word_spacing * 1000);
      content.show({&blank, 1});
    } else if (!segment.actual_text.empty()) {
      content.begin_actual_text(pdf::text_string(segment.actual_text));
      content.show(segment.glyphs);
      content.end_mark();
    } else {
      content.show(segment.glyphs);
    }
    note(segment);
  }
}

void TextDrawing::note(const Segment& segment) {
  FontUse& use = uses_[fonts_.file_of(segment.font)];
  use.tier = std::max(use.tier, segment.tier);
  for (const pdf::Glyph& glyph : segment.glyphs) use.glyphs.push_back(glyph.id);
  use.texts.insert(use.texts.end(), segment.texts.begin(), segment.texts.end());
}

Result<pdf::FontProgram> TextDrawing::own_subset(std::size_t font) {
  auto& glyphs = uses_[font].glyphs;
  std::sort(glyphs.begin(), glyphs.end());
  glyphs.erase(std::unique(glyphs.begin(), glyphs.end()), glyphs.end());
  return fonts_[font].subset(glyphs, uses_[font].texts);
}

Result<std::string> TextDrawing::write_fonts(pdf::DocumentWriter& document, FontSubsets subsets) {
  std::string names = "/Font<<";
  for (std::size_t font = 0; font < uses_.size(); ++font) {
    if (uses_[font].glyphs.empty()) continue;
    int number = 0;
    if (subsets == FontSubsets::shared && uses_[font].tier < FontFace::kRare) {
      number = pdf::write_font(document, fonts_[font].shared(uses_[font].tier));
    } else {
      POSTROOM_TRY(program, own_subset(font));
      number = pdf::write_font(document, program);
    }
    fmt::format_to(std::back_inserter(names), "/F{} {} 0 R", font, number);
  }
  return names + ">>";
}

}  // namespace postroom::harfbuzz
