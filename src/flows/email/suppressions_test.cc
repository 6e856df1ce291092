#include "flows/email/suppressions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/testing_email.h"

namespace postroom::flows {
namespace {

using testing::HasSubstr;

class SuppressionsTest : public testing::Test {
 protected:
  notifications::Notification email(ServiceId service) {
    notifications::Notification out;
    out.id = NotificationId(Uuid::random(random_));
    out.service_id = service;
    out.normalised_to = "ann@example.net";
    return out;
  }
  SeededRandom random_{1};
  ports::testing::MemorySuppressionStore store_;
  MovableClock clock_{*parse_rfc3339("2026-03-02T09:15:00Z")};
  Suppressions suppressions_{store_, clock_, 30};
  const ServiceId one_{Uuid::random(random_)}, other_{Uuid::random(random_)};
};

TEST_F(SuppressionsTest, BouncesHoldForAllAndComplaintsForTheService) {
  ASSERT_TRUE(suppressions_.add_complained(email(one_), "complaint abuse"));
  EXPECT_TRUE(suppressions_.find(email(one_)).value());
  EXPECT_FALSE(suppressions_.find(email(other_)).value());
  ASSERT_TRUE(suppressions_.add_bounced(email(one_), "failed 5.1.1, 550"));
  const auto found = suppressions_.find(email(other_)).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(
      reason_text(*found),
      "not sent: the address bounced for good on 2026-03-02 (failed 5.1.1, 550); `postroom suppression remove` "
      "lets it get emails again");
}

TEST_F(SuppressionsTest, EndAfterTheirTime) {
  ASSERT_TRUE(suppressions_.add_bounced(email(one_), ""));
  clock_.advance(std::chrono::days(30));
  EXPECT_TRUE(suppressions_.find(email(one_)).value());
  ASSERT_TRUE(suppressions_.sweep());
  EXPECT_EQ(store_.list(std::nullopt, 10).value().size(), 1u);
  clock_.advance(std::chrono::microseconds(1));
  EXPECT_FALSE(suppressions_.find(email(one_)).value());
  ASSERT_TRUE(suppressions_.sweep());
  EXPECT_EQ(store_.list(std::nullopt, 10).value().size(), 0u);
}

TEST_F(SuppressionsTest, ZeroDaysSwitchThemOff) {
  Suppressions off(store_, clock_, 0);
  ASSERT_TRUE(suppressions_.add_bounced(email(one_), ""));
  ASSERT_TRUE(off.add_bounced(email(other_), ""));
  EXPECT_FALSE(off.find(email(one_)).value());
  ASSERT_TRUE(off.sweep());
  EXPECT_EQ(store_.list(std::nullopt, 10).value().size(), 1u);
}

}  // namespace
}  // namespace postroom::flows
