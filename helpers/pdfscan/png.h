// PNG of pixels in memory: fast rather than small.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace postroom::pdfscan {

// `rgb` has three bytes a pixel, its rows follow each other. Grey when no pixel has a colour.
Bytes write_png(const std::uint8_t* rgb, int width, int height, int dpi);

}  // namespace postroom::pdfscan
