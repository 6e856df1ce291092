#include "core/logos/svg_painter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "core/logos/svg_refusal.h"

namespace postroom::logos {
namespace {

// Following references may visit the same element again and again.
constexpr int kStepsMax = 50'000;
constexpr int kDepthMax = 96;
constexpr std::size_t kOperatorBytesMax = 4U << 20;

constexpr std::string_view kShapes[] = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"};
constexpr std::string_view kGroups[] = {"g", "a", "switch"};
constexpr std::string_view kSilent[] = {"defs",  "symbol", "clipPath", "linearGradient", "radialGradient",
                                        "style", "title",  "desc",     "metadata",       "view"};

template <std::size_t size>
bool among(std::string_view name, const std::string_view (&names)[size]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

const std::string* get(const SvgProperties& properties, std::string_view name) {
  auto found = properties.find(name);
  return found == properties.end() || found->second == "inherit" ? nullptr : &found->second;
}

int shapes_below(const XmlNode& node) {
  int count = 0;
  for (const XmlNode& child : node.children) {
    if (child.foreign || among(child.name, kSilent)) continue;
    // What is used may be many shapes.
    count += among(child.name, kShapes) ? 1 : child.name == "use" ? 2 : shapes_below(child);
    if (count > 1) break;
  }
  return count;
}

}  // namespace

Result<PaintedSvg> SvgPainter::paint(const XmlNode& root) {
  if (root.name != "svg" || root.foreign) return refuse_svg("its outermost element is not <svg>");
  POSTROOM_TRY(styles, SvgStyles::read(root));
  return SvgPainter(root, std::move(styles)).paint_root();
}

Result<PaintedSvg> SvgPainter::paint_root() {
  POSTROOM_CHECK(set_frame());
  index(root_);
  // SVG counts from the top, PDF from the bottom.
  put_matrix({.d = -1, .e = -left_, .f = top_ + height_});
  SvgState state;
  SvgProperties properties = styles_.of(root_);
  properties.erase("transform");
  POSTROOM_CHECK(apply(properties, state));
  POSTROOM_CHECK(check_group_opacity(root_, state.opacity));
  POSTROOM_CHECK(paint_children(root_, state, 0));
  if (!painted_) return refuse_svg("it shows nothing");
  if (unsound_) return refuse_svg("it has numbers that are too large");
  PaintedSvg painted{.width = width_, .height = height_, .content = std::move(out_), .resources = "<<"};
  if (!opacities_.empty()) {
    painted.resources += "/ExtGState<<";
    for (const auto& [dictionary, name] : opacities_) painted.resources += fmt::format("/{}{}", name, dictionary);
    painted.resources += ">>";
    painted.transparent = true;
  }
  if (!shadings_.empty()) painted.resources += fmt::format("/Shading<<{}>>", shadings_);
  painted.resources += ">>";
  return painted;
}

Result<void> SvgPainter::set_frame() {
  auto length = [&](std::string_view name) {
    const std::string* text = root_.find(name);
    return text == nullptr || text->ends_with('%') ? 0.0 : parse_length(*text, 0).value_or(0);
  };
  width_ = length("width");
  height_ = length("height");
  if (const std::string* box = root_.find("viewBox")) {
    auto numbers = parse_numbers(*box);
    if (!numbers || numbers->size() != 4) return refuse_svg(fmt::format("its viewBox '{}' is damaged", *box));
    left_ = (*numbers)[0];
    top_ = (*numbers)[1];
    width_ = (*numbers)[2];
    height_ = (*numbers)[3];
  }
  constexpr double kRatioMax = 100;
  if (!(width_ > 0 && height_ > 0)) return refuse_svg("it has no size: give it a viewBox, or a width and a height");
  if (width_ / height_ > kRatioMax || height_ / width_ > kRatioMax)
    return refuse_svg("it is more than a hundred times as long in one direction as in the other");
  // Enough for a ten-thousandth of its height, which on a letter is two thousandths of a millimetre.
  decimals_ = std::clamp(static_cast<int>(std::ceil(4 - std::log10(height_))), 1, 8);
  return {};
}

void SvgPainter::index(const XmlNode& node) {
  if (const std::string* id = node.find("id")) by_id_.emplace(*id, &node);
  for (const XmlNode& child : node.children) index(child);
}

const XmlNode* SvgPainter::find(std::string_view id) const {
  auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Result<void> SvgPainter::count_step() {
  if (++steps_ > kStepsMax || out_.size() > kOperatorBytesMax) return refuse_svg("it is too complex");
  return {};
}

Result<void> SvgPainter::check_group_opacity(const XmlNode& node, double opacity) const {
  if (opacity >= 1 || shapes_below(node) <= 1) return {};
  return refuse_svg("a group of several shapes is transparent; make the shapes transparent, or all opaque");
}

// Opens a graphics state when the element has a transformation or a clip of its own; true when it did.
Result<bool> SvgPainter::begin(const XmlNode& node, const SvgProperties& properties) {
  const std::string* transform = get(properties, "transform");
  const std::string* clipping = get(properties, "clip-path");
  bool clips = clipping != nullptr && *clipping != "none";
  if (!clips && (transform == nullptr || transform->empty() || *transform == "none")) return false;
  out_ += "q\n";
  if (transform != nullptr && *transform != "none") {
    auto matrix = parse_transform(*transform);
    if (!matrix)
      return refuse_svg(fmt::format("the transformation '{}' of a <{}> is damaged", *transform, node.name));
    put_matrix(*matrix);
  }
  if (clips) POSTROOM_CHECK(clip(reference_in(*clipping)));
  return true;
}

Result<void> SvgPainter::paint_node(const XmlNode& node, SvgState state, int depth) {
  POSTROOM_CHECK(count_step());
  if (depth > kDepthMax) return refuse_svg("its groups are nested too deep, or refer to themselves");
  if (node.foreign || among(node.name, kSilent)) return {};
  bool shape = among(node.name, kShapes), group = among(node.name, kGroups), use = node.name == "use";
  if (!shape && !group && !use) return refuse_element(node.name);
  SvgProperties properties = styles_.of(node);
  if (const std::string* display = get(properties, "display"); display != nullptr && *display == "none") return {};
  double around = state.opacity;
  POSTROOM_CHECK(apply(properties, state));
  // What is used may be a group of shapes.
  if (!shape && state.opacity < around) {
    if (use) return refuse_svg("a <use> is transparent; make the shapes transparent, or all opaque");
    POSTROOM_CHECK(check_group_opacity(node, state.opacity / around));
  }
  POSTROOM_TRY(opened, begin(node, properties));
  Result<void> done = shape ? paint_shape(node, state)
                      : use ? paint_use(node, state, depth)
                            : paint_children(node, state, depth);
  if (opened) out_ += "Q\n";
  return done;
}

Result<void> SvgPainter::paint_children(const XmlNode& node, const SvgState& state, int depth) {
  for (const XmlNode& child : node.children) {
    // What a program puts into a <switch> for itself comes with a drawing for everybody else.
    if (node.name == "switch" && child.name == "foreignObject") continue;
    POSTROOM_CHECK(paint_node(child, state, depth + 1));
  }
  return {};
}

Result<void> SvgPainter::paint_use(const XmlNode& node, const SvgState& state, int depth) {
  const std::string* reference = node.find("href");
  const XmlNode* target =
      reference != nullptr && reference->starts_with('#') ? find(std::string_view(*reference).substr(1)) : nullptr;
  if (target == nullptr) return refuse_svg("a <use> refers to something outside the file, or to nothing");
  bool symbol = target->name == "symbol";
  if (symbol && target->find("viewBox") != nullptr) return refuse_svg("it has a <symbol> with a viewBox");
  auto length = [&](std::string_view name) {
    const std::string* text = node.find(name);
    return text == nullptr ? 0 : parse_length(*text, 0).value_or(0);
  };
  out_ += "q\n";
  put_matrix({.e = length("x"), .f = length("y")});
  POSTROOM_CHECK(symbol ? paint_children(*target, state, depth + 1) : paint_node(*target, state, depth + 1));
  out_ += "Q\n";
  return {};
}

Result<void> SvgPainter::paint_shape(const XmlNode& node, const SvgState& state) {
  POSTROOM_TRY(outline, outline_of(node));
  if (!outline || outline->empty() || !state.visible) return {};
  return paint_outline(*outline, state);
}

Result<std::optional<Rgb>> SvgPainter::colour_of(std::string_view text, const SvgState& state) const {
  text = trim(text);
  if (text == "none" || text == "transparent") return std::optional<Rgb>();
  if (equals_ignoring_case(text, "currentcolor")) return std::optional(state.colour);
  auto colour = parse_colour(text);
  if (!colour) return refuse_svg(fmt::format("the colour '{}' is not understood", text.substr(0, 60)));
  return colour;
}

Result<void> SvgPainter::paint_outline(const Outline& outline, const SvgState& state) {
  std::optional<Rgb> fill;
  if (auto id = reference_in(state.fill); !id.empty()) {
    POSTROOM_CHECK(fill_with_gradient(outline, state, id));
  } else {
    POSTROOM_TRY(colour, colour_of(state.fill, state));
    fill = colour;
  }
  if (!reference_in(state.stroke).empty()) return refuse_svg("a line has a gradient; outline it in your program");
  POSTROOM_TRY(stroke, colour_of(state.stroke, state));
  if (state.stroke_width <= 0) stroke.reset();
  if (!fill && !stroke) return {};
  painted_ = true;
  out_ += "q\n";
  put_opacity(state.fill_opacity * state.opacity, state.stroke_opacity * state.opacity);
  if (fill) put_ink(*fill, 'k');
  if (stroke) {
    put_ink(*stroke, 'K');
    put_line(state);
  }
  put_outline(outline);
  std::string_view rule = state.even_odd ? "*" : "";
  out_ += fill && stroke ? "B" : fill ? "f" : "S";
  if (fill) out_ += rule;
  out_ += "\nQ\n";
  return {};
}

Result<void> SvgPainter::fill_with_gradient(const Outline& outline, const SvgState& state, std::string_view id) {
  const XmlNode* gradient = find(id);
  if (gradient == nullptr) return refuse_svg(fmt::format("the gradient '{}' is missing", id));
  auto bounds = outline.bounds();
  if (bounds[0].x >= bounds[1].x || bounds[0].y >= bounds[1].y) return {};
  POSTROOM_TRY(shading,
               make_shading(*gradient, styles_, [this](std::string_view name) { return find(name); }, bounds));
  std::string name = fmt::format("S{}", ++shading_count_);
  shadings_ += fmt::format("/{}{}", name, shading.dictionary);
  if (shadings_.size() > kOperatorBytesMax / 16) return refuse_svg("it has too many gradients");
  painted_ = true;
  out_ += "q\n";
  put_opacity(state.fill_opacity * state.opacity, 1);
  put_outline(outline);
  out_ += state.even_odd ? "W* n\n" : "W n\n";
  put_matrix(shading.matrix);
  out_ += fmt::format("/{} sh\nQ\n", name);
  return {};
}

Result<void> SvgPainter::clip(std::string_view id) {
  const XmlNode* node = id.empty() ? nullptr : find(id);
  if (node == nullptr || node->name != "clipPath") return refuse_svg("a clip-path refers to nothing");
  const std::string* units = node->find("clipPathUnits");
  if (units != nullptr && *units == "objectBoundingBox") return refuse_svg("a clip-path is relative to its shape");
  SvgProperties properties = styles_.of(*node);
  if (get(properties, "clip-path") != nullptr) return refuse_svg("a clip-path is clipped itself");
  Matrix matrix;
  if (const std::string* transform = get(properties, "transform")) {
    auto parsed = parse_transform(*transform);
    if (!parsed) return refuse_svg("the transformation of a clip-path is damaged");
    matrix = *parsed;
  }
  Outline outline;
  bool even_odd = false;
  for (const XmlNode& child : node->children) POSTROOM_CHECK(add_clip_shapes(child, matrix, outline, even_odd, 0));
  // A clip of nothing hides all.
  if (outline.empty()) outline.add_rectangle({left_ - width_, top_ - height_}, 0, 0, 0, 0);
  put_outline(outline);
  out_ += even_odd ? "W* n\n" : "W n\n";
  return {};
}

Result<void> SvgPainter::add_clip_shapes(const XmlNode& node, const Matrix& matrix, Outline& outline,
                                         bool& even_odd, int depth) {
  POSTROOM_CHECK(count_step());
  if (node.foreign || among(node.name, kSilent)) return {};
  constexpr int kClipDepthMax = 4;
  if (depth > kClipDepthMax) return refuse_svg("a clip-path refers to itself");
  SvgProperties properties = styles_.of(node);
  if (get(properties, "clip-path") != nullptr) return refuse_svg("a clip-path is clipped itself");
  Matrix own = matrix;
  if (const std::string* transform = get(properties, "transform")) {
    auto parsed = parse_transform(*transform);
    if (!parsed) return refuse_svg("the transformation of a clip-path is damaged");
    own = parsed->then(matrix);
  }
  if (const std::string* rule = get(properties, "clip-rule")) even_odd = even_odd || *rule == "evenodd";
  if (node.name == "use") {
    const std::string* reference = node.find("href");
    const XmlNode* target = reference != nullptr && reference->starts_with('#')
                                ? find(std::string_view(*reference).substr(1))
                                : nullptr;
    if (target == nullptr) return refuse_svg("a <use> refers to something outside the file, or to nothing");
    return add_clip_shapes(*target, own, outline, even_odd, depth + 1);
  }
  POSTROOM_TRY(shape, outline_of(node));
  if (shape) outline.add(*shape, own);
  return {};
}

void SvgPainter::put(double value) {
  if (!(std::abs(value) < 1e12)) {
    unsound_ = true;
    value = 0;
  }
  out_ += plain_number(value, decimals_);
  out_ += ' ';
}

void SvgPainter::put_outline(const Outline& outline) {
  for (const Outline::Step& step : outline.steps()) {
    std::size_t count = step.verb == Outline::Verb::curve ? 3 : step.verb == Outline::Verb::close ? 0 : 1;
    for (std::size_t i = 0; i < count; ++i) {
      put(step.points[i].x);
      put(step.points[i].y);
    }
    out_ += static_cast<char>(step.verb);
    out_ += '\n';
  }
}

void SvgPainter::put_ink(Rgb colour, char operation) {
  Cmyk ink = to_inks(colour);
  for (double part : {ink.cyan, ink.magenta, ink.yellow, ink.black}) out_ += plain_number(part, 3) + ' ';
  out_ += operation;
  out_ += '\n';
}

void SvgPainter::put_opacity(double fill, double stroke) {
  if (fill >= 1 && stroke >= 1) return;
  std::string dictionary = fmt::format("<</ca {}/CA {}>>", plain_number(fill, 3), plain_number(stroke, 3));
  auto [entry, added] = opacities_.try_emplace(dictionary, fmt::format("G{}", opacities_.size()));
  out_ += fmt::format("/{} gs\n", entry->second);
}

void SvgPainter::put_line(const SvgState& state) {
  put(state.stroke_width);
  out_ += "w\n";
  if (state.cap != 0) out_ += fmt::format("{} J\n", state.cap);
  if (state.join != 0) out_ += fmt::format("{} j\n", state.join);
  // Lines begin with PDF's limit of 10.
  put(state.miter_limit);
  out_ += "M\n";
  if (state.dashes.empty()) return;
  out_ += "[ ";
  for (double dash : state.dashes) put(dash);
  out_ += "] ";
  put(state.dash_offset);
  out_ += "d\n";
}

void SvgPainter::put_matrix(const Matrix& matrix) {
  if (matrix.is_identity()) return;
  for (double value : {matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f}) {
    unsound_ = unsound_ || !(std::abs(value) < 1e12);
    out_ += plain_number(value, 8) + ' ';
  }
  out_ += "cm\n";
}

}  // namespace postroom::logos
