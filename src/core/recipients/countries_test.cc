// The tables in data/ are sound. Names are checked against tests/data/countries.json, in tests/vectors.
#include "core/recipients/countries.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "core/recipients/data_tables.h"

namespace postroom::recipients {
namespace {

TEST(Countries, every_row_of_the_tables_is_found_under_its_own_name) {
  std::set<std::string> names;
  for (const std::string& line : split(data_tables::countries(), '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    auto cells = split(line, '\t');
    ASSERT_EQ(cells.size(), 2u) << line;
    EXPECT_TRUE(names.insert(cells[0]).second) << line;
    auto country = find_country(cells[0]);
    ASSERT_TRUE(country) << line;
    EXPECT_EQ(country->name, cells[0]);
    EXPECT_EQ(to_string(country->zone), cells[1]);
  }
  std::size_t spellings = names.size();
  for (const std::string& line : split(data_tables::country_names(), '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    auto cells = split(line, '\t');
    ASSERT_EQ(cells.size(), 3u) << line;
    EXPECT_TRUE(names.contains(cells[1])) << line;
    auto country = find_country(cells[0]);
    ASSERT_TRUE(country) << line;
    EXPECT_EQ(country->name, cells[1]) << line;
    ++spellings;
  }
  EXPECT_EQ(known_country_spellings(), spellings);
  EXPECT_GT(spellings, 1400u);
}

}  // namespace
}  // namespace postroom::recipients
