// From a PNG (ISO/IEC 15948) to an image in K, or in CMYK when it has colours.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "core/pdf/picture.h"

namespace postroom::logos {

// 600 dots an inch in the place of the logo: more is not seen on paper.
inline constexpr int kPngWidthMax = 1654;
inline constexpr int kPngHeightMax = 426;
// Fewer are seen as steps.
inline constexpr int kPngHeightMin = 100;

// invalid_input says what is wrong with the file. Linear in its size and number of pixels.
Result<pdf::Picture> png_picture(BytesView png);

}  // namespace postroom::logos
