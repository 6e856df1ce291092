// Varied: the state a receipt meets, the state it reports, and whether the service wants to hear of it. State and
// callback must come in one commit, and a second receipt must change nothing.
#include "flows/receipts/receipt_flow.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/log.h"
#include "ports/task_names.h"
#include "ports/testing_stores.h"

namespace postroom::flows {
namespace {

using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using enum NotificationStatus;

class ReceiptTest : public testing::Test {
 protected:
  ReceiptTest() {
    set_log_sink([](std::string_view) {});
  }
  ~ReceiptTest() override { set_log_sink(nullptr); }

  NotificationId put(NotificationType type, NotificationStatus status) {
    Notification n;
    n.id = NotificationId{Uuid::random(random_)};
    n.service_id = service_;
    n.type = type;
    n.status = status;
    n.to = "07900 900123";
    n.created_at = clock_.now();
    notifications_.put(n);
    return n.id;
  }
  void set_callback(std::string url) {
    ASSERT_TRUE(services_.set_callback({service_, accounts::CallbackType::delivery, std::move(url), "0123456789"}));
  }
  Result<std::vector<bool>> apply(std::vector<Receipt> receipts) { return flow_.apply(receipts); }

  SeededRandom random_{31};
  MovableClock clock_{from_micros(1'770'000'000'000'000)};
  ServiceId service_{Uuid::random(random_)};
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::MemoryServiceStore services_;
  DeliveryCallbacks callbacks_{services_};
  ReceiptFlow flow_{notifications_, callbacks_, clock_};
};

TEST_F(ReceiptTest, MovesFollowTheTableOfStates) {
  for (NotificationType type : {NotificationType::email, NotificationType::sms}) {
    for (NotificationStatus from : notifications::all_statuses()) {
      for (NotificationStatus to : {pending, delivered, permanent_failure, temporary_failure, technical_failure}) {
        NotificationId id = put(type, from);
        auto changed = apply({{id, to, "carrier", "code 3"}});
        ASSERT_TRUE(changed);
        bool may = notifications::can_move(type, from, to);
        EXPECT_EQ(changed->front(), may) << to_string(from) << " -> " << to_string(to);
        EXPECT_EQ(notifications_.at(id).status, may ? to : from);
        if (may) {
          EXPECT_EQ(notifications_.at(id).sent_by, "carrier");
          EXPECT_EQ(notifications_.events(id)->at(0).cause, "receipt." + std::string(to_string(to)));
          EXPECT_EQ(notifications_.events(id)->at(0).detail, "code 3");
        }
      }
    }
  }
}

TEST_F(ReceiptTest, ASecondReceiptChangesNothing) {
  set_callback("https://svc.example/cb");
  NotificationId id = put(NotificationType::sms, sending);
  EXPECT_EQ(*apply({{id, delivered, "carrier", ""}}), std::vector<bool>{true});
  EXPECT_EQ(*apply({{id, permanent_failure, "carrier", ""}}), std::vector<bool>{false});
  EXPECT_EQ(notifications_.at(id).status, delivered);
  EXPECT_EQ(tasks_.rows().size(), 1u);
  // Also within one call.
  NotificationId other = put(NotificationType::sms, sending);
  EXPECT_EQ(*apply({{other, delivered, "", ""}, {other, delivered, "", ""}}), (std::vector<bool>{true, false}));
  EXPECT_EQ(tasks_.rows().size(), 2u);
}

TEST_F(ReceiptTest, TimesToReportsThatMoveAreMeasured) {
  Metrics metrics;
  ReceiptFlow flow(notifications_, callbacks_, clock_, &metrics);
  NotificationId id = put(NotificationType::sms, sending);
  notifications_.at(id).created_at = clock_.now() - std::chrono::seconds{9};
  notifications_.at(id).sent_at = clock_.now() - std::chrono::seconds{4};
  const NotificationId early = put(NotificationType::sms, created);
  const std::vector<Receipt> all{
      {id, delivered, "carrier", ""}, {id, delivered, "carrier", ""}, {early, delivered, "carrier", ""}};
  ASSERT_TRUE(flow.apply(all));
  const std::string text = metrics.text();
  const std::string labels =
      R"({key_type="normal",notification_status="delivered",notification_type="sms",provider_name="carrier")";
  for (const std::string& line :
       {"deliver_duration_seconds_count" + labels + "} 2", "deliver_duration_seconds_sum" + labels + "} 9",
        "callback_duration_seconds_count" + labels + "} 1", "callback_duration_seconds_sum" + labels + "} 4"})
    EXPECT_NE(text.find("postroom_notification_" + line), std::string::npos) << line << "\n" << text;
}

TEST_F(ReceiptTest, TheCallbackIsASnapshotOfThatMoment) {
  set_callback("https://svc.example/old");
  NotificationId id = put(NotificationType::sms, sending);
  ASSERT_TRUE(apply({{id, temporary_failure, "carrier", ""}}));
  set_callback("https://svc.example/new");
  auto rows = tasks_.rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].task.queue, ports::kCallbackQueue);
  EXPECT_EQ(rows[0].task.kind, ports::kSendDeliveryStatus);
  EXPECT_EQ(rows[0].task.subject, id.text());
  EXPECT_EQ(rows[0].task.run_at, clock_.now());
  json::object snapshot = parse_json(rows[0].task.payload)->get_object();
  EXPECT_EQ(get_string(snapshot, "url"), "https://svc.example/old");
  EXPECT_EQ(get_string(snapshot, "token"), "0123456789");
  json::object body = parse_json(*get_string(snapshot, "body"))->get_object();
  EXPECT_EQ(get_string(body, "status"), "temporary-failure");
  EXPECT_EQ(get_string(body, "completed_at"), format_rfc3339(clock_.now()));
}

TEST_F(ReceiptTest, NeitherPendingNorLettersAreCalledBack) {
  set_callback("https://svc.example/cb");
  ASSERT_EQ(*apply({{put(NotificationType::sms, sending), pending, "", ""},
                    {put(NotificationType::letter, sending), delivered, "", ""}}),
            (std::vector<bool>{true, true}));
  EXPECT_TRUE(tasks_.rows().empty());
}

TEST_F(ReceiptTest, UnknownMessagesAreLeftOut) {
  NotificationId known = put(NotificationType::email, sending);
  EXPECT_EQ(*apply({{NotificationId{Uuid::random(random_)}, delivered, "", ""}, {known, delivered, "", ""}}),
            (std::vector<bool>{false, true}));
  EXPECT_TRUE(apply({})->empty());
}

TEST_F(ReceiptTest, TroubleWithTheStoreChangesNothing) {
  set_callback("https://svc.example/cb");
  NotificationId id = put(NotificationType::sms, sending);
  for (ports::testing::Fault* fault :
       {&notifications_.find_fault, &notifications_.move_fault, &services_.callback_fault}) {
    fault->count = 1;
    auto result = apply({{id, delivered, "", ""}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::retry_later);
    EXPECT_EQ(notifications_.at(id).status, sending);
    EXPECT_TRUE(tasks_.rows().empty());
  }
}

TEST_F(ReceiptTest, TheProviderOfARecordedHandOverStays) {
  NotificationId id = put(NotificationType::sms, sending);
  notifications_.at(id).sent_by = "first";
  ASSERT_TRUE(apply({{id, delivered, "second", ""}}));
  EXPECT_EQ(notifications_.at(id).sent_by, "first");
}

SmsReceiptFor firetext(NotificationId id, std::string status, std::string code = "") {
  return {id, {receipts::SmsProvider::firetext, id.text(), std::move(status), std::move(code)}};
}

TEST_F(ReceiptTest, TextsReceiptsAreMappedAndOverwriteOnlyWhatIsNotFinal) {
  for (NotificationStatus from : notifications::all_statuses()) {
    NotificationId id = put(NotificationType::sms, from);
    const SmsReceiptFor receipt{id, {receipts::SmsProvider::mmg, id.text(), "4", "6"}};
    auto changed = flow_.apply_sms(std::span(&receipt, 1));
    ASSERT_TRUE(changed);
    bool may = from == created || from == sending || from == pending || from == sent;
    EXPECT_EQ(changed->front(), may) << to_string(from);
    EXPECT_EQ(notifications_.at(id).status, may ? temporary_failure : from);
    if (may) {
      EXPECT_EQ(notifications_.at(id).sent_by, "mmg");
      EXPECT_EQ(notifications_.events(id)->at(0).detail, "status 4, substatus 6");
    }
  }
}

TEST_F(ReceiptTest, AFailureWithoutCodeMeansAnotherThingAfterPending) {
  NotificationId fresh = put(NotificationType::sms, sending);
  NotificationId waiting = put(NotificationType::sms, pending);
  NotificationId both = put(NotificationType::sms, sending);
  NotificationId coded = put(NotificationType::sms, pending);
  const std::vector<SmsReceiptFor> receipts{firetext(fresh, "1"), firetext(waiting, "1", "777"),
                                            firetext(both, "2"), firetext(both, "1"), firetext(coded, "1", "101")};
  EXPECT_EQ(*flow_.apply_sms(receipts), (std::vector<bool>{true, true, true, true, true}));
  EXPECT_EQ(notifications_.at(fresh).status, permanent_failure);
  EXPECT_EQ(notifications_.at(waiting).status, temporary_failure);
  EXPECT_EQ(notifications_.at(both).status, temporary_failure);
  EXPECT_EQ(notifications_.at(coded).status, permanent_failure);
}

TEST_F(ReceiptTest, FiretextsCodesCountForItsOwnMessagesOnly) {
  NotificationId id = put(NotificationType::sms, sending);
  notifications_.at(id).sent_by = "mmg";
  const SmsReceiptFor receipt = firetext(id, "1", "000");
  ASSERT_TRUE(flow_.apply_sms(std::span(&receipt, 1)));
  EXPECT_EQ(notifications_.at(id).status, permanent_failure);
}

TEST_F(ReceiptTest, PendingIsNotCalledBackAndWhatFollowsIs) {
  set_callback("https://svc.example/cb");
  NotificationId id = put(NotificationType::sms, sending);
  SmsReceiptFor receipt = firetext(id, "2");
  ASSERT_TRUE(flow_.apply_sms(std::span(&receipt, 1)));
  EXPECT_TRUE(tasks_.rows().empty());
  receipt = firetext(id, "0");
  ASSERT_TRUE(flow_.apply_sms(std::span(&receipt, 1)));
  EXPECT_EQ(tasks_.rows().size(), 1u);
  EXPECT_EQ(notifications_.at(id).status, delivered);
}

TEST_F(ReceiptTest, TextsAbroadAreMovedOnlyWhereNetworksReport) {
  struct Row {
    const char* prefix;
    bool counts;
  };
  // 33 reports; 1 has carriers' receipts only; 999 has no price and so no entry.
  for (const Row& row : {Row{"33", true}, Row{"1", false}, Row{"999", false}, Row{"", false}}) {
    NotificationId id = put(NotificationType::sms, sent);
    notifications_.at(id).international = true;
    notifications_.at(id).phone_prefix = row.prefix;
    const SmsReceiptFor receipt{id, {receipts::SmsProvider::mmg, id.text(), "3", ""}};
    EXPECT_EQ(flow_.apply_sms(std::span(&receipt, 1))->front(), row.counts) << row.prefix;
    EXPECT_EQ(notifications_.at(id).status, row.counts ? delivered : sent) << row.prefix;
  }
}

TEST_F(ReceiptTest, AProviderOfTextsSaysNothingAboutOtherChannels) {
  for (NotificationType type : {NotificationType::email, NotificationType::letter}) {
    NotificationId id = put(type, sending);
    const SmsReceiptFor receipt{id, {receipts::SmsProvider::mmg, id.text(), "3", ""}};
    EXPECT_FALSE(flow_.apply_sms(std::span(&receipt, 1))->front());
    EXPECT_EQ(notifications_.at(id).status, sending);
  }
}

TEST_F(ReceiptTest, EmailsReceiptsOverwriteSendingAndPendingOnly) {
  for (NotificationStatus from : notifications::all_statuses()) {
    NotificationId id = put(NotificationType::email, from);
    const Receipt receipt{id, permanent_failure, "ses", "bounce Permanent"};
    bool may = from == sending || from == pending;
    EXPECT_EQ(flow_.apply_email(std::span(&receipt, 1))->front(), may) << to_string(from);
    EXPECT_EQ(notifications_.at(id).status, may ? permanent_failure : from);
  }
  NotificationId text = put(NotificationType::sms, sending);
  const Receipt receipt{text, delivered, "ses", ""};
  EXPECT_FALSE(flow_.apply_email(std::span(&receipt, 1))->front());
}

}  // namespace
}  // namespace postroom::flows
