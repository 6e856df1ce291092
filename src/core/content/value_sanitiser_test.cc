// More is checked against tests/data/sanitise_content_for.json, in tests/vectors.
#include "core/content/value_sanitiser.h"

#include <gtest/gtest.h>

namespace postroom::content {
namespace {

TEST(ValueSanitiser, ChangesOnlyNamedTextValuesAndReportsThem) {
  json::object values =
      json::parse(R"({"First Name":"a.example","n":3,"other":"b.example","same":"x"})").as_object();
  auto changed = sanitise_content_for(values, {"first_name", "n", "same", "absent"});
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].name, "First Name");
  EXPECT_EQ(changed[0].unsanitised, "a.example");
  EXPECT_EQ(changed[0].sanitised, "a\\. example");
  EXPECT_EQ(values.at("First Name"), "a\\. example");
  EXPECT_EQ(values.at("n"), 3);
  EXPECT_EQ(values.at("other"), "b.example");
}

TEST(ValueSanitiser, LongRunsWithoutDomainStay) {
  std::string hyphens;
  for (int i = 0; i < 50'000; ++i) hyphens += "a-";
  EXPECT_EQ(sanitise_value(hyphens).size(), 150'000u);
  std::string dots;
  for (int i = 0; i < 50'000; ++i) dots += "1.";
  EXPECT_EQ(sanitise_value(dots).size(), 150'000u);
}

}  // namespace
}  // namespace postroom::content
