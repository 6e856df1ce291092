#include <optional>

#include "base/text.h"
#include "core/logos/svg_geometry.h"

namespace postroom::logos {
namespace {

// SVG 1.1, 8.3.
class PathReader {
 public:
  explicit PathReader(std::string_view text) : reader_(text) {}

  std::optional<Outline> read() {
    char command = 0;
    while (!reader_.at_end()) {
      char letter = reader_.letter();
      if (letter == 0) {
        // More numbers repeat the command; those after a move are lines.
        if (command == 0 || command == 'Z' || command == 'z') return std::nullopt;
        if (command == 'M') command = 'L';
        if (command == 'm') command = 'l';
      } else {
        command = letter;
      }
      if (outline_.empty() && command != 'M' && command != 'm') return std::nullopt;
      if (!step(command)) return std::nullopt;
      last_ = ascii_upper(command);
    }
    return std::move(outline_);
  }

 private:
  // Nothing when the numbers it needs are not there.
  std::optional<Point> point(bool relative) {
    auto x = reader_.number();
    auto y = x ? reader_.number() : std::nullopt;
    if (!y) return std::nullopt;
    Point from = relative ? outline_.here() : Point{};
    return Point{from.x + *x, from.y + *y};
  }

  // Where a smooth curve leaves: the last handle, mirrored, if the last step had one of its kind.
  Point mirrored(bool same_kind) const {
    Point here = outline_.here();
    return same_kind ? Point{2 * here.x - handle_.x, 2 * here.y - handle_.y} : here;
  }

  bool step(char command) {
    bool relative = is_ascii_lower(command);
    switch (ascii_upper(command)) {
      case 'Z': outline_.close(); return true;
      case 'H':
      case 'V': return straight(relative, ascii_upper(command) == 'H');
      case 'A': return arc(relative);
      case 'C':
      case 'S': return cubic(relative, ascii_upper(command) == 'S');
      case 'Q':
      case 'T': return quadratic(relative, ascii_upper(command) == 'T');
      case 'M':
      case 'L': break;
      default: return false;
    }
    auto to = point(relative);
    if (!to) return false;
    if (ascii_upper(command) == 'M') {
      outline_.move(*to);
    } else {
      outline_.line(*to);
    }
    return true;
  }

  bool straight(bool relative, bool horizontal) {
    auto value = reader_.number();
    if (!value) return false;
    Point to = outline_.here();
    double& changed = horizontal ? to.x : to.y;
    changed = relative ? changed + *value : *value;
    outline_.line(to);
    return true;
  }

  bool arc(bool relative) {
    auto radius_x = reader_.number();
    auto radius_y = radius_x ? reader_.number() : std::nullopt;
    auto degrees = radius_y ? reader_.number() : std::nullopt;
    auto large = degrees ? reader_.flag() : std::nullopt;
    auto sweep = large ? reader_.flag() : std::nullopt;
    auto to = sweep ? point(relative) : std::nullopt;
    if (!to) return false;
    outline_.arc(*radius_x, *radius_y, *degrees, *large, *sweep, *to);
    return true;
  }

  bool cubic(bool relative, bool smooth) {
    auto first = smooth ? std::optional(mirrored(last_ == 'C' || last_ == 'S')) : point(relative);
    auto second = first ? point(relative) : std::nullopt;
    auto to = second ? point(relative) : std::nullopt;
    if (!to) return false;
    handle_ = *second;
    outline_.curve(*first, *second, *to);
    return true;
  }

  bool quadratic(bool relative, bool smooth) {
    auto handle = smooth ? std::optional(mirrored(last_ == 'Q' || last_ == 'T')) : point(relative);
    auto to = handle ? point(relative) : std::nullopt;
    if (!to) return false;
    handle_ = *handle;
    Point from = outline_.here();
    auto towards = [&](Point end) {
      return Point{end.x + (handle_.x - end.x) * 2 / 3, end.y + (handle_.y - end.y) * 2 / 3};
    };
    outline_.curve(towards(from), towards(*to), *to);
    return true;
  }

  NumberReader reader_;
  Outline outline_;
  Point handle_;
  char last_ = 0;
};

}  // namespace

std::optional<Outline> parse_path(std::string_view text) { return PathReader(text).read(); }

}  // namespace postroom::logos
