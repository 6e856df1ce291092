// How a drawing is turned down.
#pragma once

#include <string_view>

#include "base/result.h"

namespace postroom::logos {

tl::unexpected<Error> refuse_svg(std::string_view reason);

// For an element that is not printed, with what to do instead.
tl::unexpected<Error> refuse_element(std::string_view name);

}  // namespace postroom::logos
