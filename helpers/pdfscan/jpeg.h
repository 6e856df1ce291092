// Pictures packed with little loss.
#pragma once

#include "engine.h"

namespace postroom::pdfscan {

// `components` is 1 for grey, 4 for CMYK as PDF has it (0 is no ink). Null when libjpeg cannot.
fz_buffer* write_jpeg(fz_context* ctx, const unsigned char* samples, int width, int height, int components);

}  // namespace postroom::pdfscan
