#include "core/logos/svg_refusal.h"

#include <fmt/format.h>

namespace postroom::logos {

tl::unexpected<Error> refuse_svg(std::string_view reason) {
  return fail(ErrorKind::invalid_input, fmt::format("The SVG cannot be printed: {}", reason));
}

tl::unexpected<Error> refuse_element(std::string_view name) {
  if (name == "image" || name == "feImage")
    return refuse_svg("it has an embedded picture (<image>), which would be blurred; draw it, or hand in a PNG");
  if (name == "text" || name == "tspan" || name == "textPath")
    return refuse_svg("it has text (<text>), whose font may be missing; turn text into outlines");
  if (name == "script" || name.starts_with("animate") || name == "set")
    return refuse_svg(fmt::format("it has a <{}>, and paper does not move; remove it", name));
  return refuse_svg(
      fmt::format("it has a <{}>, which is not supported; use plain shapes, groups, clip paths and "
                  "gradients",
                  name.substr(0, 40)));
}

}  // namespace postroom::logos
