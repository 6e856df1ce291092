// Method: every point of a fine grid is looked up in the boxes: it is tinted at most once, and exactly where the
// zones forbid ink.
#include "core/letters/pdf_overlay.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/letters/letter_zones.h"

namespace postroom::letters {
namespace {

bool inside(const pdf::Box& box, double x, double y) {
  return x > box.left && x < box.right && y > box.top && y < box.bottom;
}

int times_tinted(const std::vector<pdf::Box>& boxes, double x, double y) {
  return static_cast<int>(
      std::count_if(boxes.begin(), boxes.end(), [&](const pdf::Box& box) { return inside(box, x, y); }));
}

TEST(PdfOverlay, OV2_each_forbidden_place_is_tinted_once) {
  auto first = forbidden_on_first_page();
  auto later = forbidden_on_later_pages();
  // 0.37 keeps the grid off the edges.
  for (double x = 0.13; x < 210; x += 0.37) {
    for (double y = 0.13; y < 297; y += 0.37) {
      bool printable = inside(kPrintableBorder, x, y);
      bool allowed = inside(kFirstPageBody, x, y) || inside(kServiceAddress, x, y) || inside(kLogo, x, y) ||
                     inside(kAddressWindow, x, y);
      ASSERT_EQ(times_tinted(later, x, y), printable ? 0 : 1) << x << ", " << y;
      ASSERT_EQ(times_tinted(first, x, y), allowed ? 0 : 1) << x << ", " << y;
    }
  }
}

TEST(PdfOverlay, OV2_attachments_have_the_later_shape_from_page_one) {
  EXPECT_EQ(forbidden_zones(1, false).size(), 8U);
  EXPECT_EQ(forbidden_zones(2, false).size(), 4U);
  EXPECT_EQ(forbidden_zones(1, true).size(), 4U);
}

}  // namespace
}  // namespace postroom::letters
