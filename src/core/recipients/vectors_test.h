// Test vectors of tests/data, read once.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/json.h"

namespace postroom::recipients {

// The "vectors" of a file in tests/data; empty when the file cannot be read.
json::array read_vectors(const std::string& file);
// A file below the root of the repository.
std::string read_source_file(const std::string& path);

inline std::string text_of(const json::object& object, std::string_view key) {
  return get_string(object, key).value_or("");
}

// Empty strings and nulls must differ in expectations.
inline std::optional<std::string> optional_text(const json::object& object, std::string_view key) {
  return get_string(object, key);
}

}  // namespace postroom::recipients
