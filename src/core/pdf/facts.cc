#include "core/pdf/facts.h"

#include <cmath>
#include <utility>

namespace postroom::pdf {

bool is_a4_portrait(const Page& page) {
  constexpr double kTolerance = 2;
  // Millimetres come from points with three decimals: exactly 2 mm must not fail by rounding.
  constexpr double kRounding = 0.001;
  if (page.rotation % 90 != 0) return false;
  double width = page.width;
  double height = page.height;
  if (page.rotation % 180 != 0) std::swap(width, height);
  return std::abs(width - 210) <= kTolerance + kRounding && std::abs(height - 297) <= kTolerance + kRounding;
}

}  // namespace postroom::pdf
