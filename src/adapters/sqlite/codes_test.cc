// Pins the numbers in the database to their enumerators by name: a reordered or renumbered enumeration fails here.
#include "adapters/sqlite/codes.h"

#include <gtest/gtest.h>

#include <vector>

namespace postroom::sqlite {
namespace {

template <typename Enum>
void expect_codes(const std::vector<std::string_view>& names) {
  ASSERT_EQ(static_cast<int>(names.size()), kCodeCount<Enum>);
  for (std::size_t code = 0; code < names.size(); ++code) {
    const Enum value = from_code<Enum>(static_cast<std::int64_t>(code));
    EXPECT_EQ(to_string(value), names[code]);
    EXPECT_EQ(code_of(value), static_cast<int>(code));
  }
  for (std::int64_t bad : {std::int64_t{-1}, static_cast<std::int64_t>(names.size()), INT64_MAX}) {
    try {
      from_code<Enum>(bad);
      ADD_FAILURE() << bad << " stands for nothing";
    } catch (const DatabaseError& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    }
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
  expect_codes<accounts::CallbackType>({"delivery", "inbound", "returned"});
  expect_codes<jobs::JobStatus>({"scheduled", "pending", "in progress", "finished", "cancelled"});
  expect_codes<ports::ZipState>({"planned", "uploading", "uploaded", "failed"});
}

TEST(Codes, cover_every_status) {
  EXPECT_EQ(static_cast<int>(notifications::all_statuses().size()), kCodeCount<notifications::NotificationStatus>);
}

}  // namespace
}  // namespace postroom::sqlite
