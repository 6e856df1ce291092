#include "core/logos/svg_geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "base/text.h"

namespace postroom::logos {
namespace {

// Drawings are not that large; beyond it, sums lose what a printer could show, or overflow.
constexpr double kNumberMax = 1e7;

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

}  // namespace

void NumberReader::skip_separators() {
  bool comma = false;
  while (!rest_.empty() && (is_ascii_space(rest_[0]) || (rest_[0] == ',' && !comma))) {
    comma = comma || rest_[0] == ',';
    rest_.remove_prefix(1);
  }
}

bool NumberReader::at_end() {
  skip_separators();
  return rest_.empty();
}

char NumberReader::letter() {
  skip_separators();
  if (rest_.empty() || !is_ascii_alpha(rest_[0])) return 0;
  char found = rest_[0];
  rest_.remove_prefix(1);
  return found;
}

std::optional<bool> NumberReader::flag() {
  skip_separators();
  if (rest_.empty() || (rest_[0] != '0' && rest_[0] != '1')) return std::nullopt;
  bool set = rest_[0] == '1';
  rest_.remove_prefix(1);
  return set;
}

std::optional<double> NumberReader::number() {
  skip_separators();
  std::string_view text = rest_;
  if (text.starts_with('+')) text.remove_prefix(1);
  // from_chars also knows words such as "inf".
  if (text.empty() || !(is_ascii_digit(text[0]) || text[0] == '.' || text[0] == '-')) return std::nullopt;
  if (text.size() > 1 && is_ascii_alpha(text[1])) {
    if (text[0] == '-' || text[0] == '.') return std::nullopt;
  }
  // An "e" that begins a unit such as em is no exponent; from_chars leaves it.
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !(std::abs(value) <= kNumberMax)) return std::nullopt;
  rest_ = text.substr(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<std::vector<double>> parse_numbers(std::string_view text) {
  NumberReader reader(text);
  std::vector<double> numbers;
  while (!reader.at_end()) {
    auto value = reader.number();
    if (!value) return std::nullopt;
    numbers.push_back(*value);
  }
  return numbers;
}

std::string plain_number(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0) text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::optional<double> parse_length(std::string_view text, double whole) {
  NumberReader reader(text);
  auto value = reader.number();
  if (!value) return std::nullopt;
  struct Unit {
    std::string_view name;
    double size;
  };
  // CSS: 96 pixels are an inch.
  const Unit kUnits[] = {{"", 1},           {"px", 1},          {"pt", 96.0 / 72}, {"pc", 16},
                         {"mm", 96 / 25.4}, {"cm", 960 / 25.4}, {"in", 96},        {"%", whole / 100}};
  for (const Unit& unit : kUnits)
    if (trim(reader.rest()) == unit.name) return *value * unit.size;
  return std::nullopt;
}

Matrix Matrix::then(const Matrix& next) const {
  return {.a = next.a * a + next.c * b,
          .b = next.b * a + next.d * b,
          .c = next.a * c + next.c * d,
          .d = next.b * c + next.d * d,
          .e = next.a * e + next.c * f + next.e,
          .f = next.b * e + next.d * f + next.f};
}

namespace {

std::optional<Matrix> one_transform(std::string_view name, const std::vector<double>& v) {
  auto count = v.size();
  if (name == "matrix" && count == 6) return Matrix{v[0], v[1], v[2], v[3], v[4], v[5]};
  if (name == "translate" && (count == 1 || count == 2)) return Matrix{.e = v[0], .f = count == 2 ? v[1] : 0};
  if (name == "scale" && (count == 1 || count == 2)) return Matrix{.a = v[0], .d = count == 2 ? v[1] : v[0]};
  if (name == "skewX" && count == 1) return Matrix{.c = std::tan(radians(v[0]))};
  if (name == "skewY" && count == 1) return Matrix{.b = std::tan(radians(v[0]))};
  if (name != "rotate" || (count != 1 && count != 3)) return std::nullopt;
  double cosine = std::cos(radians(v[0])), sine = std::sin(radians(v[0]));
  Matrix turn{cosine, sine, -sine, cosine, 0, 0};
  if (count == 1) return turn;
  return Matrix{.e = -v[1], .f = -v[2]}.then(turn).then(Matrix{.e = v[1], .f = v[2]});
}

}  // namespace

std::optional<Matrix> parse_transform(std::string_view text) {
  constexpr std::size_t kStepsMax = 100;
  Matrix all;
  text = trim(text);
  for (std::size_t step = 0; !text.empty(); ++step) {
    std::size_t open = text.find('('), close = text.find(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open || step >= kStepsMax)
      return std::nullopt;
    auto numbers = parse_numbers(text.substr(open + 1, close - open - 1));
    auto one = numbers ? one_transform(trim(text.substr(0, open)), *numbers) : std::nullopt;
    if (!one) return std::nullopt;
    all = one->then(all);
    text = trim(text.substr(close + 1));
    if (text.starts_with(',')) text = trim(text.substr(1));
  }
  bool sound = std::isfinite(all.a + all.b + all.c + all.d + all.e + all.f);
  return sound ? std::optional(all) : std::nullopt;
}

void Outline::move(Point to) {
  steps_.push_back({Verb::move, {to}});
  here_ = start_ = to;
}

void Outline::line(Point to) {
  steps_.push_back({Verb::line, {to}});
  here_ = to;
}

void Outline::curve(Point first, Point second, Point to) {
  steps_.push_back({Verb::curve, {first, second, to}});
  here_ = to;
}

void Outline::close() {
  if (steps_.empty() || steps_.back().verb == Verb::close) return;
  steps_.push_back({Verb::close, {}});
  here_ = start_;
}

void Outline::arc(double radius_x, double radius_y, double degrees, bool large, bool sweep, Point to) {
  radius_x = std::abs(radius_x);
  radius_y = std::abs(radius_y);
  if (radius_x == 0 || radius_y == 0) return line(to);
  if (here_.x == to.x && here_.y == to.y) return;
  // F.6.5: to a frame in which the ellipse lies straight and the chord is centred.
  double cosine = std::cos(radians(degrees)), sine = std::sin(radians(degrees));
  double half_x = (here_.x - to.x) / 2, half_y = (here_.y - to.y) / 2;
  double x = cosine * half_x + sine * half_y, y = -sine * half_x + cosine * half_y;
  double size = x * x / (radius_x * radius_x) + y * y / (radius_y * radius_y);
  if (size > 1) {  // F.6.6: radii that are too small to reach grow
    radius_x *= std::sqrt(size);
    radius_y *= std::sqrt(size);
    size = 1;
  }
  double reach = std::sqrt(std::max(0.0, 1 / size - 1)) * (large == sweep ? -1 : 1);
  double centre_x = reach * radius_x * y / radius_y, centre_y = -reach * radius_y * x / radius_x;
  double from = std::atan2((y - centre_y) / radius_y, (x - centre_x) / radius_x);
  double turn = std::atan2((-y - centre_y) / radius_y, (-x - centre_x) / radius_x) - from;
  if (sweep && turn < 0) turn += 2 * std::numbers::pi;
  if (!sweep && turn > 0) turn -= 2 * std::numbers::pi;
  Matrix frame{radius_x * cosine,
               radius_x * sine,
               -radius_y * sine,
               radius_y * cosine,
               cosine * centre_x - sine * centre_y + (here_.x + to.x) / 2,
               sine * centre_x + cosine * centre_y + (here_.y + to.y) / 2};
  // A curve of up to a quarter of a circle is off by less than a thousandth of the radius.
  int pieces = std::max(1, static_cast<int>(std::ceil(std::abs(turn) / (std::numbers::pi / 2) - 1e-9)));
  double angle = turn / pieces, handle = 4.0 / 3 * std::tan(angle / 4);
  for (int i = 0; i < pieces; ++i) {
    double start = from + i * angle, end = start + angle;
    Point first{std::cos(start) - handle * std::sin(start), std::sin(start) + handle * std::cos(start)};
    Point second{std::cos(end) + handle * std::sin(end), std::sin(end) - handle * std::cos(end)};
    curve(frame.map(first), frame.map(second), i + 1 == pieces ? to : frame.map({std::cos(end), std::sin(end)}));
  }
}

void Outline::add_ellipse(Point centre, double radius_x, double radius_y) {
  move({centre.x + radius_x, centre.y});
  arc(radius_x, radius_y, 0, false, true, {centre.x - radius_x, centre.y});
  arc(radius_x, radius_y, 0, false, true, {centre.x + radius_x, centre.y});
  close();
}

void Outline::add_rectangle(Point corner, double width, double height, double radius_x, double radius_y) {
  double rx = std::min(radius_x, width / 2), ry = std::min(radius_y, height / 2);
  double left = corner.x, top = corner.y, right = left + width, bottom = top + height;
  move({left + rx, top});
  line({right - rx, top});
  if (rx > 0) arc(rx, ry, 0, false, true, {right, top + ry});
  line({right, bottom - ry});
  if (rx > 0) arc(rx, ry, 0, false, true, {right - rx, bottom});
  line({left + rx, bottom});
  if (rx > 0) arc(rx, ry, 0, false, true, {left, bottom - ry});
  line({left, top + ry});
  if (rx > 0) arc(rx, ry, 0, false, true, {left + rx, top});
  close();
}

void Outline::add(const Outline& other, const Matrix& matrix) {
  for (Step step : other.steps_) {
    for (Point& point : step.points) point = matrix.map(point);
    steps_.push_back(step);
  }
}

std::array<Point, 2> Outline::bounds() const {
  std::array<Point, 2> box{Point{kNumberMax, kNumberMax}, Point{-kNumberMax, -kNumberMax}};
  for (const Step& step : steps_) {
    std::size_t count = step.verb == Verb::curve ? 3 : step.verb == Verb::close ? 0 : 1;
    for (std::size_t i = 0; i < count; ++i) {
      box[0] = {std::min(box[0].x, step.points[i].x), std::min(box[0].y, step.points[i].y)};
      box[1] = {std::max(box[1].x, step.points[i].x), std::max(box[1].y, step.points[i].y)};
    }
  }
  return box;
}

}  // namespace postroom::logos
