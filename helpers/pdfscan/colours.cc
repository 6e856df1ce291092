#include "colours.h"

namespace postroom::pdfscan {
namespace {

struct RgbFinder {
  fz_device super;
  bool* found;
  int masks;  // what only makes a mask is not printed
};

void see(fz_context* ctx, fz_device* device, fz_colorspace* space) {
  auto* finder = reinterpret_cast<RgbFinder*>(device);
  if (finder->masks == 0 && !*finder->found && is_rgb(ctx, space)) *finder->found = true;
}

void fill_path(fz_context* ctx, fz_device* device, const fz_path*, int, fz_matrix, fz_colorspace* space,
               const float*, float, fz_color_params) {
  see(ctx, device, space);
}

void stroke_path(fz_context* ctx, fz_device* device, const fz_path*, const fz_stroke_state*, fz_matrix,
                 fz_colorspace* space, const float*, float, fz_color_params) {
  see(ctx, device, space);
}

// Glyphs that are drawings carry their own colours.
void see_drawn_glyphs(fz_context* ctx, fz_device* device, const fz_text* text) {
  for (fz_text_span* span = text->head; span; span = span->next) {
    if (!span->font->t3lists) continue;
    for (int i = 0; i < span->len; ++i) {
      int glyph = span->items[i].gid;
      if (glyph < 0 || glyph > 255 || !span->font->t3lists[glyph]) continue;
      fz_run_display_list(ctx, span->font->t3lists[glyph], device, fz_identity, fz_infinite_rect, nullptr);
    }
  }
}

void fill_text(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix, fz_colorspace* space,
               const float*, float, fz_color_params) {
  see(ctx, device, space);
  see_drawn_glyphs(ctx, device, text);
}

void stroke_text(fz_context* ctx, fz_device* device, const fz_text*, const fz_stroke_state*, fz_matrix,
                 fz_colorspace* space, const float*, float, fz_color_params) {
  see(ctx, device, space);
}

void fill_shade(fz_context* ctx, fz_device* device, fz_shade* shade, fz_matrix, float, fz_color_params) {
  see(ctx, device, shade->colorspace);
}

void fill_image(fz_context* ctx, fz_device* device, fz_image* image, fz_matrix, float, fz_color_params) {
  see(ctx, device, image->colorspace);
}

void fill_image_mask(fz_context* ctx, fz_device* device, fz_image*, fz_matrix, fz_colorspace* space, const float*,
                     float, fz_color_params) {
  see(ctx, device, space);
}

void begin_mask(fz_context*, fz_device* device, fz_rect, int, fz_colorspace*, const float*, fz_color_params) {
  ++reinterpret_cast<RgbFinder*>(device)->masks;
}

void end_mask(fz_context*, fz_device* device) { --reinterpret_cast<RgbFinder*>(device)->masks; }

}  // namespace

bool is_rgb(fz_context* ctx, fz_colorspace* space) {
  while (space) {
    switch (fz_colorspace_type(ctx, space)) {
      case FZ_COLORSPACE_RGB:
      case FZ_COLORSPACE_BGR:
      case FZ_COLORSPACE_LAB: return true;
      case FZ_COLORSPACE_INDEXED: space = space->u.indexed.base; break;
      case FZ_COLORSPACE_SEPARATION: space = space->u.separation.base; break;
      default: return false;
    }
  }
  return false;
}

fz_device* new_rgb_finder(fz_context* ctx, bool* found) {
  auto* finder = reinterpret_cast<RgbFinder*>(fz_new_device_of_size(ctx, sizeof(RgbFinder)));
  finder->found = found;
  finder->masks = 0;
  fz_device& device = finder->super;
  device.fill_path = fill_path;
  device.stroke_path = stroke_path;
  device.fill_text = fill_text;
  device.stroke_text = stroke_text;
  device.fill_shade = fill_shade;
  device.fill_image = fill_image;
  device.fill_image_mask = fill_image_mask;
  device.begin_mask = begin_mask;
  device.end_mask = end_mask;
  return &device;
}

}  // namespace postroom::pdfscan
