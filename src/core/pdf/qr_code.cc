#include "core/pdf/qr_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

namespace postroom::pdf {
namespace {

// Level M of ISO/IEC 18004 table 9, versions 1 to 17.
struct BlockLayout {
  int check_codewords;  // in each block
  int blocks;
};
constexpr std::array<BlockLayout, kQrVersionMax> kLayouts{{{10, 1},
                                                           {16, 1},
                                                           {26, 1},
                                                           {18, 2},
                                                           {24, 2},
                                                           {16, 4},
                                                           {18, 4},
                                                           {22, 4},
                                                           {22, 5},
                                                           {26, 5},
                                                           {30, 5},
                                                           {22, 8},
                                                           {22, 9},
                                                           {24, 9},
                                                           {24, 10},
                                                           {28, 10},
                                                           {28, 11}}};

const BlockLayout& layout_of(int version) { return kLayouts[static_cast<std::size_t>(version) - 1]; }

int alignment_count(int version) { return version == 1 ? 0 : version / 7 + 2; }

// Codewords of data and checks together: the square less its fixed patterns.
int codewords_of(int version) {
  int modules = (16 * version + 128) * version + 64;
  if (int n = alignment_count(version); n > 0) modules -= (25 * n - 10) * n - 55;
  if (version >= 7) modules -= 36;
  return modules / 8;
}

int data_codewords_of(int version) {
  return codewords_of(version) - layout_of(version).check_codewords * layout_of(version).blocks;
}

int length_bits(int version) { return version < 10 ? 8 : 16; }

// Multiplication in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1.
std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
  int product = 0;
  for (int bit = 7; bit >= 0; --bit) {
    product = (product << 1) ^ ((product >> 7) * 0x11D);
    if ((b >> bit) & 1) product ^= a;
  }
  return static_cast<std::uint8_t>(product);
}

// The Reed-Solomon generator polynomial, highest power first, without its leading 1.
std::vector<std::uint8_t> generator(int degree) {
  std::vector<std::uint8_t> result(static_cast<std::size_t>(degree), 0);
  result.back() = 1;
  std::uint8_t root = 1;
  for (int i = 0; i < degree; ++i) {
    for (std::size_t j = 0; j < result.size(); ++j) {
      result[j] = multiply(result[j], root);
      if (j + 1 < result.size()) result[j] = static_cast<std::uint8_t>(result[j] ^ result[j + 1]);
    }
    root = multiply(root, 2);
  }
  return result;
}

Bytes checks(BytesView data, const std::vector<std::uint8_t>& divisor) {
  std::vector<std::uint8_t> rest(divisor.size(), 0);
  for (char c : data) {
    auto factor = static_cast<std::uint8_t>(static_cast<std::uint8_t>(c) ^ rest.front());
    std::rotate(rest.begin(), rest.begin() + 1, rest.end());
    rest.back() = 0;
    for (std::size_t i = 0; i < rest.size(); ++i)
      rest[i] = static_cast<std::uint8_t>(rest[i] ^ multiply(divisor[i], factor));
  }
  return Bytes(rest.begin(), rest.end());
}

// Mode, length, payload, end mark and filling.
Bytes data_codewords(BytesView payload, int version) {
  auto capacity = static_cast<std::size_t>(data_codewords_of(version));
  Bytes out;
  unsigned accumulator = 0;
  int pending = 0;
  auto put = [&](unsigned value, int bits) {
    accumulator = accumulator << bits | value;
    pending += bits;
    while (pending >= 8) out += static_cast<char>(accumulator >> (pending -= 8) & 0xFF);
    accumulator &= (1U << pending) - 1;
  };
  put(4, 4);
  put(static_cast<unsigned>(payload.size()), length_bits(version));
  for (char c : payload) put(static_cast<unsigned char>(c), 8);
  // Header and payload end in the middle of a byte, so the end mark of four bits always completes it.
  put(0, 4);
  for (bool first = true; out.size() < capacity; first = !first) out += static_cast<char>(first ? 0xEC : 0x11);
  return out;
}

// Splits the data into blocks, adds each block's checks, and deals the blocks out column by column.
Bytes interleaved(const Bytes& data, int version) {
  const BlockLayout& layout = layout_of(version);
  auto total = codewords_of(version);
  int short_blocks = layout.blocks - total % layout.blocks;
  int short_data = total / layout.blocks - layout.check_codewords;
  auto divisor = generator(layout.check_codewords);
  std::vector<Bytes> blocks;
  std::vector<Bytes> block_checks;
  std::size_t position = 0;
  for (int i = 0; i < layout.blocks; ++i) {
    auto length = static_cast<std::size_t>(short_data + (i < short_blocks ? 0 : 1));
    blocks.push_back(data.substr(position, length));
    block_checks.push_back(checks(blocks.back(), divisor));
    position += length;
  }
  Bytes out;
  for (std::size_t column = 0; column <= static_cast<std::size_t>(short_data); ++column)
    for (const Bytes& block : blocks)
      if (column < block.size()) out += block[column];
  for (std::size_t column = 0; column < static_cast<std::size_t>(layout.check_codewords); ++column)
    for (const Bytes& block : block_checks) out += block[column];
  return out;
}

bool mask_inverts(int mask, int x, int y) {
  switch (mask) {
    case 0: return (x + y) % 2 == 0;
    case 1: return y % 2 == 0;
    case 2: return x % 3 == 0;
    case 3: return (x + y) % 3 == 0;
    case 4: return (x / 3 + y / 2) % 2 == 0;
    case 5: return x * y % 2 + x * y % 3 == 0;
    case 6: return (x * y % 2 + x * y % 3) % 2 == 0;
    default: return ((x + y) % 2 + x * y % 3) % 2 == 0;
  }
}

constexpr int kMasks = 8;

}  // namespace

