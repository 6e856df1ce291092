// Varied: a letter's state and age, who asks, and what happens in between, for single letters and whole jobs.
#include "flows/send/cancel_letter.h"

#include <gtest/gtest.h>

#include "ports/testing_letters.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using accounts::KeyType;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using enum notifications::NotificationStatus;

class GivingBack final : public NoLimits {
 public:
  std::vector<ports::DailyUse> given_back;
  std::optional<ports::DailyUse> use_of(const accounts::Service&, KeyType, NotificationType type, bool) override {
    return ports::DailyUse{.day = {}, .channel = ports::daily_channel_of(type)};
  }
  void give_back(ServiceId, const ports::DailyUse& use) override { given_back.push_back(use); }
};

class CancelLetterTest : public testing::Test, protected ports::testing::LetterWorld {
 protected:
  GivingBack limits_;
  LetterCancelling cancelling_{{care_, notifications_, jobs_, limits_, clock_, calendar_}};
};

TEST_F(CancelLetterTest, CA1_ALetterByItsState) {
  for (NotificationStatus status : notifications::all_statuses()) {
    limits_.given_back.clear();
    const Notification n = letter(status);
    auto done = cancelling_.cancel(service_, KeyType::normal, n);
    const bool good = status == created || status == pending_virus_check;
    ASSERT_EQ(done.has_value(), good) << to_string(status);
    EXPECT_EQ(limits_.given_back.size(), good ? 1u : 0u);
    if (good) {
      EXPECT_EQ(done->status, cancelled);
      EXPECT_EQ(done->billable_units, 0);
    } else {
      EXPECT_EQ(done.error().kind, RefusalKind::bad_request);
      EXPECT_EQ(notifications_.at(n.id).status, status);
    }
  }
}

TEST_F(CancelLetterTest, CA1_NoLetterAndAnotherKey) {
  Notification text = letter();
  text.type = NotificationType::sms;
  EXPECT_EQ(cancelling_.cancel(service_, KeyType::normal, text).error().kind, RefusalKind::bad_request);
  const Notification n = letter();
  EXPECT_EQ(cancelling_.cancel(service_, KeyType::test, n).error().kind, RefusalKind::forbidden);
  EXPECT_TRUE(cancelling_.cancel(service_, std::nullopt, n));
}

TEST_F(CancelLetterTest, CA1_OnlyTheSameUtcDayIsGivenBack) {
  clock_.advance(8h);  // 18:00, past the cut-off
  const Notification n = letter();
  clock_.advance(7h);  // next UTC day, the run has not closed
  ASSERT_TRUE(cancelling_.cancel(service_, KeyType::normal, n));
  EXPECT_TRUE(limits_.given_back.empty());
}

TEST_F(CancelLetterTest, CA4_NotWhatIsInAZipOrHasMovedOn) {
  const Notification in_zip = letter(), moved = letter();
  care_.in_zips.insert(in_zip.id);
  auto refused = cancelling_.cancel(service_, KeyType::normal, in_zip);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().messages.at(0).find("on its way"), std::string::npos);
  notifications_.at(moved.id).status = sending;
  refused = cancelling_.cancel(service_, KeyType::normal, moved);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().messages.at(0).find("it is sending"), std::string::npos);
}

TEST_F(CancelLetterTest, CA2_AJobAsAWhole) {
  const jobs::Job made = job();
  const Notification a = row_of(made, 0), b = row_of(made, 1), failed = row_of(made, 2, technical_failure);
  EXPECT_EQ(cancelling_.cancel_job(service_, KeyType::normal, made).value(), 2);
  EXPECT_EQ(notifications_.at(a.id).status, cancelled);
  EXPECT_EQ(notifications_.at(b.id).status, cancelled);
  EXPECT_EQ(notifications_.at(failed.id).status, technical_failure);
  ASSERT_EQ(limits_.given_back.size(), 1u);
  EXPECT_EQ(limits_.given_back[0].count, 2);
}

TEST_F(CancelLetterTest, CA2_WhyAJobIsNotCancelled) {
  auto reason = [&](const jobs::Job& made, std::optional<KeyType> key = KeyType::normal) {
    auto done = cancelling_.cancel_job(service_, key, made);
    return done ? std::string("cancelled") : done.error().messages.at(0);
  };
  EXPECT_NE(reason(job(jobs::JobStatus::in_progress)).find("still processing"), std::string::npos);
  EXPECT_NE(reason(job(jobs::JobStatus::pending)).find("still processing"), std::string::npos);
  EXPECT_NE(reason(job(jobs::JobStatus::cancelled)).find("already"), std::string::npos);
  jobs::Job made = job();
  row_of(made, 0);
  row_of(made, 1, sending);
  EXPECT_NE(reason(made).find("some of its letters are sending"), std::string::npos);
  EXPECT_NE(reason(made, KeyType::test).find("key of type normal"), std::string::npos);
  jobs::Job texts = made;
  texts.type = NotificationType::sms;
  EXPECT_NE(reason(texts).find("Only jobs of letters"), std::string::npos);
  clock_.advance(8h);
  EXPECT_NE(reason(made).find("too late"), std::string::npos);
}

}  // namespace
}  // namespace postroom::flows
