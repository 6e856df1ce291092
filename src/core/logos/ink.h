// From the colours of screens to inks.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace postroom::logos {

struct Rgb {
  std::uint8_t red = 0, green = 0, blue = 0;

  friend bool operator==(const Rgb&, const Rgb&) = default;
};

// Each 0 to 1.
struct Cmyk {
  double cyan = 0, magenta = 0, yellow = 0, black = 0;
};

// No hue: printed with black alone. What programs mean as grey may be off by rounding.
bool is_neutral(Rgb colour);

// Black takes over whatever the three colours have in common, so small print stays sharp and no spot gets more than
// three inks at once.
Cmyk to_inks(Rgb colour);

// CSS: a name, #rgb, #rrggbb, rgb(r, g, b) with numbers or percentages. Nothing when it is none of these.
std::optional<Rgb> parse_colour(std::string_view text);

}  // namespace postroom::logos
