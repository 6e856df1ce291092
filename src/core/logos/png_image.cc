#include "core/logos/png_image.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/logos/ink.h"
#include "core/pdf/deflate.h"

namespace postroom::logos {
namespace {

constexpr std::string_view kSignature = "\x89PNG\r\n\x1A\n";
constexpr int kDeflateLevel = 9;  // compressed once, copied into every letter

tl::unexpected<Error> refuse(std::string_view reason) {
  return fail(ErrorKind::invalid_input, fmt::format("The PNG cannot be printed: {}", reason));
}
tl::unexpected<Error> damaged() { return refuse("the file is damaged; save it again"); }

std::uint32_t big_endian_32(BytesView bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  return value;
}

enum ColourType { kGrey = 0, kTrueColour = 2, kPalette = 3, kGreyAlpha = 4, kTrueColourAlpha = 6 };

struct Header {
  int width = 0;
  int height = 0;
  int depth = 0;
  int type = 0;
  bool interlaced = false;

  int channels() const {
    switch (type) {
      case kTrueColour: return 3;
      case kGreyAlpha: return 2;
      case kTrueColourAlpha: return 4;
      default: return 1;
    }
  }
  std::size_t row_bytes(int columns) const {
    return (static_cast<std::size_t>(columns) * static_cast<std::size_t>(channels() * depth) + 7) / 8;
  }
};

struct Pixel {
  Rgb colour;
  std::uint8_t alpha = 255;
};

// Every n-th pixel from a start: one of the seven passes of an interlaced image, or all of it.
struct Pass {
  int x, y, step_x, step_y;
};
constexpr Pass kInterlaced[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
constexpr Pass kWhole[] = {{0, 0, 1, 1}};

int pixels_along(int length, int start, int step) {
  return length > start ? (length - start + step - 1) / step : 0;
}

class PngReader {
 public:
  Result<std::vector<Pixel>> read(BytesView png) {
    POSTROOM_CHECK(read_chunks(png));
    POSTROOM_CHECK(inflate_data());
    pixels_.resize(static_cast<std::size_t>(header_.width) * static_cast<std::size_t>(header_.height));
    std::size_t at = 0;
    for (const Pass& pass : passes()) POSTROOM_CHECK(read_pass(pass, at));
    return std::move(pixels_);
  }
  const Header& header() const { return header_; }

 private:
  std::span<const Pass> passes() const {
    return header_.interlaced ? std::span<const Pass>(kInterlaced) : std::span<const Pass>(kWhole);
  }

  Result<void> read_chunks(BytesView png) {
    constexpr std::size_t kFrame = 12;  // length, name, checksum
    if (!png.starts_with(kSignature)) return damaged();
    png.remove_prefix(kSignature.size());
    for (bool first = true;; first = false) {
      if (png.size() < kFrame) return damaged();
      std::size_t length = big_endian_32(png);
      if (length > png.size() - kFrame) return damaged();
      BytesView checked = png.substr(4, length + 4);
      auto sum = crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
      if (sum != big_endian_32(png.substr(8 + length))) return damaged();
      BytesView name = png.substr(4, 4), data = png.substr(8, length);
      if (first != (name == "IHDR")) return damaged();
      if (name == "IEND") return {};
      POSTROOM_CHECK(read_chunk(name, data));
      png.remove_prefix(kFrame + length);
    }
  }

  Result<void> read_chunk(BytesView name, BytesView data) {
    if (name == "IHDR") return read_header(data);
    if (name == "PLTE") {
      palette_ = data;
      return palette_.size() % 3 == 0 && palette_.size() <= 768 ? Result<void>() : damaged();
    }
    if (name == "tRNS") transparency_ = data;
    if (name == "IDAT") data_ += data;
    if (name == "acTL") return refuse("it is animated; hand in one picture");
    return {};
  }

  Result<void> read_header(BytesView data) {
    constexpr std::size_t kHeaderBytes = 13;
    if (data.size() != kHeaderBytes) return damaged();
    std::uint32_t width = big_endian_32(data), height = big_endian_32(data.substr(4));
    if (width == 0 || height == 0) return damaged();
    if (width > kPngWidthMax || height > kPngHeightMax) {
      return refuse(fmt::format("it has {} by {} pixels, at most {} by {} are printed; make it smaller", width,
                                height, kPngWidthMax, kPngHeightMax));
    }
    header_ = {static_cast<int>(width), static_cast<int>(height), data[8], data[9], data[12] == 1};
    int d = header_.depth;
    bool few_bits = header_.type == kGrey || header_.type == kPalette;
    bool known_type = header_.type == kGrey || header_.type == kTrueColour || header_.type == kPalette ||
                      header_.type == kGreyAlpha || header_.type == kTrueColourAlpha;
    bool known_depth =
        d == 8 || (d == 16 && header_.type != kPalette) || (few_bits && (d == 1 || d == 2 || d == 4));
    bool sound = known_type && known_depth && data[10] == 0 && data[11] == 0 && (data[12] == 0 || data[12] == 1);
    return sound ? Result<void>() : damaged();
  }

  // The header says how much there must be: anything else is damage, however much it would become.
  Result<void> inflate_data() {
    std::size_t expected = 0;
    for (const Pass& pass : passes()) {
      int columns = pixels_along(header_.width, pass.x, pass.step_x);
      int rows = pixels_along(header_.height, pass.y, pass.step_y);
      if (columns > 0) expected += static_cast<std::size_t>(rows) * (1 + header_.row_bytes(columns));
    }
    raw_.resize(expected);
    uLongf size = expected;
    uLong used = data_.size();
    int status = uncompress2(reinterpret_cast<Bytef*>(raw_.data()), &size,
                             reinterpret_cast<const Bytef*>(data_.data()), &used);
    return status == Z_OK && size == expected ? Result<void>() : damaged();
  }

  Result<void> read_pass(const Pass& pass, std::size_t& at) {
    int columns = pixels_along(header_.width, pass.x, pass.step_x);
    int rows = pixels_along(header_.height, pass.y, pass.step_y);
    if (columns == 0) return {};
    std::size_t length = header_.row_bytes(columns);
    std::vector<std::uint8_t> above(length), row(length);
    for (int y = 0; y < rows; ++y) {
      auto filter = static_cast<unsigned char>(raw_[at++]);
      if (filter > 4) return damaged();
      for (std::size_t i = 0; i < length; ++i) row[i] = static_cast<std::uint8_t>(raw_[at++]);
      undo_filter(filter, above, row);
      for (int x = 0; x < columns; ++x) {
        auto pixel = pixel_at(row, x);
        if (!pixel) return damaged();
        std::size_t line = static_cast<std::size_t>(pass.y + y * pass.step_y);
        pixels_[line * static_cast<std::size_t>(header_.width) +
                static_cast<std::size_t>(pass.x + x * pass.step_x)] = *pixel;
      }
      std::swap(above, row);
    }
    return {};
  }

  void undo_filter(int filter, const std::vector<std::uint8_t>& above, std::vector<std::uint8_t>& row) const {
    auto step = static_cast<std::size_t>(std::max(1, header_.channels() * header_.depth / 8));
    for (std::size_t i = 0; i < row.size(); ++i) {
      int left = i >= step ? row[i - step] : 0, up = above[i], corner = i >= step ? above[i - step] : 0;
      int guess = 0;
      if (filter == 1) guess = left;
      if (filter == 2) guess = up;
      if (filter == 3) guess = (left + up) / 2;
      if (filter == 4) {
        int p = left + up - corner;
        int to_left = std::abs(p - left), to_up = std::abs(p - up), to_corner = std::abs(p - corner);
        guess = to_left <= to_up && to_left <= to_corner ? left : to_up <= to_corner ? up : corner;
      }
      row[i] = static_cast<std::uint8_t>(row[i] + guess);
    }
  }

  // A sample as it is stored.
  int sample(const std::vector<std::uint8_t>& row, int index) const {
    auto i = static_cast<std::size_t>(index);
    if (header_.depth == 8) return row[i];
    if (header_.depth == 16) return row[2 * i] << 8 | row[2 * i + 1];
    auto bit = i * static_cast<std::size_t>(header_.depth);
    int shift = 8 - header_.depth - static_cast<int>(bit % 8);
    return row[bit / 8] >> shift & ((1 << header_.depth) - 1);
  }

  std::uint8_t to_byte(int value) const {
    return static_cast<std::uint8_t>(header_.depth == 16 ? value >> 8 : value * 255 / ((1 << header_.depth) - 1));
  }

  int transparent_sample(std::size_t index) const {
    if (transparency_.size() < 2 * index + 2) return -1;
    return static_cast<unsigned char>(transparency_[2 * index]) << 8 |
           static_cast<unsigned char>(transparency_[2 * index + 1]);
  }

  std::optional<Pixel> pixel_at(const std::vector<std::uint8_t>& row, int x) const {
    int channels = header_.channels();
    std::array<int, 4> v{};
    for (int c = 0; c < channels; ++c) v[static_cast<std::size_t>(c)] = sample(row, x * channels + c);
    if (header_.type == kPalette) {
      auto index = static_cast<std::size_t>(v[0]);
      if (3 * index + 2 >= palette_.size()) return std::nullopt;
      auto part = [&](std::size_t i) { return static_cast<std::uint8_t>(palette_[3 * index + i]); };
      std::uint8_t alpha = index < transparency_.size() ? static_cast<std::uint8_t>(transparency_[index]) : 255;
      return Pixel{{part(0), part(1), part(2)}, alpha};
    }
    Pixel pixel;
    bool grey = channels < 3;
    pixel.colour =
        grey ? Rgb{to_byte(v[0]), to_byte(v[0]), to_byte(v[0])} : Rgb{to_byte(v[0]), to_byte(v[1]), to_byte(v[2])};
    if (channels % 2 == 0) {
      pixel.alpha = to_byte(v[static_cast<std::size_t>(channels) - 1]);
    } else if (!transparency_.empty()) {
      bool hidden = v[0] == transparent_sample(0) &&
                    (grey || (v[1] == transparent_sample(1) && v[2] == transparent_sample(2)));
      if (hidden) pixel.alpha = 0;
    }
    return pixel;
  }

  Header header_;
  BytesView palette_;
  BytesView transparency_;
  Bytes data_;  // of all IDAT chunks
  Bytes raw_;
  std::vector<Pixel> pixels_;
};

std::string entries_of(const Header& header, std::string_view space) {
  return fmt::format(
      "/Type/XObject/Subtype/Image/Width {}/Height {}/ColorSpace/{}/BitsPerComponent 8/Filter/FlateDecode",
      header.width, header.height, space);
}

}  // namespace

Result<pdf::Picture> png_picture(BytesView png) {
  PngReader reader;
  POSTROOM_TRY(pixels, reader.read(png));
  const Header& header = reader.header();
  if (header.height < kPngHeightMin) {
    return refuse(
        fmt::format("it is {} pixels high, at least {} are needed to look sharp; hand in an SVG, or a larger "
                    "picture",
                    header.height, kPngHeightMin));
  }
  bool opaque = true, neutral = true, blank = true;
  for (Pixel& pixel : pixels) {
    if (pixel.alpha == 0) pixel.colour = {255, 255, 255};
    opaque = opaque && pixel.alpha == 255;
    neutral = neutral && is_neutral(pixel.colour);
    blank = blank && pixel.colour == Rgb{255, 255, 255};
  }
  if (blank) return refuse("it is white all over");
  Bytes inks, mask;
  for (const Pixel& pixel : pixels) {
    if (neutral) {
      inks += static_cast<char>(pixel.colour.green);
    } else {
      Cmyk ink = to_inks(pixel.colour);
      for (double part : {ink.cyan, ink.magenta, ink.yellow, ink.black})
        inks += static_cast<char>(static_cast<std::uint8_t>(part * 255 + 0.5));
    }
    if (!opaque) mask += static_cast<char>(pixel.alpha);
  }
  pdf::Deflater deflater(kDeflateLevel);
  pdf::Picture picture;
  picture.ratio = static_cast<double>(header.width) / header.height;
  // Grey of a device is its black ink.
  picture.entries = entries_of(header, neutral ? "DeviceGray" : "DeviceCMYK");
  picture.content = deflater.compress(inks);
  if (!opaque) {
    picture.mask_entries = entries_of(header, "DeviceGray");
    picture.mask = deflater.compress(mask);
    picture.transparent = true;
  }
  return picture;
}

}  // namespace postroom::logos
