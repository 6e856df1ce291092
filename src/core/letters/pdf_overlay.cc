#include "core/letters/pdf_overlay.h"

#include "core/letters/letter_zones.h"

namespace postroom::letters {
namespace {

// The largest page that passes for A4, so that its far edges are tinted, too.
constexpr double kPageRight = 212;
constexpr double kPageBottom = 299;

}  // namespace

std::vector<pdf::Box> forbidden_on_later_pages() {
  const pdf::Box& border = kPrintableBorder;
  return {{0, 0, kPageRight, border.top},
          {0, border.bottom, kPageRight, kPageBottom},
          {0, border.top, border.left, border.bottom},
          {border.right, border.top, kPageRight, border.bottom}};
}

std::vector<pdf::Box> forbidden_on_first_page() {
  std::vector<pdf::Box> boxes = forbidden_on_later_pages();
  const pdf::Box& window = kAddressWindow;
  double top = kLogo.bottom;
  double bottom = kFirstPageBody.top;
  boxes.push_back({kPrintableBorder.left, top, window.left, bottom});
  boxes.push_back({window.left, top, window.right, window.top});
  boxes.push_back({window.right, top, kServiceAddress.left, bottom});
  boxes.push_back({window.left, window.bottom, window.right, bottom});
  return boxes;
}

std::vector<pdf::Box> forbidden_zones(int page, bool attachment) {
  return page == 1 && !attachment ? forbidden_on_first_page() : forbidden_on_later_pages();
}

}  // namespace postroom::letters
