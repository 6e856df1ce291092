#include "png.h"

#include <zlib.h>

#include <cmath>

namespace postroom::pdfscan {
namespace {

constexpr int kCompression = 1;

void append_number(Bytes& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xFF);
}

void append_chunk(Bytes& out, const char* name, BytesView body) {
  append_number(out, static_cast<std::uint32_t>(body.size()));
  std::size_t start = out.size();
  out += name;
  out += body;
  const auto* data = reinterpret_cast<const Bytef*>(out.data() + start);
  append_number(out, static_cast<std::uint32_t>(::crc32(0, data, static_cast<uInt>(out.size() - start))));
}

bool has_colour(const std::uint8_t* rgb, std::size_t pixels) {
  for (const std::uint8_t* end = rgb + pixels * 3; rgb != end; rgb += 3)
    if (rgb[0] != rgb[1] || rgb[0] != rgb[2]) return true;
  return false;
}

}  // namespace

Bytes write_png(const std::uint8_t* rgb, int width, int height, int dpi) {
  auto columns = static_cast<std::size_t>(width);
  auto rows = static_cast<std::size_t>(height);
  bool colour = has_colour(rgb, columns * rows);
  Bytes header;
  append_number(header, static_cast<std::uint32_t>(width));
  append_number(header, static_cast<std::uint32_t>(height));
  header += {8, colour ? char{2} : char{0}, 0, 0, 0};
  Bytes raw;
  raw.reserve(rows * (columns * (colour ? 3 : 1) + 1));
  for (std::size_t y = 0; y < rows; ++y) {
    raw += '\0';  // no filter
    const std::uint8_t* row = rgb + y * columns * 3;
    if (colour) {
      raw.append(reinterpret_cast<const char*>(row), columns * 3);
    } else {
      for (std::size_t x = 0; x < columns; ++x) raw += static_cast<char>(row[x * 3]);
    }
  }
  uLongf packed_bytes = ::compressBound(static_cast<uLong>(raw.size()));
  Bytes packed(packed_bytes, '\0');
  ::compress2(reinterpret_cast<Bytef*>(packed.data()), &packed_bytes, reinterpret_cast<const Bytef*>(raw.data()),
              static_cast<uLong>(raw.size()), kCompression);
  packed.resize(packed_bytes);
  Bytes resolution;
  auto per_metre = static_cast<std::uint32_t>(std::lround(dpi / 0.0254));
  append_number(resolution, per_metre);
  append_number(resolution, per_metre);
  resolution += '\1';
  Bytes out = "\x89PNG\r\n\x1a\n";
  append_chunk(out, "IHDR", header);
  append_chunk(out, "pHYs", resolution);
  append_chunk(out, "IDAT", packed);
  append_chunk(out, "IEND", {});
  return out;
}

}  // namespace postroom::pdfscan
