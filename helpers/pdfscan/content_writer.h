// Writes a content stream anew: whole and balanced whatever it was, and with other colours if wanted.
#pragma once

#include "engine.h"

namespace postroom::pdfscan {

inline constexpr int kStateDepthMax = 500;

// Takes over what a content stream needs beyond itself.
class ContentOwner {
 public:
  virtual ~ContentOwner() = default;
  // The name in `resources` of an XObject that shows this inline image in CMYK.
  virtual const char* inline_image(fz_context* ctx, pdf_document* document, pdf_obj* resources,
                                   fz_image* image) = 0;
};

// Interprets `contents` (a stream or an array of streams) with `resources` and appends it to `out`. With an owner
// colours of RGB become CMYK. Every q has its Q, every BT its ET. Throws as MuPDF does.
void write_content(fz_context* ctx, pdf_document* document, pdf_obj* resources, pdf_obj* contents,
                   ContentOwner* owner, fz_buffer* out);

// CMYK for a colour in a space of which is_rgb() is true; greys become black ink only.
void to_cmyk(fz_context* ctx, fz_colorspace* space, const float* colour, float cmyk[4]);

// The same for eight-bit RGB.
void to_cmyk(const unsigned char rgb[3], unsigned char cmyk[4]);

}  // namespace postroom::pdfscan
