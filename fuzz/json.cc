// Feeds arbitrary bytes to the JSON reader. What reads must be written as JSON that reads back as the same text,
// but for fractions: Boost reads their seventeenth digit to within one unit only.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto value = postroom::parse_json({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  std::string written = postroom::write_json(*value);
  auto again = postroom::parse_json(written);
  if (!again) std::abort();
  bool has_fraction = written.find_first_of(".e") != std::string::npos;
  if (!has_fraction && postroom::write_json(*again) != written) std::abort();
  return 0;
}
