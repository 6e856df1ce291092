#include "core/pdf/deflate.h"

#include <zlib.h>

#include <stdexcept>

namespace postroom::pdf {

struct Deflater::State {
  z_stream stream{};

  explicit State(int level) {
    if (deflateInit(&stream, level) != Z_OK) throw std::runtime_error("zlib has no memory or a bad level");
  }
  ~State() { deflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Deflater::Deflater(int level) : state_(std::make_unique<State>(level)) {}
Deflater::~Deflater() = default;
Deflater::Deflater(Deflater&&) noexcept = default;
Deflater& Deflater::operator=(Deflater&&) noexcept = default;

Bytes Deflater::compress(BytesView input) {
  z_stream& stream = state_->stream;
  deflateReset(&stream);
  Bytes output(deflateBound(&stream, input.size()), '\0');
  // zlib's interface predates const; it does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::logic_error("deflateBound was not a bound");
  output.erase(output.size() - stream.avail_out);
  return output;
}

}  // namespace postroom::pdf