QrCode::QrCode(int version)
    : version_(version),
      size_(17 + 4 * version),
      modules_(static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_), 0) {}

Result<QrCode> QrCode::encode(BytesView payload) {
  if (payload.empty()) return fail(ErrorKind::invalid_input, "A QR code needs something to hold, it has no data");
  if (payload.size() > kQrBytesMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("A QR code holds at most {} bytes, this one would have {}; shorten it", kQrBytesMax,
                            payload.size()));
  }
  int version = 1;
  while (static_cast<std::size_t>(data_codewords_of(version) * 8) <
         4U + static_cast<std::size_t>(length_bits(version)) + payload.size() * 8)
    ++version;
  QrCode code(version);
  code.draw_patterns();
  code.draw_data(interleaved(data_codewords(payload, version), version));
  int best_mask = 0;
  int best = std::numeric_limits<int>::max();
  for (int mask = 0; mask < kMasks; ++mask) {
    code.draw_format(mask);
    code.apply_mask(mask);
    if (int score = code.penalty(); score < best) {
      best = score;
      best_mask = mask;
    }
    code.apply_mask(mask);  // a second time takes it off
  }
  code.draw_format(best_mask);
  code.apply_mask(best_mask);
  return code;
}

void QrCode::set_function(int x, int y, bool dark) {
  modules_[index(x, y)] = static_cast<std::uint8_t>(kFunction | (dark ? kDark : 0));
}

void QrCode::draw_patterns() {
  for (int i = 0; i < size_; ++i) {
    set_function(6, i, i % 2 == 0);
    set_function(i, 6, i % 2 == 0);
  }
  draw_finder(3, 3);
  draw_finder(size_ - 4, 3);
  draw_finder(3, size_ - 4);
  draw_alignments();
  draw_format(0);  // reserves the place
  draw_version();
}

void QrCode::draw_finder(int centre_x, int centre_y) {
  for (int dy = -4; dy <= 4; ++dy) {
    for (int dx = -4; dx <= 4; ++dx) {
      int x = centre_x + dx;
      int y = centre_y + dy;
      if (x < 0 || y < 0 || x >= size_ || y >= size_) continue;
      int ring = std::max(std::abs(dx), std::abs(dy));
      set_function(x, y, ring != 2 && ring != 4);
    }
  }
}

