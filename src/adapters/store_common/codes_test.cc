// Pins the numbers in the database to their enumerators by name: a reordered or renumbered enumeration fails here.
#include "adapters/store_common/codes.h"

#include <gtest/gtest.h>

#include <vector>

namespace postroom::store_common {
namespace {

template <typename Enum>
void expect_codes(const std::vector<std::string_view>& names) {
  ASSERT_EQ(static_cast<int>(names.size()), kCodeCount<Enum>);
  for (std::size_t code = 0; code < names.size(); ++code) {
    const auto value = find_by_code<Enum>(static_cast<std::int64_t>(code));
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(to_string(*value), names[code]);
    EXPECT_EQ(code_of(*value), static_cast<int>(code));
  }
  for (std::int64_t bad : {std::int64_t{-1}, static_cast<std::int64_t>(names.size()), INT64_MAX}) {
    EXPECT_FALSE(find_by_code<Enum>(bad).has_value()) << bad << " stands for nothing";
  }
}

TEST(Codes, are_pinned) {
  expect_codes<notifications::NotificationType>({"email", "sms", "letter"});
  expect_codes<notifications::NotificationStatus>({"created", "sending", "sent", "pending", "delivered",
                                                   "permanent-failure", "temporary-failure", "technical-failure",
                                                   "validation-failed", "pending-virus-check", "virus-scan-failed",
                                                   "cancelled", "returned-letter", "failed"});
  expect_codes<notifications::Postage>({"first", "second", "economy", "europe", "rest-of-world"});
  expect_codes<accounts::KeyType>({"normal", "team", "test"});
  expect_codes<accounts::CallbackType>({"delivery", "inbound", "returned", "complaint"});
  expect_codes<jobs::JobStatus>(
      {"scheduled", "pending", "in progress", "finished", "cancelled", "ready to send", "sent to dvla", "error"});
  expect_codes<ports::DailyChannel>({"email", "sms", "letter", "international_sms"});
  expect_codes<ports::ZipState>({"planned", "uploading", "uploaded", "failed"});
}

TEST(Codes, cover_every_status) {
  EXPECT_EQ(static_cast<int>(notifications::all_statuses().size()), kCodeCount<notifications::NotificationStatus>);
}

}  // namespace
}  // namespace postroom::store_common
