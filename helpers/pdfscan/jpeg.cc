#include "jpeg.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>

extern "C" {
#include <jpeglib.h>
}

namespace postroom::pdfscan {
namespace {

constexpr int kQuality = 92;

struct Failure {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
};

void stop(j_common_ptr state) { std::longjmp(reinterpret_cast<Failure*>(state->err)->jump, 1); }
void say_nothing(j_common_ptr) {}

// False on failure; `*out` is malloc's then, too.
bool pack(const unsigned char* samples, int width, int height, int components, unsigned char** out,
          unsigned long* bytes) {
  jpeg_compress_struct state{};
  Failure failure{};
  state.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = stop;
  failure.manager.output_message = say_nothing;
  if (setjmp(failure.jump) != 0) {
    jpeg_destroy_compress(&state);
    return false;
  }
  jpeg_create_compress(&state);
  jpeg_mem_dest(&state, out, bytes);
  state.image_width = static_cast<JDIMENSION>(width);
  state.image_height = static_cast<JDIMENSION>(height);
  state.input_components = components;
  state.in_color_space = components == 4 ? JCS_CMYK : JCS_GRAYSCALE;
  jpeg_set_defaults(&state);
  jpeg_set_quality(&state, kQuality, TRUE);
  jpeg_start_compress(&state, TRUE);
  while (state.next_scanline < state.image_height) {
    auto* row = const_cast<JSAMPROW>(samples + std::size_t{state.next_scanline} * static_cast<std::size_t>(width) *
                                                   static_cast<std::size_t>(components));
    jpeg_write_scanlines(&state, &row, 1);
  }
  jpeg_finish_compress(&state);
  jpeg_destroy_compress(&state);
  return true;
}

}  // namespace

fz_buffer* write_jpeg(fz_context* ctx, const unsigned char* samples, int width, int height, int components) {
  unsigned char* packed = nullptr;
  unsigned long bytes = 0;
  fz_buffer* out = nullptr;
  if (pack(samples, width, height, components, &packed, &bytes))
    out = fz_new_buffer_from_copied_data(ctx, packed, bytes);
  std::free(packed);
  return out;
}

}  // namespace postroom::pdfscan
