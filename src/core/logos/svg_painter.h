// From a drawing in SVG 1.1 to the operators of a PDF form in CMYK.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/logos/ink.h"
#include "core/logos/svg_geometry.h"
#include "core/logos/svg_gradient.h"
#include "core/logos/svg_style.h"
#include "core/logos/xml.h"

namespace postroom::logos {

struct PaintedSvg {
  double width = 0;  // of the form's box
  double height = 0;
  std::string content;  // operators
  std::string resources;
  bool transparent = false;
};

// What shapes inherit from the groups around them.
struct SvgState {
  std::string fill = "black";  // as written: "none", a colour, "url(#…)"
  std::string stroke = "none";
  Rgb colour;  // currentColor
  double fill_opacity = 1;
  double stroke_opacity = 1;
  double opacity = 1;  // of the groups around
  double stroke_width = 1;
  double miter_limit = 4;
  double dash_offset = 0;
  std::vector<double> dashes;
  int cap = 0;
  int join = 0;
  bool even_odd = false;
  bool visible = true;
};

// Used for one drawing.
class SvgPainter {
 public:
  // invalid_input names what cannot be printed exactly.
  static Result<PaintedSvg> paint(const XmlNode& root);

 private:
  SvgPainter(const XmlNode& root, SvgStyles styles) : root_(root), styles_(std::move(styles)) {}

  Result<PaintedSvg> paint_root();
  Result<void> set_frame();
  void index(const XmlNode& node);
  Result<void> paint_node(const XmlNode& node, SvgState state, int depth);
  Result<void> paint_children(const XmlNode& node, const SvgState& state, int depth);
  Result<void> paint_use(const XmlNode& node, const SvgState& state, int depth);
  Result<void> paint_shape(const XmlNode& node, const SvgState& state);
  Result<void> paint_outline(const Outline& outline, const SvgState& state);
  Result<void> fill_with_gradient(const Outline& outline, const SvgState& state, std::string_view id);
  Result<void> apply(const SvgProperties& properties, SvgState& state) const;
  Result<void> apply_line(const SvgProperties& properties, SvgState& state) const;
  Result<void> check_group_opacity(const XmlNode& node, double opacity) const;
  Result<bool> begin(const XmlNode& node, const SvgProperties& properties);
  Result<void> clip(std::string_view id);
  Result<void> add_clip_shapes(const XmlNode& node, const Matrix& matrix, Outline& outline, bool& even_odd,
                               int depth);
  Result<std::optional<Outline>> outline_of(const XmlNode& node);
  Result<std::optional<Rgb>> colour_of(std::string_view text, const SvgState& state) const;
  const XmlNode* find(std::string_view id) const;
  Result<void> count_step();

  void put(double value);
  void put_outline(const Outline& outline);
  void put_ink(Rgb colour, char operation);
  void put_opacity(double fill, double stroke);
  void put_line(const SvgState& state);
  void put_matrix(const Matrix& matrix);

  const XmlNode& root_;
  SvgStyles styles_;
  std::unordered_map<std::string_view, const XmlNode*> by_id_;
  double left_ = 0, top_ = 0, width_ = 0, height_ = 0;
  int decimals_ = 3;
  int steps_ = 0;
  std::size_t outline_bytes_ = 0;  // read so far, of the same one again and again, too
  bool painted_ = false;
  bool unsound_ = false;  // a number overflowed
  std::string out_;
  std::map<std::string, std::string, std::less<>> opacities_;  // dictionary → resource name
  std::string shadings_;
  int shading_count_ = 0;
};

}  // namespace postroom::logos
