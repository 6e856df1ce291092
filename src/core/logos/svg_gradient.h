// Gradients as PDF shadings (ISO 32000-1, 8.7.4.5).
#pragma once

#include <functional>
#include <string>

#include "core/logos/svg_geometry.h"
#include "core/logos/svg_style.h"

namespace postroom::logos {

struct Shading {
  std::string dictionary;
  Matrix matrix;  // from its own coordinates to those of the shape
};

// Null when nothing has that id.
using FindNode = std::function<const XmlNode*(std::string_view id)>;

// The shading of a linearGradient or radialGradient for a shape that `bounds` go around. invalid_input names what
// cannot be printed.
Result<Shading> make_shading(const XmlNode& gradient, const SvgStyles& styles, const FindNode& find,
                             const std::array<Point, 2>& bounds);

// "url(#a)" → "a"; empty for anything else.
std::string_view reference_in(std::string_view value);

}  // namespace postroom::logos
