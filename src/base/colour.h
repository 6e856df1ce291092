// Colours that people choose: how they are written, and what is readable on them.
#pragma once

#include <string_view>

namespace postroom {

// "#" and six hexadecimal digits.
bool is_colour(std::string_view text);

// Contrast of two colours by WCAG 2.2, from 1 to 21. Both must be colours.
double contrast_ratio(std::string_view a, std::string_view b);

// White, or black where white would be harder to read: 4.5:1 or more on every colour. White for what is no colour.
std::string_view text_colour_on(std::string_view background);

}  // namespace postroom
