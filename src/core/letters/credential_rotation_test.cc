#include "core/letters/credential_rotation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace postroom::letters {
namespace {

using enum HouseCredential;

UtcTime at(std::string_view text) { return *parse_rfc3339(text); }

TEST(CredentialRotation, HT11_FirstTuesdayAndTheDayAfter) {
  struct Row {
    const char *day, *key, *password;
  };
  const Row rows[] = {{"2026-09-30", "2026-09-01", "2026-09-02"},  // the 1st is a Tuesday
                      {"2026-10-01", "2026-10-06", "2026-10-07"},
                      {"2026-12-31", "2026-12-01", "2026-12-02"},
                      {"2027-06-15", "2027-06-01", "2027-06-02"},
                      {"2026-07-01", "2026-07-07", "2026-07-08"},  // the 1st is a Wednesday
                      {"2028-02-29", "2028-02-01", "2028-02-02"}};
  for (const Row& row : rows) {
    const Date day = *parse_date(row.day);
    EXPECT_EQ(rotation_moment(api_key, day), at(std::string(row.key) + "T09:00:00Z")) << row.day;
    EXPECT_EQ(rotation_moment(password, day), at(std::string(row.password) + "T09:00:00Z")) << row.day;
  }
}

TEST(CredentialRotation, HT11_DueOnItsDayOnceAndNeverBothOnOneDay) {
  const UtcTime old = at("2026-09-02T09:00:03Z");
  struct Row {
    const char* now;
    bool key, password;
  };
  const Row rows[] = {{"2026-10-06T08:59:59Z", false, false}, {"2026-10-06T09:00:00Z", true, false},
                      {"2026-10-06T23:59:59Z", true, false},  {"2026-10-07T00:00:00Z", false, false},
                      {"2026-10-07T09:00:00Z", false, true},  {"2026-10-08T09:00:00Z", false, false},
                      {"2026-10-13T09:00:00Z", false, false}, {"2026-09-01T09:00:00Z", false, false}};
  for (const Row& row : rows) {
    EXPECT_EQ(is_rotation_due(api_key, at(row.now), old), row.key) << row.now;
    EXPECT_EQ(is_rotation_due(password, at(row.now), old), row.password) << row.now;
  }
  EXPECT_FALSE(is_rotation_due(api_key, at("2026-10-06T11:00:00Z"), at("2026-10-06T09:00:00Z")));
}

TEST(CredentialRotation, HT11_APersonIsToldBeforeTheEnd) {
  const UtcTime set = at("2026-01-01T00:00:00Z");
  EXPECT_FALSE(is_running_out(password, at("2026-03-11T23:59:59Z"), set));  // 70 days
  EXPECT_TRUE(is_running_out(password, at("2026-03-12T00:00:00Z"), set));
  EXPECT_FALSE(is_running_out(api_key, at("2026-12-11T23:59:59Z"), set));  // 345 days
  EXPECT_TRUE(is_running_out(api_key, at("2026-12-12T00:00:00Z"), set));
}

TEST(CredentialRotation, HT11_PasswordsHaveEveryKindAndDiffer) {
  SeededRandom random(1);
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    const std::string made = make_password(random);
    EXPECT_EQ(made.size(), kPasswordLength);
    EXPECT_TRUE(std::any_of(made.begin(), made.end(), is_ascii_lower));
    EXPECT_TRUE(std::any_of(made.begin(), made.end(), is_ascii_upper));
    EXPECT_TRUE(std::any_of(made.begin(), made.end(), is_ascii_digit));
    EXPECT_FALSE(std::all_of(made.begin(), made.end(), is_ascii_alnum));
    EXPECT_TRUE(std::all_of(made.begin(), made.end(), [](char c) { return c > ' ' && c < 127; }));
    EXPECT_TRUE(seen.insert(made).second);
  }
}

}  // namespace
}  // namespace postroom::letters
