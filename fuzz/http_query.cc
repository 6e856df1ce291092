// Feeds arbitrary bytes to the reader of queries and forms. Its work is bounded by its input.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : postroom::http::parse_query({reinterpret_cast<const char*>(data), size})) {
    bytes += name.size() + value.size();
  }
  if (bytes > size) std::abort();
  return 0;
}
