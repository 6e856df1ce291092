#include <algorithm>
#include <cmath>

#include "adapters/harfbuzz/letter_layout.h"

namespace postroom::harfbuzz {
namespace {

constexpr double kTolerance = 1e-6;

class Paginator {
 public:
  Paginator(const std::vector<LineGroup>& groups, double first_top) : groups_(groups), y_(first_top) {
    pages_.emplace_back();
  }

  std::vector<Page> run() && {
    for (std::size_t i = 0; i < groups_.size(); ++i) place(i);
    return std::move(pages_);
  }

 private:
  void new_page() {
    pages_.emplace_back();
    y_ = pdf::kBodyTop;
    empty_ = true;
  }

  // The least that must follow group `index` on its page: all of what it keeps with, and the first lines of
  // the group after that. Headings rarely follow each other, so looking ahead stays short; the limit keeps a
  // letter of nothing but headings linear.
  double need_after(std::size_t index) const {
    constexpr std::size_t kLookAheadMax = 4;
    double need = 0;
    for (std::size_t i = index; i < index + kLookAheadMax && groups_[i].keep_with_next; ++i) {
      if (i + 1 >= groups_.size() || groups_[i + 1].starts_page) break;
      const LineGroup& next = groups_[i + 1];
      need += std::max(groups_[i].after, next.before);
      need += next.keep_with_next || next.code != nullptr ? next.height() : first_lines(next) * next.type->leading;
    }
    return need;
  }

  static int first_lines(const LineGroup& group) {
    auto total = static_cast<int>(group.lines.size());
    return total < group.orphans + group.widows ? total : group.orphans;
  }

  void place(std::size_t index) {
    const LineGroup& group = groups_[index];
    if (group.starts_page) new_page();
    if (!empty_) y_ += std::max(previous_after_, group.before);
    if (group.code != nullptr) {
      if (!empty_ && y_ + pdf::kQrSize > pdf::kBodyBottom + kTolerance) new_page();
      pages_.back().codes.push_back({group.code, group.x, y_, group.node});
      y_ += pdf::kQrSize;
      empty_ = false;
    } else {
      place_lines(group, need_after(index));
    }
    previous_after_ = group.after;
  }

  void place_lines(const LineGroup& group, double need) {
    auto total = static_cast<int>(group.lines.size());
    int done = 0;
    while (done < total) {
      int left = total - done;
      auto fits = static_cast<int>(std::floor((pdf::kBodyBottom - y_ + kTolerance) / group.type->leading));
      bool all = fits >= left && y_ + left * group.type->leading + need <= pdf::kBodyBottom + kTolerance;
      int count = left;
      if (!all && (!empty_ || fits < left)) {
        // What is kept with the next group is not parted, unless it is longer than a page.
        count = group.keep_with_next && !empty_ ? 0 : std::min(fits, left - group.widows);
        int least = done == 0 ? group.orphans : 1;
        if (count < least) count = 0;
      }
      if (count <= 0 && !empty_) {
        new_page();
        continue;
      }
      count = std::clamp(count, 1, left);
      put(group, done, count);
      done += count;
      if (done < total) new_page();
    }
  }

  // As far from the right edge of the text as `x` is from the left.
  static double mirrored(double x, double width) { return 2 * pdf::kMarginLeft + pdf::kBodyWidth - x - width; }

  void put(const LineGroup& group, int from, int count) {
    Page& page = pages_.back();
    for (int i = from; i < from + count; ++i) {
      // The base line is added once the font is known: lay_out() turns tops into base lines.
      const TextLine& line = group.lines[static_cast<std::size_t>(i)];
      auto place = [&](const TextLine& placed, double x, int node) {
        page.lines.push_back(
            {placed, line.right_to_left ? mirrored(x, placed.width) : x, y_, group.type, pdf::Ink::black, node});
      };
      if (i == 0 && group.mark) place(*group.mark, group.mark_x, group.mark_node);
      place(line, group.x, group.node);
      y_ += group.type->leading;
    }
    empty_ = false;
  }

  const std::vector<LineGroup>& groups_;
  std::vector<Page> pages_;
  double y_;
  double previous_after_ = 0;
  bool empty_ = true;  // nothing on the page yet
};

}  // namespace

std::vector<Page> paginate(const std::vector<LineGroup>& groups, double first_top) {
  return Paginator(groups, first_top).run();
}

}  // namespace postroom::harfbuzz
