// Turns a file that somebody hands in as a logo into a picture for letters.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "core/pdf/picture.h"

namespace postroom::ports {

// Safe from several threads.
class LogoReader {
 public:
  virtual ~LogoReader() = default;
  // `file` is an SVG or a PNG. invalid_input says what cannot be printed and what to do instead; retry_later when
  // it cannot be tried now.
  virtual Result<pdf::Picture> read(BytesView file) = 0;
};

}  // namespace postroom::ports
