// Feeds arbitrary bytes to the readers of times and ids. What reads must be written so that it reads back the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/ids.h"
#include "base/settings.h"
#include "base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto date = postroom::parse_date(text)) {
    if (postroom::format_date(*date) != text) std::abort();
  }
  if (auto time = postroom::parse_rfc3339(text)) {
    // An offset may push the edges of the calendar into years of another length.
    std::string written = postroom::format_rfc3339(*time);
    auto again = postroom::parse_rfc3339(written);
    if (written.size() == 27 && written.front() != '-' && (!again || *again != *time)) std::abort();
  }
  if (auto id = postroom::Uuid::parse_lenient(text)) {
    if (postroom::Uuid::parse(id->text()) != id) std::abort();
  }
  postroom::parse_duration(text);
  return 0;
}
