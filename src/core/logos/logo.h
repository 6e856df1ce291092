// The logo of a service's letters, as somebody hands it in.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "core/pdf/picture.h"

namespace postroom::logos {

inline constexpr std::size_t kLogoBytesMax = 1U << 20;
// Of the picture, which is copied into every letter.
inline constexpr std::size_t kPictureBytesMax = 256U << 10;

// `file` is an SVG or a PNG; which, its first bytes say. Colours become CMYK, those without hue K alone.
// invalid_input says what cannot be printed and what to do instead.
Result<pdf::Picture> read_logo(BytesView file);

}  // namespace postroom::logos
