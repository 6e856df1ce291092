// Pictures, gradients and colour spaces of RGB in CMYK.
#include <algorithm>
#include <cmath>

#include "colours.h"
#include "jpeg.h"
#include "recolour.h"

namespace postroom::pdfscan {
namespace {

constexpr int kSpaceDepthMax = 8;
// Steps of a gradient that is written as a table; of one in two dimensions, on each side.
constexpr int kGradientSteps = 1024;
constexpr int kGradientSide = 64;

// Inks that presses have anyway: their substitute is never printed.
bool is_process_ink(fz_context* ctx, pdf_obj* name) {
  for (const char* ink : {"Black", "Cyan", "Magenta", "Yellow", "All", "None"})
    if (std::string_view(pdf_to_name(ctx, name)) == ink) return true;
  return false;
}

pdf_obj* palette_in_cmyk(fz_context* ctx, pdf_document* document, fz_colorspace* space) {
  int count = space->u.indexed.high + 1;
  fz_colorspace* base = space->u.indexed.base;
  int components = fz_colorspace_n(ctx, base);
  fz_buffer* table = fz_new_buffer(ctx, static_cast<std::size_t>(count) * 4);
  for (int i = 0; i < count; ++i) {
    float colour[FZ_MAX_COLORS] = {};
    for (int k = 0; k < components; ++k)
      colour[k] = static_cast<float>(space->u.indexed.lookup[i * components + k]) / 255.0F;
    if (fz_colorspace_is_lab(ctx, base)) {
      colour[0] *= 100;
      for (int k = 1; k < 3; ++k) colour[k] = colour[k] * 255 - 128;
    }
    float cmyk[4];
    to_cmyk(ctx, base, colour, cmyk);
    for (float ink : cmyk) fz_append_byte(ctx, table, static_cast<int>(std::lround(ink * 255)));
  }
  unsigned char* data = nullptr;
  std::size_t bytes = fz_buffer_storage(ctx, table, &data);
  pdf_obj* out = pdf_new_array(ctx, document, 4);
  pdf_array_push(ctx, out, PDF_NAME(Indexed));
  pdf_array_push(ctx, out, PDF_NAME(DeviceCMYK));
  pdf_array_push_int(ctx, out, space->u.indexed.high);
  pdf_array_push_string(ctx, out, reinterpret_cast<const char*>(data), bytes);
  fz_drop_buffer(ctx, table);
  return out;
}

// Null when the space cannot be read.
fz_colorspace* load_space(fz_context* ctx, pdf_obj* space) {
  fz_colorspace* loaded = nullptr;
  fz_var(loaded);
  fz_try(ctx) loaded = pdf_load_colorspace(ctx, space);
  fz_catch(ctx) fz_rethrow_if(ctx, FZ_ERROR_MEMORY);
  return loaded;
}

struct Pixels {
  fz_buffer* data;
  int width;
  int height;
  bool grey;
};

bool is_grey(const unsigned char* row, std::size_t pixels, int step) {
  for (std::size_t i = 0; i < pixels; ++i, row += step)
    if (row[0] != row[1] || row[0] != row[2]) return false;
  return true;
}

void check_size(fz_context* ctx, std::int64_t width, std::int64_t height) {
  if (width <= 0 || height <= 0 || width * height > kPicturePixelsMax)
    refuse(ctx, "A picture in the PDF has too many pixels: make it smaller");
}

// The picture as RGB, with transparency if colours were keyed out.
fz_pixmap* pixels_of(fz_context* ctx, fz_image* image) {
  check_size(ctx, image->w, image->h);
  fz_pixmap* pixels = fz_get_pixmap_from_image(ctx, image, nullptr, nullptr, nullptr, nullptr);
  if (fz_pixmap_colorspace(ctx, pixels) == fz_device_rgb(ctx)) return pixels;
  fz_pixmap* rgb = fz_convert_pixmap(ctx, pixels, fz_device_rgb(ctx), nullptr, nullptr, fz_default_color_params, 1);
  fz_drop_pixmap(ctx, pixels);
  return rgb;
}

Pixels to_inks(fz_context* ctx, fz_pixmap* rgb) {
  int width = fz_pixmap_width(ctx, rgb);
  int height = fz_pixmap_height(ctx, rgb);
  int step = fz_pixmap_components(ctx, rgb);
  int stride = fz_pixmap_stride(ctx, rgb);
  const unsigned char* samples = fz_pixmap_samples(ctx, rgb);
  bool grey = true;
  for (int y = 0; y < height && grey; ++y)
    grey = is_grey(samples + std::ptrdiff_t{y} * stride, static_cast<std::size_t>(width), step);
  std::size_t bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * (grey ? 1 : 4);
  auto* to = static_cast<unsigned char*>(fz_malloc(ctx, bytes));
  fz_buffer* out = fz_new_buffer_from_data(ctx, to, bytes);
  for (int y = 0; y < height; ++y) {
    const unsigned char* from = samples + std::ptrdiff_t{y} * stride;
    for (int x = 0; x < width; ++x, from += step) {
      if (grey) {
        *to++ = from[0];
      } else {
        to_cmyk(from, to);
        to += 4;
      }
    }
  }
  return {out, width, height, grey};
}

// Pictures that were packed with loss are packed so again: anything else would make the letter many times as large.
void store(fz_context* ctx, pdf_document* document, pdf_obj* image, const Pixels& pixels, bool lossy) {
  unsigned char* data = nullptr;
  std::size_t bytes = fz_buffer_storage(ctx, pixels.data, &data);
  fz_buffer* packed = nullptr;
  if (lossy) packed = write_jpeg(ctx, data, pixels.width, pixels.height, pixels.grey ? 1 : 4);
  if (packed) {
    pdf_dict_put(ctx, image, PDF_NAME(Filter), PDF_NAME(DCTDecode));
  } else {
    std::size_t packed_bytes = 0;
    unsigned char* deflated = fz_new_deflated_data(ctx, &packed_bytes, data, bytes, FZ_DEFLATE_DEFAULT);
    packed = fz_new_buffer_from_data(ctx, deflated, packed_bytes);
    pdf_dict_put(ctx, image, PDF_NAME(Filter), PDF_NAME(FlateDecode));
  }
  pdf_dict_del(ctx, image, PDF_NAME(DecodeParms));
  pdf_dict_del(ctx, image, PDF_NAME(Decode));
  pdf_dict_dels(ctx, image, "SMaskInData");
  pdf_dict_put_int(ctx, image, PDF_NAME(Width), pixels.width);
  pdf_dict_put_int(ctx, image, PDF_NAME(Height), pixels.height);
  pdf_dict_put_int(ctx, image, PDF_NAME(BitsPerComponent), 8);
  pdf_dict_put(ctx, image, PDF_NAME(ColorSpace), pixels.grey ? PDF_NAME(DeviceGray) : PDF_NAME(DeviceCMYK));
  pdf_update_stream(ctx, document, image, packed, 1);
  fz_drop_buffer(ctx, packed);
}

pdf_obj* new_mask(fz_context* ctx, pdf_document* document, fz_pixmap* rgb) {
  int width = fz_pixmap_width(ctx, rgb);
  int height = fz_pixmap_height(ctx, rgb);
  int step = fz_pixmap_components(ctx, rgb);
  fz_buffer* alpha = fz_new_buffer(ctx, static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    const unsigned char* row = fz_pixmap_samples(ctx, rgb) + std::ptrdiff_t{y} * fz_pixmap_stride(ctx, rgb);
    for (int x = 0; x < width; ++x) fz_append_byte(ctx, alpha, row[x * step + step - 1]);
  }
  pdf_obj* mask = pdf_add_new_dict(ctx, document, 8);
  pdf_dict_put(ctx, mask, PDF_NAME(Type), PDF_NAME(XObject));
  pdf_dict_put(ctx, mask, PDF_NAME(Subtype), PDF_NAME(Image));
  pdf_update_stream(ctx, document, mask, alpha, 0);
  store(ctx, document, mask, {alpha, width, height, true}, false);
  fz_drop_buffer(ctx, alpha);
  return mask;
}

void replace_pixels(fz_context* ctx, pdf_document* document, pdf_obj* object, fz_image* image, bool lossy) {
  fz_pixmap* rgb = pixels_of(ctx, image);
  if (fz_pixmap_alpha(ctx, rgb) && !pdf_dict_get(ctx, object, PDF_NAME(SMask)))
    pdf_dict_put_drop(ctx, object, PDF_NAME(SMask), new_mask(ctx, document, rgb));
  if (pdf_is_array(ctx, pdf_dict_get(ctx, object, PDF_NAME(Mask)))) pdf_dict_del(ctx, object, PDF_NAME(Mask));
  Pixels pixels = to_inks(ctx, rgb);
  fz_drop_pixmap(ctx, rgb);
  store(ctx, document, object, pixels, lossy);
  fz_drop_buffer(ctx, pixels.data);
}

bool is_lossy(fz_context* ctx, pdf_obj* image) {
  pdf_obj* filter = pdf_dict_get(ctx, image, PDF_NAME(Filter));
  if (pdf_is_array(ctx, filter)) filter = pdf_array_get(ctx, filter, pdf_array_len(ctx, filter) - 1);
  return pdf_name_eq(ctx, filter, PDF_NAME(DCTDecode)) || pdf_name_eq(ctx, filter, PDF_NAME(JPXDecode));
}

// The colours of a function, or of one function for each component, as a table in CMYK.
struct Table {
  pdf_function* functions[FZ_MAX_COLORS];
  int count;
};

Table load_functions(fz_context* ctx, pdf_obj* object, int inputs, int components) {
  Table table{};
  if (!pdf_is_array(ctx, object)) {
    table.functions[table.count++] = pdf_load_function(ctx, object, inputs, components);
    return table;
  }
  for (int i = 0; i < std::min(pdf_array_len(ctx, object), components); ++i)
    table.functions[table.count++] = pdf_load_function(ctx, pdf_array_get(ctx, object, i), inputs, 1);
  return table;
}

void append_inks(fz_context* ctx, fz_buffer* out, const Table& table, fz_colorspace* space, const float* input,
                 int inputs) {
  float colour[FZ_MAX_COLORS] = {};
  if (table.count == 1)
    pdf_eval_function(ctx, table.functions[0], input, inputs, colour, fz_colorspace_n(ctx, space));
  else
    for (int i = 0; i < table.count; ++i) pdf_eval_function(ctx, table.functions[i], input, inputs, colour + i, 1);
  float cmyk[4];
  to_cmyk(ctx, space, colour, cmyk);
  for (float ink : cmyk) fz_append_byte(ctx, out, static_cast<int>(std::lround(ink * 255)));
}

pdf_obj* new_table(fz_context* ctx, pdf_document* document, const Table& table, fz_colorspace* space, int inputs,
                   const float* domain) {
  int side = inputs == 1 ? kGradientSteps : kGradientSide;
  fz_buffer* samples = fz_new_buffer(ctx, 4096);
  for (int v = 0; v < (inputs == 1 ? 1 : side); ++v) {
    for (int u = 0; u < side; ++u) {
      float at[2];
      at[0] = domain[0] + (domain[1] - domain[0]) * static_cast<float>(u) / static_cast<float>(side - 1);
      at[1] = domain[2] + (domain[3] - domain[2]) * static_cast<float>(v) / static_cast<float>(side - 1);
      append_inks(ctx, samples, table, space, at, inputs);
    }
  }
  pdf_obj* out = pdf_new_dict(ctx, document, 8);
  pdf_dict_put_int(ctx, out, PDF_NAME(FunctionType), 0);
  pdf_dict_put_int(ctx, out, PDF_NAME(BitsPerSample), 8);
  pdf_obj* domains = pdf_dict_put_array(ctx, out, PDF_NAME(Domain), 4);
  for (int i = 0; i < inputs * 2; ++i) pdf_array_push_real(ctx, domains, domain[i]);
  pdf_obj* sizes = pdf_dict_put_array(ctx, out, PDF_NAME(Size), 2);
  for (int i = 0; i < inputs; ++i) pdf_array_push_int(ctx, sizes, side);
  pdf_obj* range = pdf_dict_put_array(ctx, out, PDF_NAME(Range), 8);
  for (int i = 0; i < 8; ++i) pdf_array_push_int(ctx, range, i % 2);
  pdf_obj* reference = pdf_add_stream(ctx, document, samples, out, 0);
  fz_drop_buffer(ctx, samples);
  pdf_drop_obj(ctx, out);
  return reference;
}

void read_domain(fz_context* ctx, pdf_obj* shading, int type, int inputs, float domain[4]) {
  pdf_obj* given = pdf_dict_get(ctx, shading, PDF_NAME(Domain));
  if (type >= 4) {
    // Of a mesh: the last pair of Decode.
    pdf_obj* decode = pdf_dict_get(ctx, shading, PDF_NAME(Decode));
    if (pdf_array_len(ctx, decode) >= 6)
      for (int i = 0; i < 2; ++i) domain[i] = pdf_array_get_real(ctx, decode, 4 + i);
    return;
  }
  if (pdf_array_len(ctx, given) >= inputs * 2)
    for (int i = 0; i < inputs * 2; ++i) domain[i] = pdf_array_get_real(ctx, given, i);
}

void background_to_cmyk(fz_context* ctx, pdf_obj* shading, fz_colorspace* space) {
  pdf_obj* background = pdf_dict_get(ctx, shading, PDF_NAME(Background));
  if (!pdf_is_array(ctx, background)) return;
  float colour[FZ_MAX_COLORS] = {};
  for (int i = 0; i < std::min<int>(pdf_array_len(ctx, background), FZ_MAX_COLORS); ++i)
    colour[i] = pdf_array_get_real(ctx, background, i);
  float cmyk[4];
  to_cmyk(ctx, space, colour, cmyk);
  pdf_obj* changed = pdf_dict_put_array(ctx, shading, PDF_NAME(Background), 4);
  for (float ink : cmyk) pdf_array_push_real(ctx, changed, ink);
}

}  // namespace

pdf_obj* space_in_cmyk(fz_context* ctx, pdf_document* document, pdf_obj* space, int depth) {
  if (depth > kSpaceDepthMax) return pdf_keep_obj(ctx, space);
  pdf_obj* family = pdf_is_array(ctx, space) ? pdf_array_get(ctx, space, 0) : space;
  if (pdf_name_eq(ctx, family, PDF_NAME(Pattern))) {
    if (pdf_array_len(ctx, space) < 2) return pdf_keep_obj(ctx, space);
    pdf_obj* out = pdf_new_array(ctx, document, 2);
    pdf_array_push(ctx, out, PDF_NAME(Pattern));
    pdf_array_push_drop(ctx, out, space_in_cmyk(ctx, document, pdf_array_get(ctx, space, 1), depth + 1));
    return out;
  }
  fz_colorspace* loaded = load_space(ctx, space);
  pdf_obj* out = nullptr;
  if (!is_rgb(ctx, loaded)) {
    out = pdf_keep_obj(ctx, space);
  } else if (fz_colorspace_is_indexed(ctx, loaded)) {
    out = palette_in_cmyk(ctx, document, loaded);
  } else if (pdf_name_eq(ctx, family, PDF_NAME(Separation)) && is_process_ink(ctx, pdf_array_get(ctx, space, 1))) {
    out = pdf_keep_obj(ctx, space);
  } else {
    out = pdf_keep_obj(ctx, PDF_NAME(DeviceCMYK));
  }
  fz_drop_colorspace(ctx, loaded);
  return out;
}

void picture_to_cmyk(fz_context* ctx, pdf_document* document, pdf_obj* object) {
  if (pdf_dict_get_bool(ctx, object, PDF_NAME(ImageMask))) return;
  check_size(ctx, pdf_dict_get_int(ctx, object, PDF_NAME(Width)), pdf_dict_get_int(ctx, object, PDF_NAME(Height)));
  fz_image* image = pdf_load_image(ctx, document, object);
  if (is_rgb(ctx, image->colorspace)) {
    if (fz_colorspace_is_indexed(ctx, image->colorspace))
      pdf_dict_put_drop(ctx, object, PDF_NAME(ColorSpace), palette_in_cmyk(ctx, document, image->colorspace));
    else
      replace_pixels(ctx, document, object, image, is_lossy(ctx, object));
  }
  fz_drop_image(ctx, image);
}

pdf_obj* new_picture(fz_context* ctx, pdf_document* document, fz_image* image) {
  pdf_obj* object = pdf_add_new_dict(ctx, document, 8);
  pdf_dict_put(ctx, object, PDF_NAME(Type), PDF_NAME(XObject));
  pdf_dict_put(ctx, object, PDF_NAME(Subtype), PDF_NAME(Image));
  if (image->interpolate) pdf_dict_put_bool(ctx, object, PDF_NAME(Interpolate), 1);
  fz_buffer* nothing = fz_new_buffer(ctx, 1);
  pdf_update_stream(ctx, document, object, nothing, 0);
  fz_drop_buffer(ctx, nothing);
  replace_pixels(ctx, document, object, image, false);
  return object;
}

void shading_to_cmyk(fz_context* ctx, pdf_document* document, pdf_obj* shading) {
  fz_colorspace* space = load_space(ctx, pdf_dict_get(ctx, shading, PDF_NAME(ColorSpace)));
  if (is_rgb(ctx, space)) {
    int type = pdf_dict_get_int(ctx, shading, PDF_NAME(ShadingType));
    pdf_obj* function = pdf_dict_get(ctx, shading, PDF_NAME(Function));
    background_to_cmyk(ctx, shading, space);
    if (function) {
      int inputs = type == 1 ? 2 : 1;
      float domain[4] = {0, 1, 0, 1};
      read_domain(ctx, shading, type, inputs, domain);
      Table table = load_functions(ctx, function, inputs, fz_colorspace_n(ctx, space));
      pdf_dict_put_drop(ctx, shading, PDF_NAME(Function), new_table(ctx, document, table, space, inputs, domain));
      for (int i = 0; i < table.count; ++i) pdf_drop_function(ctx, table.functions[i]);
    } else if (type >= 4 && pdf_is_stream(ctx, shading)) {
      mesh_to_cmyk(ctx, document, shading, space);
    }
    pdf_dict_put(ctx, shading, PDF_NAME(ColorSpace), PDF_NAME(DeviceCMYK));
  }
  fz_drop_colorspace(ctx, space);
}

}  // namespace postroom::pdfscan
