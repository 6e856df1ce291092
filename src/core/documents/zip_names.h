// The names in a zip's directory (PKWARE APPNOTE 4.3), as far as telling office files apart needs. Believes
// nothing: offsets that lie outside end the list.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace postroom::documents {

// Looks at no more entries than this: office files have a few hundred.
inline constexpr int kZipEntriesMax = 10'000;

class ZipNames {
 public:
  // Views into `zip`, which must stay. Without a directory the list is empty.
  explicit ZipNames(BytesView zip);

  struct Entry {
    std::string_view name;
    BytesView stored_content;  // empty when it is compressed or lies outside
  };
  // The next entry in the order of the directory; nothing after the last.
  std::optional<Entry> next();

 private:
  BytesView stored_content(std::uint64_t at, std::uint64_t size) const;

  BytesView zip_;
  std::uint64_t at_ = 0;
  int left_ = 0;
};

}  // namespace postroom::documents
