// The part of SvgPainter that reads shapes and properties.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "core/logos/svg_painter.h"
#include "core/logos/svg_refusal.h"

namespace postroom::logos {
namespace {

constexpr std::size_t kOutlineBytesMax = 8U << 20;

const std::string* get(const SvgProperties& properties, std::string_view name) {
  auto found = properties.find(name);
  return found == properties.end() || found->second == "inherit" ? nullptr : &found->second;
}

std::optional<Outline> polygon_of(const XmlNode& node, bool closed) {
  const std::string* text = node.find("points");
  auto numbers = parse_numbers(text == nullptr ? "" : *text);
  if (!numbers || numbers->size() % 2 != 0) return std::nullopt;
  Outline outline;
  for (std::size_t i = 0; i < numbers->size(); i += 2) {
    Point point{(*numbers)[i], (*numbers)[i + 1]};
    if (i == 0) {
      outline.move(point);
    } else {
      outline.line(point);
    }
  }
  if (closed) outline.close();
  return outline;
}

// Properties that would change the picture in a way that is not printed.
Result<void> check_unsupported(const SvgProperties& properties) {
  struct Rule {
    std::string_view name;
    std::string_view harmless;
  };
  constexpr Rule kRules[] = {{"mask", "none"},          {"filter", "none"},       {"marker-start", "none"},
                             {"marker-mid", "none"},    {"marker-end", "none"},   {"mix-blend-mode", "normal"},
                             {"paint-order", "normal"}, {"vector-effect", "none"}};
  for (const Rule& rule : kRules) {
    const std::string* value = get(properties, rule.name);
    if (value != nullptr && *value != rule.harmless)
      return refuse_svg(
          fmt::format("it has the property {}: '{}', which is not supported", rule.name, value->substr(0, 40)));
  }
  return {};
}

Result<void> set_number(const SvgProperties& properties, std::string_view name, double whole, double& target) {
  const std::string* text = get(properties, name);
  if (text == nullptr) return {};
  auto value = parse_length(*text, whole);
  if (!value) return refuse_svg(fmt::format("{} is '{}', which is no length", name, text->substr(0, 40)));
  target = *value;
  return {};
}

Result<void> set_opacity(const SvgProperties& properties, std::string_view name, double& target) {
  double value = target;
  POSTROOM_CHECK(set_number(properties, name, 1, value));
  target = std::clamp(value, 0.0, 1.0);
  return {};
}

int index_of(const std::string* value, std::initializer_list<std::string_view> names, int standard) {
  if (value == nullptr) return standard;
  auto found = std::find(names.begin(), names.end(), *value);
  return found == names.end() ? standard : static_cast<int>(found - names.begin());
}

}  // namespace

Result<std::optional<Outline>> SvgPainter::outline_of(const XmlNode& node) {
  for (const auto& attribute : node.attributes) outline_bytes_ += attribute.second.size();
  if (outline_bytes_ > kOutlineBytesMax) return refuse_svg("it is too complex");
  bool sound = true;
  auto length = [&](std::string_view name, double whole) {
    const std::string* text = node.find(name);
    if (text == nullptr) return 0.0;
    auto value = parse_length(*text, whole);
    sound = sound && value;
    return value.value_or(0);
  };
  double diagonal = std::sqrt((width_ * width_ + height_ * height_) / 2);
  std::optional<Outline> outline{Outline()};
  if (node.name == "path") {
    const std::string* data = node.find("d");
    outline = parse_path(data == nullptr || *data == "none" ? "" : *data);
  } else if (node.name == "rect") {
    double width = length("width", width_), height = length("height", height_);
    double rx = length("rx", width_), ry = length("ry", height_);
    if (node.find("rx") == nullptr) rx = ry;
    if (node.find("ry") == nullptr) ry = rx;
    if (width > 0 && height > 0)
      outline->add_rectangle({length("x", width_), length("y", height_)}, width, height, std::max(0.0, rx),
                             std::max(0.0, ry));
  } else if (node.name == "circle" || node.name == "ellipse") {
    bool circle = node.name == "circle";
    double rx = circle ? length("r", diagonal) : length("rx", width_);
    double ry = circle ? rx : length("ry", height_);
    if (rx > 0 && ry > 0) outline->add_ellipse({length("cx", width_), length("cy", height_)}, rx, ry);
  } else if (node.name == "line") {
    outline->move({length("x1", width_), length("y1", height_)});
    outline->line({length("x2", width_), length("y2", height_)});
  } else if (node.name == "polyline" || node.name == "polygon") {
    outline = polygon_of(node, node.name == "polygon");
  } else {
    return refuse_element(node.name);
  }
  if (!outline || !sound) return refuse_svg(fmt::format("the outline of a <{}> is damaged", node.name));
  return outline;
}

Result<void> SvgPainter::apply(const SvgProperties& properties, SvgState& state) const {
  POSTROOM_CHECK(check_unsupported(properties));
  if (const std::string* text = get(properties, "color")) {
    POSTROOM_TRY(colour, colour_of(*text, state));
    state.colour = colour.value_or(state.colour);
  }
  if (const std::string* fill = get(properties, "fill")) state.fill = *fill;
  if (const std::string* stroke = get(properties, "stroke")) state.stroke = *stroke;
  if (const std::string* rule = get(properties, "fill-rule")) state.even_odd = *rule == "evenodd";
  if (const std::string* text = get(properties, "visibility")) state.visible = *text == "visible";
  POSTROOM_CHECK(set_opacity(properties, "fill-opacity", state.fill_opacity));
  POSTROOM_CHECK(set_opacity(properties, "stroke-opacity", state.stroke_opacity));
  double opacity = 1;
  POSTROOM_CHECK(set_opacity(properties, "opacity", opacity));
  state.opacity *= opacity;
  return apply_line(properties, state);
}

Result<void> SvgPainter::apply_line(const SvgProperties& properties, SvgState& state) const {
  double diagonal = std::sqrt((width_ * width_ + height_ * height_) / 2);
  POSTROOM_CHECK(set_number(properties, "stroke-width", diagonal, state.stroke_width));
  POSTROOM_CHECK(set_number(properties, "stroke-miterlimit", 1, state.miter_limit));
  POSTROOM_CHECK(set_number(properties, "stroke-dashoffset", diagonal, state.dash_offset));
  state.miter_limit = std::max(1.0, state.miter_limit);
  state.cap = index_of(get(properties, "stroke-linecap"), {"butt", "round", "square"}, state.cap);
  state.join = index_of(get(properties, "stroke-linejoin"), {"miter", "round", "bevel"}, state.join);
  const std::string* dashes = get(properties, "stroke-dasharray");
  if (dashes == nullptr) return {};
  state.dashes.clear();
  if (*dashes == "none") return {};
  std::string plain = replace_all(*dashes, "px", "");
  auto numbers = parse_numbers(plain);
  constexpr std::size_t kDashesMax = 32;
  double sum = 0;
  bool sound = numbers && numbers->size() <= kDashesMax;
  if (sound) {
    for (double dash : *numbers) {
      sound = sound && dash >= 0;
      sum += dash;
    }
  }
  if (!sound) return refuse_svg(fmt::format("stroke-dasharray is '{}'", dashes->substr(0, 40)));
  if (sum > 0) state.dashes = std::move(*numbers);
  return {};
}

}  // namespace postroom::logos
