#include "core/logos/svg_gradient.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/logos/ink.h"

namespace postroom::logos {
namespace {

constexpr std::size_t kStopsMax = 100;

struct Stop {
  double offset;
  Rgb colour;
};

tl::unexpected<Error> refuse(std::string_view reason) {
  return fail(ErrorKind::invalid_input,
              fmt::format("A gradient of the SVG {}: use plain colours, or gradients of opaque colours", reason));
}

std::string ink_array(Rgb colour) {
  Cmyk ink = to_inks(colour);
  return fmt::format("[{} {} {} {}]", plain_number(ink.cyan, 3), plain_number(ink.magenta, 3),
                     plain_number(ink.yellow, 3), plain_number(ink.black, 3));
}

std::string join_numbers(std::initializer_list<double> numbers) {
  std::string out;
  for (double number : numbers) out += plain_number(number, 6) + ' ';
  return out;
}

// The gradient and those it takes what it does not say from.
std::vector<const XmlNode*> chain_of(const XmlNode& gradient, const FindNode& find) {
  constexpr std::size_t kChainMax = 8;
  std::vector<const XmlNode*> chain{&gradient};
  while (chain.size() < kChainMax) {
    const std::string* reference = chain.back()->find("href");
    const XmlNode* next = reference != nullptr && reference->starts_with('#')
                              ? find(std::string_view(*reference).substr(1))
                              : nullptr;
    if (next == nullptr) break;
    chain.push_back(next);
  }
  return chain;
}

const std::string* inherited(const std::vector<const XmlNode*>& chain, std::string_view attribute) {
  for (const XmlNode* node : chain)
    if (const std::string* value = node->find(attribute)) return value;
  return nullptr;
}

Result<std::vector<Stop>> stops_of(const std::vector<const XmlNode*>& chain, const SvgStyles& styles) {
  std::vector<Stop> stops;
  for (const XmlNode* node : chain) {
    for (const XmlNode& child : node->children) {
      if (child.name != "stop" || child.foreign) continue;
      SvgProperties properties = styles.of(child);
      auto opacity = properties.find("stop-opacity");
      if (opacity != properties.end() && parse_length(opacity->second, 1) != 1)
        return refuse("has colours that are not opaque");
      auto given = properties.find("stop-color");
      auto colour = given == properties.end() ? std::optional(Rgb{}) : parse_colour(given->second);
      if (!colour) return refuse(fmt::format("has the colour '{}', which is not understood", given->second));
      const std::string* offset = child.find("offset");
      double at = offset == nullptr ? 0 : parse_length(*offset, 1).value_or(0);
      at = std::clamp(at, stops.empty() ? 0.0 : stops.back().offset, 1.0);
      if (stops.size() >= kStopsMax) return refuse(fmt::format("has more than {} colours", kStopsMax));
      stops.push_back({at, *colour});
    }
    if (!stops.empty()) break;
  }
  if (stops.empty()) return refuse("has no colours");
  if (stops.front().offset > 0) stops.insert(stops.begin(), {0, stops.front().colour});
  if (stops.back().offset < 1 || stops.size() == 1) stops.push_back({1, stops.back().colour});
  return stops;
}

// A function of 0 to 1: pieces between neighbouring stops, stitched together.
std::string function_of(const std::vector<Stop>& stops) {
  std::string functions, bounds, encode;
  std::size_t pieces = 0;
  for (std::size_t i = 0; i + 1 < stops.size(); ++i) {
    if (stops[i].offset == stops[i + 1].offset) continue;  // a sharp edge
    functions += fmt::format("<</FunctionType 2/Domain[0 1]/N 1/C0{}/C1{}>>", ink_array(stops[i].colour),
                             ink_array(stops[i + 1].colour));
    if (pieces++ > 0) bounds += plain_number(stops[i].offset, 6) + ' ';
    encode += "0 1 ";
  }
  return fmt::format("<</FunctionType 3/Domain[0 1]/Functions[{}]/Bounds[{}]/Encode[{}]>>", functions, bounds,
                     encode);
}

}  // namespace

std::string_view reference_in(std::string_view value) {
  value = trim(value);
  std::size_t end = value.find(')');
  if (!value.starts_with("url(") || end == std::string_view::npos) return {};
  value = trim(value.substr(4, end - 4));
  if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'')) value = value.substr(1, value.size() - 2);
  return value.starts_with('#') ? value.substr(1) : std::string_view();
}

Result<Shading> make_shading(const XmlNode& gradient, const SvgStyles& styles, const FindNode& find,
                             const std::array<Point, 2>& bounds) {
  auto chain = chain_of(gradient, find);
  bool linear = gradient.name == "linearGradient";
  if (!linear && gradient.name != "radialGradient") return refuse(fmt::format("is a <{}>", gradient.name));
  POSTROOM_TRY(stops, stops_of(chain, styles));
  const std::string* spread = inherited(chain, "spreadMethod");
  if (spread != nullptr && *spread != "pad") return refuse("repeats");
  Shading shading;
  if (const std::string* text = inherited(chain, "gradientTransform")) {
    auto matrix = parse_transform(*text);
    if (!matrix) return refuse("has a transformation that is damaged");
    shading.matrix = *matrix;
  }
  const std::string* units = inherited(chain, "gradientUnits");
  bool absolute = units != nullptr && *units == "userSpaceOnUse";
  if (!absolute) {
    shading.matrix = shading.matrix.then(
        {.a = bounds[1].x - bounds[0].x, .d = bounds[1].y - bounds[0].y, .e = bounds[0].x, .f = bounds[0].y});
  }
  bool sound = true;
  auto length = [&](std::string_view name, double standard) {
    const std::string* text = inherited(chain, name);
    if (text == nullptr) return standard;
    if (absolute && text->ends_with('%')) sound = false;
    auto value = parse_length(*text, 1);
    sound = sound && value;
    return value.value_or(0);
  };
  std::string coordinates;
  if (linear) {
    double x1 = length("x1", 0), y1 = length("y1", 0), x2 = length("x2", 1), y2 = length("y2", 0);
    coordinates = join_numbers({x1, y1, x2, y2});
  } else {
    double cx = length("cx", 0.5), cy = length("cy", 0.5), r = length("r", 0.5);
    double fx = length("fx", cx), fy = length("fy", cy);
    sound = sound && r > 0;
    coordinates = join_numbers({fx, fy, 0, cx, cy, r});
  }
  if (!sound) return refuse("has lengths that are damaged or missing");
  shading.dictionary =
      fmt::format("<</ShadingType {}/ColorSpace/DeviceCMYK/Coords[{}]/Extend[true true]/Function{}>>",
                  linear ? 2 : 3, coordinates, function_of(stops));
  return shading;
}

}  // namespace postroom::logos
