// For the adapters' tests.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <span>
#include <sstream>
#include <string>

#include "adapters/store_common/migration.h"

namespace postroom::store_common {

// The built-in migrations are the files of migrations/FOLDER, from 1 without gaps.
inline void expect_numbered(std::span<const Migration> migrations, const std::string& folder) {
  int expected = 1;
  for (const Migration& migration : migrations) {
    EXPECT_EQ(migration.number, expected++);
    std::ifstream file(std::string(POSTROOM_SOURCE_DIR) + "/migrations/" + folder + "/" + migration.name);
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(migration.sql, text.str());
  }
}

}  // namespace postroom::store_common
