// A picture ready to be copied into documents (ISO 32000-1, 8.9 and 8.10).
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "core/pdf/document.h"

namespace postroom::pdf {

struct Picture {
  // Of what the XObject paints: the box of a form whose corner is the origin, or 1 by 1 for an image.
  double width = 1;
  double height = 1;
  double ratio = 1;          // width by height, as printed
  bool transparent = false;  // pages that show it blend colours
  std::string entries;       // of the XObject's dictionary, besides Length and SMask
  Bytes content;             // encoded as the entries say
  // How opaque each pixel of an image is; empty when all are.
  std::string mask_entries;
  Bytes mask;
};

// Writes the objects of a picture; returns the number of the one that resources refer to.
int write_picture(DocumentWriter& document, const Picture& picture);

// Stored form. corrupt when `bytes` are not one that to_bytes() made.
Bytes to_bytes(const Picture& picture);
Result<Picture> picture_from_bytes(BytesView bytes);

}  // namespace postroom::pdf
