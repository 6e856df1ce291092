// QR codes (ISO/IEC 18004): byte mode, error correction M.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::pdf {

// Version 17 at level M holds exactly this much; at 84 points, its 85 modules are still a third of a
// millimetre each.
constexpr int kQrVersionMax = 17;
constexpr std::size_t kQrBytesMax = 504;

class QrCode {
 public:
  // The smallest code that holds `payload`. invalid_input when it is empty or over kQrBytesMax bytes.
  static Result<QrCode> encode(BytesView payload);

  // Modules on a side, without a quiet zone.
  int size() const { return size_; }
  bool dark(int x, int y) const { return (modules_[index(x, y)] & kDark) != 0; }

 private:
  static constexpr std::uint8_t kDark = 1;
  static constexpr std::uint8_t kFunction = 2;  // belongs to a fixed pattern, carries no data

  explicit QrCode(int version);
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size_) + static_cast<std::size_t>(x);
  }
  void set_function(int x, int y, bool dark);
  void draw_patterns();
  void draw_finder(int centre_x, int centre_y);
  void draw_alignments();
  void draw_version();
  void draw_format(int mask);
  void draw_data(BytesView codewords);
  void apply_mask(int mask);
  int penalty() const;
  int line_penalty(int line, bool vertical) const;

  int version_;
  int size_;
  std::vector<std::uint8_t> modules_;
};

}  // namespace postroom::pdf
