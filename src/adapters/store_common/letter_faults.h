// The pages of a letter's fault as they stand in a row.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace postroom::store_common {

inline std::string pages_text(const std::vector<int>& pages) { return write_json(json::value_from(pages)); }

// Empty for what is no array of numbers.
inline std::vector<int> pages_of(std::string_view text) {
  std::vector<int> out;
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_array()) return out;
  for (const json::value& page : parsed->get_array()) {
    if (page.is_int64()) out.push_back(static_cast<int>(page.get_int64()));
  }
  return out;
}

}  // namespace postroom::store_common
