// Which colour spaces come down to red, green and blue.
#pragma once

#include "engine.h"

namespace postroom::pdfscan {

// RGB, calibrated or not, Lab, or what is defined by way of one of them: a palette, or an ink of its own whose
// substitute is RGB.
bool is_rgb(fz_context* ctx, fz_colorspace* space);

// A device that sets `*found` when something is painted in such a space; `found` must outlive it.
fz_device* new_rgb_finder(fz_context* ctx, bool* found);

}  // namespace postroom::pdfscan
