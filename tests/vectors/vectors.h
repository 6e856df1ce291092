// Makes one test case of every row of the vector files in tests/data: suite = file, case = number and category.
// The program prints "vectors FILE.json: N of M rows" after each suite and fails when a row was not run.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace postroom::vectors {

using RowCheck = void (*)(const json::object& row);

// Defined once in each source of this folder. `name` is the file's without ".json". `check` runs on every row and
// must fail on a category that it does not know.
class VectorFile {
 public:
  VectorFile(const char* name, RowCheck check);
};

#define POSTROOM_UNKNOWN_CATEGORY(row) FAIL() << "no check for the category " << text_of(row, "category")

// Empty when the member is absent or no text.
std::string text_of(const json::object& row, std::string_view key);
bool flag_of(const json::object& row, std::string_view key);
std::size_t size_of(const json::object& row, std::string_view key);
// An array of texts; empty when the member is null or absent. Other items are empty texts.
std::vector<std::string> texts_of(const json::object& row, std::string_view key);

}  // namespace postroom::vectors
