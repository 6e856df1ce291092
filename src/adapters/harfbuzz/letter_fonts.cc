#include "adapters/harfbuzz/letter_fonts.h"

#include <fmt/format.h>

#include "base/text.h"

namespace postroom::harfbuzz {
namespace {

constexpr std::size_t kFamiliesMax = 64;  // a font's number, two for a family, has eight bits

Result<FontFamily> load_family(const FontFiles& files, bool common) {
  POSTROOM_TRY(regular, FontFace::load(files.regular, files.package, false, common));
  if (files.bold.empty()) return FontFamily{regular, regular};
  POSTROOM_TRY(bold, FontFace::load(files.bold, files.package, true, common));
  return FontFamily{std::move(regular), std::move(bold)};
}

}  // namespace

std::vector<FontFiles> default_letter_fonts() {
  return {{"/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
           "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf", "fonts-liberation2", false},
          {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
           "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", "fonts-dejavu-core", true},
          {"/usr/share/fonts/truetype/freefont/FreeSans.ttf", "/usr/share/fonts/truetype/freefont/FreeSansBold.ttf",
           "fonts-freefont-ttf", true},
          {"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", "", "fonts-wqy-zenhei", true}};
}

Result<std::vector<FontFiles>> parse_letter_fonts(std::string_view text) {
  if (trim(text).empty()) return default_letter_fonts();
  std::vector<FontFiles> files;
  for (const std::string& entry : split(text, ',')) {
    std::vector<std::string> weights = split(entry, '+');
    for (std::string& path : weights) path = std::string(trim(path));
    if (weights.size() > 2 || weights.front().empty() || weights.back().empty() || files.size() >= kFamiliesMax) {
      return fail(
          ErrorKind::invalid_input,
          fmt::format("the fonts of letters are '{}', but must be at most {} TrueType files separated by commas, "
                      "each REGULAR.ttf or REGULAR.ttf+BOLD.ttf",
                      text, kFamiliesMax));
    }
    files.push_back({weights.front(), weights.size() == 2 ? weights.back() : "", "that brings it", false});
  }
  return files;
}

Result<std::vector<FontFamily>> load_fonts(const std::vector<FontFiles>& files) {
  std::vector<FontFamily> families;
  for (const FontFiles& entry : files) {
    auto family = load_family(entry, families.empty());
    if (!family && family.error().kind == ErrorKind::not_found && entry.optional) continue;
    if (!family) return tl::unexpected(family.error());
    families.push_back(std::move(*family));
  }
  if (families.empty()) return fail(ErrorKind::invalid_input, "Letters need at least one font; configure one");
  return families;
}

}  // namespace postroom::harfbuzz