void QrCode::draw_alignments() {
  int count = alignment_count(version_);
  if (count == 0) return;
  int step = (version_ * 4 + count * 2 + 1) / (count * 2 - 2) * 2;
  std::vector<int> positions{6};
  for (int i = count - 2; i >= 0; --i) positions.push_back(size_ - 7 - i * step);
  int last = positions.back();
  for (int cy : positions) {
    for (int cx : positions) {
      bool on_finder = (cx == 6 && cy == 6) || (cx == 6 && cy == last) || (cx == last && cy == 6);
      if (on_finder) continue;
      for (int dy = -2; dy <= 2; ++dy)
        for (int dx = -2; dx <= 2; ++dx) set_function(cx + dx, cy + dy, std::max(std::abs(dx), std::abs(dy)) != 1);
    }
  }
}

void QrCode::draw_version() {
  if (version_ < 7) return;
  int rest = version_;
  for (int i = 0; i < 12; ++i) rest = (rest << 1) ^ ((rest >> 11) * 0x1F25);
  int bits = version_ << 12 | rest;
  for (int i = 0; i < 18; ++i) {
    bool dark = (bits >> i & 1) != 0;
    int far = size_ - 11 + i % 3;
    set_function(far, i / 3, dark);
    set_function(i / 3, far, dark);
  }
}

void QrCode::draw_format(int mask) {
  int data = mask;  // level M is 00 in the two bits above the mask
  int rest = data;
  for (int i = 0; i < 10; ++i) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  int bits = (data << 10 | rest) ^ 0x5412;
  auto bit = [&](int i) { return (bits >> i & 1) != 0; };
  for (int i = 0; i <= 5; ++i) set_function(8, i, bit(i));
  set_function(8, 7, bit(6));
  set_function(8, 8, bit(7));
  set_function(7, 8, bit(8));
  for (int i = 9; i < 15; ++i) set_function(14 - i, 8, bit(i));
  for (int i = 0; i < 8; ++i) set_function(size_ - 1 - i, 8, bit(i));
  for (int i = 8; i < 15; ++i) set_function(8, size_ - 15 + i, bit(i));
  set_function(8, size_ - 8, true);
}

void QrCode::draw_data(BytesView codewords) {
  std::size_t position = 0;
  for (int right = size_ - 1; right >= 1; right -= 2) {
    if (right == 6) right = 5;  // the timing column is skipped
    bool upward = ((right + 1) & 2) == 0;
    for (int step = 0; step < size_; ++step) {
      int y = upward ? size_ - 1 - step : step;
      for (int x = right; x > right - 2; --x) {
        std::uint8_t& module = modules_[index(x, y)];
        if ((module & kFunction) != 0 || position >= codewords.size() * 8) continue;
        if (static_cast<unsigned char>(codewords[position / 8]) >> (7 - position % 8) & 1) module |= kDark;
        ++position;
      }
    }
  }
}

void QrCode::apply_mask(int mask) {
  for (int y = 0; y < size_; ++y) {
    for (int x = 0; x < size_; ++x) {
      std::uint8_t& module = modules_[index(x, y)];
      if ((module & kFunction) == 0 && mask_inverts(mask, x, y)) module ^= kDark;
    }
  }
}

// Long runs of one colour, and what a reader could take for a finder: 1:1:3:1:1 beside four light modules.
int QrCode::line_penalty(int line, bool vertical) const {
  int score = 0;
  int run = 0;
  bool colour = false;
  unsigned history = 0;
  for (int i = 0; i < size_; ++i) {
    bool now = vertical ? dark(line, i) : dark(i, line);
    run = (i > 0 && now == colour) ? run + 1 : 1;
    colour = now;
    if (run == 5) score += 3;
    if (run > 5) score += 1;
    history = (history << 1 | (now ? 1U : 0U)) & 0x7FF;
    if (i >= 10 && (history == 0x05D || history == 0x5D0)) score += 40;
  }
  return score;
}

int QrCode::penalty() const {
  int score = 0;
  int dark_count = 0;
  for (int i = 0; i < size_; ++i) score += line_penalty(i, false) + line_penalty(i, true);
  for (int y = 0; y < size_; ++y) {
    for (int x = 0; x < size_; ++x) {
      bool d = dark(x, y);
      dark_count += d;
      if (x + 1 < size_ && y + 1 < size_ && d == dark(x + 1, y) && d == dark(x, y + 1) && d == dark(x + 1, y + 1))
        score += 3;
    }
  }
  int percent_off = std::abs(dark_count * 100 / (size_ * size_) - 50);
  return score + percent_off / 5 * 10;
}

}  // namespace postroom::pdf
