// Which font files letters are set in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/harfbuzz/shaper.h"
#include "base/result.h"

namespace postroom::harfbuzz {

struct FontFiles {
  std::string regular;
  std::string bold;       // empty: the regular file serves for both
  std::string package;    // that brings the files, for the error message
  bool optional = false;  // left out when absent
};

// In the order they are tried for a character; the first gives the measures and must not be optional. Liberation
// Sans has the widths of Helvetica and Arial, and the letters of Europe; the others add alphabets where they are
// installed.
std::vector<FontFiles> default_letter_fonts();

// A list of files, separated by commas: "a.ttf" for one that serves for both weights, "a.ttf+b.ttf" for a regular
// and a bold one. Empty for the default. invalid_input says how it is written.
Result<std::vector<FontFiles>> parse_letter_fonts(std::string_view text);

// The errors of FontFace::load for files that are not optional; invalid_input for an empty list.
Result<std::vector<FontFamily>> load_fonts(const std::vector<FontFiles>& files);

}  // namespace postroom::harfbuzz
