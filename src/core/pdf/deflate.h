// zlib compression (RFC 1950), the FlateDecode of PDF.
#pragma once

#include <memory>

#include "base/bytes.h"

namespace postroom::pdf {

// Keeps its tables between calls: making them anew costs more than compressing a page. Not thread-safe.
class Deflater {
 public:
  // `level` as zlib's, 1 (fast) to 9 (small).
  explicit Deflater(int level);
  ~Deflater();
  Deflater(Deflater&&) noexcept;
  Deflater& operator=(Deflater&&) noexcept;

  // The same input gives the same output, whatever was compressed before.
  Bytes compress(BytesView input);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace postroom::pdf
