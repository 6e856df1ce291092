#include "base/colour.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace postroom {
namespace {

constexpr std::string_view kWhite = "#ffffff";
constexpr std::string_view kBlack = "#000000";
constexpr std::size_t kColourCharacters = 7;

int hex_digit(char c) {
  if (is_ascii_digit(c)) return c - '0';
  char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// "Relative luminance" of WCAG 2.2.
double luminance(std::string_view colour) {
  constexpr std::array<double, 3> kWeights = {0.2126, 0.7152, 0.0722};
  double sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    double value = (hex_digit(colour[1 + 2 * i]) * 16 + hex_digit(colour[2 + 2 * i])) / 255.0;
    sum += kWeights[i] * (value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
  }
  return sum;
}

}  // namespace

bool is_colour(std::string_view text) {
  return text.size() == kColourCharacters && text.front() == '#' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return hex_digit(c) >= 0; });
}

double contrast_ratio(std::string_view a, std::string_view b) {
  auto [darker, lighter] = std::minmax({luminance(a), luminance(b)});
  return (lighter + 0.05) / (darker + 0.05);
}

std::string_view text_colour_on(std::string_view background) {
  if (!is_colour(background)) return kWhite;
  return contrast_ratio(background, kWhite) >= contrast_ratio(background, kBlack) ? kWhite : kBlack;
}

}  // namespace postroom
