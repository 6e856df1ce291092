// Numbers, transformations and outlines as SVG 1.1 writes them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace postroom::logos {

// Reads numbers one after the other, with blanks and commas between them as far as SVG allows.
class NumberReader {
 public:
  explicit NumberReader(std::string_view text) : rest_(text) {}
  // Nothing when no number follows.
  std::optional<double> number();
  // A digit 0 or 1, which may stand right before the next number.
  std::optional<bool> flag();
  // The next letter; 0 when a number or the end follows.
  char letter();
  bool at_end();
  std::string_view rest() const { return rest_; }

 private:
  void skip_separators();

  std::string_view rest_;
};

// Nothing unless `text` is numbers and nothing else.
std::optional<std::vector<double>> parse_numbers(std::string_view text);

// As PDF writes numbers: no exponent, at most `decimals` of them.
std::string plain_number(double value, int decimals);

// A length in user units (CSS pixels): a number with no unit or px, pt, pc, mm, cm, in; % is of `whole`.
std::optional<double> parse_length(std::string_view text, double whole);

struct Point {
  double x = 0, y = 0;
};

// x' = a x + c y + e, y' = b x + d y + f.
struct Matrix {
  double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;

  // This one first, then `next`.
  Matrix then(const Matrix& next) const;
  Point map(Point p) const { return {a * p.x + c * p.y + e, b * p.x + d * p.y + f}; }
  bool is_identity() const { return a == 1 && b == 0 && c == 0 && d == 1 && e == 0 && f == 0; }
  double determinant() const { return a * d - b * c; }
};
std::optional<Matrix> parse_transform(std::string_view text);

// An outline of lines and cubic curves.
class Outline {
 public:
  enum class Verb : char { move = 'm', line = 'l', curve = 'c', close = 'h' };
  struct Step {
    Verb verb;
    std::array<Point, 3> points{};  // one, or three for a curve
  };

  void move(Point to);
  void line(Point to);
  void curve(Point first, Point second, Point to);
  // A part of an ellipse (SVG 1.1, F.6).
  void arc(double radius_x, double radius_y, double degrees, bool large, bool sweep, Point to);
  void close();
  void add_ellipse(Point centre, double radius_x, double radius_y);
  void add_rectangle(Point corner, double width, double height, double radius_x, double radius_y);

  const std::vector<Step>& steps() const { return steps_; }
  bool empty() const { return steps_.empty(); }
  Point here() const { return here_; }
  void add(const Outline& other, const Matrix& matrix);
  // Smallest rectangle around all points, those that steer curves included: left top, right bottom.
  std::array<Point, 2> bounds() const;

 private:
  std::vector<Step> steps_;
  Point here_, start_;
};

// The d attribute of a path. Nothing when it is damaged.
std::optional<Outline> parse_path(std::string_view text);

}  // namespace postroom::logos
