// Gradients over meshes whose colours stand in the stream, corner by corner (ISO 32000-1, 8.7.4.5.5 to 8).
#include <algorithm>
#include <cmath>

#include "content_writer.h"
#include "recolour.h"

namespace postroom::pdfscan {
namespace {

constexpr int kInkBits = 8;

class BitReader {
 public:
  BitReader(const unsigned char* data, std::size_t bytes) : data_(data), bits_(bytes * 8) {}

  bool has(std::size_t bits) const { return at_ + bits <= bits_; }
  std::uint32_t take(int bits) {
    std::uint32_t out = 0;
    for (int i = 0; i < bits; ++i, ++at_) out = out << 1 | (data_[at_ / 8] >> (7 - at_ % 8) & 1U);
    return out;
  }
  void align() { at_ = (at_ + 7) / 8 * 8; }

 private:
  const unsigned char* data_;
  std::size_t bits_;
  std::size_t at_ = 0;
};

struct Mesh {
  int type;
  int coordinate_bits;
  int component_bits;
  int flag_bits;
  int components;
  float decode[2 * FZ_MAX_COLORS];
};

bool valid_bits(int bits, std::initializer_list<int> allowed) {
  return std::find(allowed.begin(), allowed.end(), bits) != allowed.end();
}

// How many coordinates and colours follow a flag.
void shape_of(int type, std::uint32_t flag, int& coordinates, int& colours) {
  if (type <= 5) {
    coordinates = 2;
    colours = 1;
    return;
  }
  bool first = (flag & 3U) == 0;
  int points = type == 6 ? (first ? 12 : 8) : (first ? 16 : 12);
  coordinates = points * 2;
  colours = first ? 4 : 2;
}

void copy_bits(fz_context* ctx, fz_buffer* out, BitReader& in, int bits) {
  for (; bits > 0; bits -= 8) {
    int part = std::min(bits, 8);
    fz_append_bits(ctx, out, static_cast<int>(in.take(part)), part);
  }
}

void write_colour(fz_context* ctx, fz_buffer* out, BitReader& in, const Mesh& mesh, fz_colorspace* space) {
  float colour[FZ_MAX_COLORS] = {};
  double most = std::ldexp(1.0, mesh.component_bits) - 1;
  for (int i = 0; i < mesh.components; ++i) {
    float low = mesh.decode[2 * i];
    float high = mesh.decode[2 * i + 1];
    colour[i] = low + static_cast<float>(in.take(mesh.component_bits) / most) * (high - low);
  }
  float cmyk[4];
  to_cmyk(ctx, space, colour, cmyk);
  for (float ink : cmyk) fz_append_bits(ctx, out, static_cast<int>(std::lround(ink * 255)), kInkBits);
}

bool read_shape(fz_context* ctx, pdf_obj* shading, fz_colorspace* space, Mesh& mesh) {
  mesh.type = pdf_dict_get_int(ctx, shading, PDF_NAME(ShadingType));
  mesh.coordinate_bits = pdf_dict_get_int(ctx, shading, PDF_NAME(BitsPerCoordinate));
  mesh.component_bits = pdf_dict_get_int(ctx, shading, PDF_NAME(BitsPerComponent));
  mesh.flag_bits = mesh.type == 5 ? 0 : pdf_dict_get_int(ctx, shading, PDF_NAME(BitsPerFlag));
  mesh.components = fz_colorspace_n(ctx, space);
  pdf_obj* decode = pdf_dict_get(ctx, shading, PDF_NAME(Decode));
  if (mesh.type < 4 || mesh.type > 7 || !valid_bits(mesh.coordinate_bits, {1, 2, 4, 8, 12, 16, 24, 32}) ||
      !valid_bits(mesh.component_bits, {1, 2, 4, 8, 12, 16}) || !valid_bits(mesh.flag_bits, {0, 2, 4, 8}) ||
      pdf_array_len(ctx, decode) < 4 + 2 * mesh.components)
    return false;
  for (int i = 0; i < 2 * mesh.components; ++i) mesh.decode[i] = pdf_array_get_real(ctx, decode, 4 + i);
  return true;
}

}  // namespace

void mesh_to_cmyk(fz_context* ctx, pdf_document* document, pdf_obj* shading, fz_colorspace* space) {
  Mesh mesh{};
  if (!read_shape(ctx, shading, space, mesh)) refuse(ctx, "A gradient in the PDF is damaged: make it again");
  fz_buffer* old = pdf_load_stream(ctx, shading);
  unsigned char* data = nullptr;
  std::size_t bytes = fz_buffer_storage(ctx, old, &data);
  BitReader in(data, bytes);
  fz_buffer* out = fz_new_buffer(ctx, bytes + 16);
  while (in.has(static_cast<std::size_t>(mesh.flag_bits) + 1)) {
    std::uint32_t flag = in.take(mesh.flag_bits);
    int coordinates = 0;
    int colours = 0;
    shape_of(mesh.type, flag, coordinates, colours);
    int rest = coordinates * mesh.coordinate_bits + colours * mesh.components * mesh.component_bits;
    if (!in.has(static_cast<std::size_t>(rest))) break;
    if (mesh.flag_bits > 0) fz_append_bits(ctx, out, static_cast<int>(flag), mesh.flag_bits);
    copy_bits(ctx, out, in, coordinates * mesh.coordinate_bits);
    for (int i = 0; i < colours; ++i) write_colour(ctx, out, in, mesh, space);
    // Each corner of a triangle begins a byte; so does each patch.
    in.align();
    fz_append_bits_pad(ctx, out);
  }
  pdf_dict_put_int(ctx, shading, PDF_NAME(BitsPerComponent), kInkBits);
  pdf_obj* decode = pdf_dict_get(ctx, shading, PDF_NAME(Decode));
  pdf_obj* changed = pdf_new_array(ctx, document, 12);
  for (int i = 0; i < 4; ++i) pdf_array_push(ctx, changed, pdf_array_get(ctx, decode, i));
  for (int i = 0; i < 8; ++i) pdf_array_push_int(ctx, changed, i % 2);
  pdf_dict_put_drop(ctx, shading, PDF_NAME(Decode), changed);
  pdf_update_stream(ctx, document, shading, out, 0);
  fz_drop_buffer(ctx, out);
  fz_drop_buffer(ctx, old);
}

}  // namespace postroom::pdfscan
