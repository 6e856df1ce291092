// SmsReceipts, EmailReports and LetterReports over a real store. Varied: what is taken, the state it meets, and
// what the store knows of it. Between take and apply a report must survive as a task.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/sqlite/open.h"
#include "adapters/sqlite/temporary_folder.h"
#include "base/json.h"
#include "base/log.h"
#include "core/email/return_path.h"
#include "flows/receipts/email_reports.h"
#include "flows/receipts/letter_reports.h"
#include "flows/receipts/queued_reports.h"
#include "flows/receipts/sms_receipts.h"
#include "ports/task_names.h"
#include "ports/testing_email.h"
#include "ports/testing_tickets.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using enum NotificationStatus;

class FakeClient final : public ports::HttpClient {
 public:
  int status = 200;
  std::vector<std::string> urls;
  Result<ports::HttpResponse> send(const ports::HttpRequest& request) override {
    urls.push_back(request.url);
    return ports::HttpResponse{.status = status, .headers = {}, .body = {}};
  }
};

class ProviderReports : public testing::Test {
 protected:
  ProviderReports() {
    set_log_sink([](std::string_view) {});
    database_ = std::move(
        *sqlite::open({.path = folder_ / "postroom.db", .key_ring = ring_, .random = random_, .clock = clock_}));
    callbacks_ = std::make_unique<DeliveryCallbacks>(database_->services());
    flow_ = std::make_unique<ReceiptFlow>(database_->notifications(), *callbacks_, clock_);
    sms_ = std::make_unique<SmsReceipts>(database_->tasks(), *flow_, database_->providers(), clock_);
    email_ = std::make_unique<EmailReports>(
        EmailReportPorts{database_->tasks(), database_->notifications(), database_->email_reports(), client_,
                         clock_, random_, &suppressions_},
        *flow_, *callbacks_);
    letters_ = std::make_unique<LetterReports>(
        LetterReportPorts{database_->tasks(), database_->notifications(), database_->letters(), desk_, clock_,
                          zone_, &database_->archive()},
        true, "test");
  }
  ~ProviderReports() override { set_log_sink(nullptr); }

  NotificationId put(NotificationType type, NotificationStatus status, std::string provider_reference = "") {
    Notification n;
    n.id = NotificationId{Uuid::time_ordered(clock_.now(), random_)};
    n.service_id = service_;
    n.type = type;
    n.status = status;
    n.to = "ann@example.org";
    n.personalisation = "{}";
    n.created_at = clock_.now();
    n.provider_reference = std::move(provider_reference);
    if (!n.provider_reference.empty()) n.sent_by = "smtp";
    if (type == NotificationType::letter) {
      n.reference = n.id.text().substr(20, 16);
      n.billable_units = 2;
      n.postage = notifications::Postage::second;
    }
    EXPECT_TRUE(database_->notifications().accept({.notification = n, .tasks = {}}));
    return n.id;
  }
  Notification at(NotificationId id) { return *database_->notifications().find(id); }
  std::vector<ports::ClaimedTask> claim(std::string_view queue) {
    return *database_->tasks().claim(queue, 100, clock_.now(), 60s, "test");
  }

  sqlite::TemporaryFolder folder_;
  SystemRandom random_;
  MovableClock clock_{from_micros(1'778'760'000'000'000)};
  TimeZone zone_ = *TimeZone::load("Europe/London");
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
  ServiceId service_{Uuid::random(random_)};
  std::unique_ptr<ports::Database> database_;
  ports::testing::MemorySuppressionStore suppressed_;
  Suppressions suppressions_{suppressed_, clock_, 30};
  FakeClient client_;
  ports::testing::MemoryTicketDesk desk_;
  std::unique_ptr<DeliveryCallbacks> callbacks_;
  std::unique_ptr<ReceiptFlow> flow_;
  std::unique_ptr<SmsReceipts> sms_;
  std::unique_ptr<EmailReports> email_;
  std::unique_ptr<LetterReports> letters_;
};

TEST_F(ProviderReports, ATextsReceiptIsATaskUntilItIsApplied) {
  NotificationId id = put(NotificationType::sms, sending);
  ASSERT_TRUE(sms_->take({receipts::SmsProvider::mmg, id.text(), "3", "5"}));
  EXPECT_EQ(at(id).status, sending);
  auto tasks = claim(ports::kSmsReceiptQueue);
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].kind, ports::kProcessSmsReceipt);
  const ports::ClaimedTask* task = &tasks[0];
  auto results = sms_->apply(std::span(&task, 1));
  EXPECT_TRUE(results.at(0));
  EXPECT_EQ(at(id).status, delivered);
  EXPECT_EQ(database_->notifications().events(id)->back().detail, "status 3, substatus 5");
}

TEST_F(ProviderReports, AReferenceThatIsNoIdIsDropped) {
  ASSERT_TRUE(sms_->take({receipts::SmsProvider::mmg, "send-sms-code", "3", ""}));
  EXPECT_TRUE(claim(ports::kSmsReceiptQueue).empty());
}

TEST_F(ProviderReports, ADamagedTaskDoesNotHoldUpOthers) {
  NotificationId id = put(NotificationType::sms, sending);
  ports::ClaimedTask bad{.subject = id.text(), .payload = "{}"};
  ports::ClaimedTask good{.subject = id.text(), .payload = R"({"provider":"mmg","status":"3","code":""})"};
  const std::vector<const ports::ClaimedTask*> tasks{&bad, &good};
  auto results = sms_->apply(tasks);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].error().kind, ErrorKind::corrupt);
  EXPECT_TRUE(results[1]);
  EXPECT_EQ(at(id).status, delivered);
}

std::string ses_event(std::string_view type, std::string_view message_id, UtcTime sent_at) {
  json::object event{{"notificationType", type},
                     {"mail", {{"messageId", message_id}, {"timestamp", format_rfc3339(sent_at)}}},
                     {"bounce", {{"bounceType", "Permanent"}}},
                     {"complaint", {{"feedbackId", "f1"}, {"timestamp", "2026-05-15T08:00:00Z"}}}};
  return write_json(event);
}

TEST_F(ProviderReports, SesReportsAreMatchedByItsOwnId) {
  NotificationId id = put(NotificationType::email, sending, "ses-1");
  put(NotificationType::sms, sending, "ses-2");
  ASSERT_TRUE(email_->apply(ses_event("Bounce", "ses-1", clock_.now())));
  EXPECT_EQ(at(id).status, permanent_failure);
  ASSERT_TRUE(email_->apply(ses_event("Delivery", "ses-1", clock_.now())));
  EXPECT_EQ(at(id).status, permanent_failure) << "the first end stays";
}

class FakeQueue final : public ports::ReportQueue {
 public:
  std::vector<ports::QueuedReport> waiting;
  std::vector<std::string> removed;
  std::function<void()> before_removing = [] {};
  bool removes = true;
  Result<std::vector<ports::QueuedReport>> receive(std::chrono::seconds) override { return waiting; }
  Result<void> remove(std::span<const std::string> handles) override {
    before_removing();
    if (!removes) return fail(ErrorKind::retry_later, "away");
    removed.assign(handles.begin(), handles.end());
    return {};
  }
};

TEST_F(ProviderReports, QueuedReportsAreKeptBeforeTheyAreRemoved) {
  NotificationId id = put(NotificationType::email, sending, "ses-1");
  FakeQueue queue;
  queue.waiting = {{"m1", "h1", ses_event("Delivery", "ses-1", clock_.now())}, {"m2", "h2", "no report"}};
  std::vector<ports::ClaimedTask> kept;
  queue.before_removing = [&] { kept = claim(ports::kEmailReceiptQueue); };
  QueuedReports reports(queue, *email_);
  EXPECT_EQ(reports.read(0s).value(), 1);
  ASSERT_EQ(kept.size(), 1u) << "on disk before the queue forgets it";
  EXPECT_EQ(kept[0].subject, "m1");
  EXPECT_EQ(queue.removed, std::vector<std::string>{"h1"}) << "what is no report stays";
  ASSERT_TRUE(email_->apply(kept[0].payload));
  EXPECT_EQ(at(id).status, delivered);
}

TEST_F(ProviderReports, WhatCannotBeRemovedComesAgain) {
  FakeQueue queue;
  queue.waiting = {{"m1", "h1", ses_event("Delivery", "ses-1", clock_.now())}};
  queue.removes = false;
  QueuedReports reports(queue, *email_);
  EXPECT_FALSE(reports.read(0s)) << "it comes again";
  EXPECT_EQ(claim(ports::kEmailReceiptQueue).size(), 1u);
  queue.waiting.clear();
  queue.before_removing = [] { ADD_FAILURE() << "nothing to remove"; };
  EXPECT_EQ(reports.read(0s).value(), 0);
}

// Receipts that name a text as its provider does.
class PartReceipts : public ProviderReports {
 protected:
  void take(std::string part, std::string status) {
    ASSERT_TRUE(sms_->take({receipts::SmsProvider::smpp, std::move(part), std::move(status), "000", true}));
  }
  // What came of each task that is waiting.
  std::vector<Result<void>> apply_all() {
    std::vector<Result<void>> out;
    for (const auto& task : claim(ports::kSmsReceiptQueue)) out.push_back(sms_->apply_part(task));
    return out;
  }
  void parts_of(NotificationId id, std::vector<std::string> names) {
    ASSERT_TRUE(database_->providers().add_parts(id, "smpp", names, clock_.now()));
  }
};

TEST_F(PartReceipts, ATextIsDeliveredWhenAllItsPartsAre) {
  NotificationId id = put(NotificationType::sms, sending);
  parts_of(id, {"a", "b", "c"});
  take("b", "DELIVRD");
  take("b", "DELIVRD");
  take("a", "ENROUTE");
  take("a", "DELIVRD");
  for (const auto& result : apply_all()) EXPECT_TRUE(result);
  EXPECT_EQ(at(id).status, sending);
  take("c", "DELIVRD");
  for (const auto& result : apply_all()) EXPECT_TRUE(result);
  EXPECT_EQ(at(id).status, delivered);
  EXPECT_EQ(at(id).sent_by, "smpp");
  take("c", "UNDELIV");
  for (const auto& result : apply_all()) EXPECT_TRUE(result);
  EXPECT_EQ(at(id).status, delivered) << "the first word counts";
}

TEST_F(PartReceipts, OneFailedPartFailsTheText) {
  NotificationId for_now = put(NotificationType::sms, sending), for_good = put(NotificationType::sms, sending);
  parts_of(for_now, {"a", "b"});
  parts_of(for_good, {"c", "d"});
  for (const char* part : {"b", "d"}) take(part, "DELIVRD");
  take("a", "EXPIRED");
  take("c", "UNDELIV");
  for (const auto& result : apply_all()) EXPECT_TRUE(result);
  EXPECT_EQ(at(for_now).status, temporary_failure);
  EXPECT_EQ(at(for_good).status, permanent_failure);
}

TEST_F(PartReceipts, AnEarlyOneWaitsAndAnUnknownOneIsDropped) {
  NotificationId id = put(NotificationType::sms, created);
  take("early", "DELIVRD");
  take("never", "DELIVRD");
  auto tasks = claim(ports::kSmsReceiptQueue);
  ASSERT_EQ(tasks.size(), 2u);
  for (const auto& task : tasks) EXPECT_EQ(sms_->apply_part(task).error().kind, ErrorKind::retry_later);
  parts_of(id, {"early"});
  EXPECT_TRUE(sms_->apply_part(tasks[0].subject == "early" ? tasks[0] : tasks[1]));
  EXPECT_EQ(at(id).status, delivered) << "before our own note of the hand-over";
  clock_.advance(kEarlyPartReceipt);
  EXPECT_TRUE(sms_->apply_part(tasks[0].subject == "never" ? tasks[0] : tasks[1]));
}

TEST_F(ProviderReports, AnEarlySesReportIsTriedAgainAndALateOneDropped) {
  auto early = email_->apply(ses_event("Delivery", "unknown", clock_.now() - 5min + 1s));
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().kind, ErrorKind::retry_later);
  EXPECT_TRUE(email_->apply(ses_event("Delivery", "unknown", clock_.now() - 5min)));
  EXPECT_EQ(email_->apply("{}").error().kind, ErrorKind::invalid_input);
}

TEST_F(ProviderReports, AComplaintIsKeptOnceAndCalledBackOnce) {
  ASSERT_TRUE(database_->services().set_callback(
      {service_, accounts::CallbackType::complaint, "https://svc.example/c", "0123456789"}));
  NotificationId id = put(NotificationType::email, delivered, "ses-1");
  ASSERT_TRUE(email_->apply(ses_event("Complaint", "ses-1", clock_.now())));
  ASSERT_TRUE(email_->apply(ses_event("Complaint", "ses-1", clock_.now())));
  EXPECT_EQ(at(id).status, delivered);
  auto complaints = *database_->email_reports().complaints(service_, 10);
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_EQ(complaints[0].notification_id, id);
  auto tasks = claim(ports::kCallbackQueue);
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].kind, ports::kSendComplaint);
  auto snapshot = parse_json(tasks[0].payload)->get_object();
  EXPECT_EQ(get_string(snapshot, "url"), "https://svc.example/c");
  auto body = parse_json(*get_string(snapshot, "body"))->get_object();
  EXPECT_EQ(body.size(), 5u);
  EXPECT_EQ(get_string(body, "notification_id"), id.text());
  EXPECT_EQ(get_string(body, "complaint_id"), complaints[0].id.text());
  EXPECT_TRUE(body.at("reference").is_null());
  EXPECT_EQ(get_string(body, "to"), "ann@example.org");
  EXPECT_EQ(get_string(body, "complaint_date"), "2026-05-15T08:00:00.000000Z");
}

// Bounces and complaints as mail servers send them.
class Bounces : public ProviderReports {
 protected:
  static std::string bounce(NotificationId id, std::string_view fields, bool complaint = false) {
    return fmt::format(
        "To: <{}>\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\nSorry.\r\n--x\r\n"
        "Content-Type: message/{}\r\n\r\n{}{}\r\n--x--\r\n",
        email::return_path("bounces@mail.example", id), complaint ? "feedback-report" : "delivery-status",
        complaint ? "" : "Reporting-MTA: dns; mx.example\r\n\r\n", fields);
  }
  // What is taken waits as a task, is applied, and says how that went.
  Result<void> hear(NotificationId id, std::string_view fields, bool complaint = false) {
    EXPECT_TRUE(email_->take_bounce(bounce(id, fields, complaint), ""));
    auto tasks = claim(ports::kEmailReceiptQueue);
    EXPECT_EQ(tasks.size(), 1u);
    EXPECT_EQ(tasks.at(0).kind, ports::kProcessBounce);
    EXPECT_EQ(tasks.at(0).subject, id.text());
    EXPECT_EQ(tasks.at(0).payload.find("example"), std::string::npos) << "nothing personal is kept";
    return email_->apply_bounce(tasks.at(0).payload);
  }
  bool is_suppressed(ServiceId service) {
    return suppressed_.find(service, "ann@example.org", UtcTime{}).value().has_value();
  }
  std::string last_event(NotificationId id) {
    auto events = *database_->notifications().events(id);
    return events.empty() ? "" : events.back().cause + ": " + events.back().detail;
  }
};

TEST_F(Bounces, FailuresEndTheEmail) {
  NotificationId hard = put(NotificationType::email, sending, "q1"),
                 soft = put(NotificationType::email, sending, "q2");
  ASSERT_TRUE(hear(soft, "Action: failed\r\nStatus: 4.4.7\r\n"));
  EXPECT_EQ(at(soft).status, temporary_failure);
  EXPECT_FALSE(is_suppressed(service_));
  ASSERT_TRUE(
      hear(hard, "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <ann@example.org> no\r\n"));
  EXPECT_EQ(at(hard).status, permanent_failure);
  EXPECT_EQ(last_event(hard), "receipt.permanent-failure: failed 5.1.1, 550");
  EXPECT_TRUE(is_suppressed(ServiceId{Uuid::random(random_)})) << "for every service";
}

TEST_F(Bounces, ARefusedTextDoesNotSuppressTheAddress) {
  NotificationId id = put(NotificationType::email, sending, "q1");
  ASSERT_TRUE(hear(id, "Action: failed\r\nStatus: 5.7.1\r\n"));
  EXPECT_EQ(at(id).status, permanent_failure);
  EXPECT_FALSE(is_suppressed(service_));
}

TEST_F(Bounces, ReportsOfSuccessAndDelay) {
  NotificationId id = put(NotificationType::email, sending, "q1");
  ASSERT_TRUE(hear(id, "Action: delayed\r\nStatus: 4.4.1\r\n"));
  EXPECT_EQ(at(id).status, sending);
  EXPECT_EQ(last_event(id), "receipt.delayed: delayed 4.4.1");
  ASSERT_TRUE(hear(id, "Action: relayed\r\nStatus: 2.0.0\r\n"));
  EXPECT_EQ(at(id).status, delivered);
}

TEST_F(Bounces, OnesThatComeLateOrTwiceChangeNoState) {
  NotificationId id = put(NotificationType::email, delivered, "q1");
  ASSERT_TRUE(hear(id, "Action: failed\r\nStatus: 5.1.1\r\n"));
  EXPECT_EQ(at(id).status, delivered);
  EXPECT_EQ(last_event(id), "bounce.late: failed 5.1.1");
  EXPECT_TRUE(is_suppressed(service_));
  NotificationId failed = put(NotificationType::email, sending, "q2");
  ASSERT_TRUE(hear(failed, "Action: failed\r\nStatus: 5.1.1\r\n"));
  ASSERT_TRUE(hear(failed, "Action: delivered\r\n"));
  EXPECT_EQ(at(failed).status, permanent_failure);
  EXPECT_EQ(database_->notifications().events(failed)->size(), 1u);
}

TEST_F(Bounces, OneBeforeTheHandOverIsWrittenDownWaits) {
  NotificationId id = put(NotificationType::email, created);
  auto early = hear(id, "Action: failed\r\nStatus: 5.1.1\r\n");
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(at(id).status, created);
}

TEST_F(Bounces, ComplaintsAreKeptOnceAndSuppressForTheService) {
  NotificationId id = put(NotificationType::email, delivered, "q1");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(hear(id, "Feedback-Type: abuse\r\nVersion: 1\r\n", true));
  EXPECT_EQ(at(id).status, delivered);
  auto complaints = *database_->email_reports().complaints(service_, 10);
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_EQ(complaints[0].notification_id, id);
  EXPECT_EQ(complaints[0].type, "abuse");
  EXPECT_TRUE(is_suppressed(service_));
  EXPECT_FALSE(is_suppressed(ServiceId{Uuid::random(random_)}));
}

TEST_F(Bounces, WhatIsNoneOfOursIsSaidSo) {
  EXPECT_EQ(email_->take_bounce("Subject: hello\r\n\r\nhi", "").error().kind, ErrorKind::not_found);
  const NotificationId unknown{Uuid::random(random_)}, text = put(NotificationType::sms, sending);
  EXPECT_TRUE(hear(unknown, "Action: failed\r\n"));
  EXPECT_TRUE(hear(text, "Action: failed\r\n"));
  EXPECT_EQ(at(text).status, sending);
  EXPECT_EQ(email_->apply_bounce("{}").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(email_->apply_bounce("x").error().kind, ErrorKind::invalid_input);
}

TEST_F(Bounces, SesBouncesAndComplaintsSuppressToo) {
  put(NotificationType::email, sending, "ses-1");
  ASSERT_TRUE(email_->apply(ses_event("Bounce", "ses-1", clock_.now())));
  EXPECT_TRUE(is_suppressed(ServiceId{Uuid::random(random_)}));
}

TEST_F(ProviderReports, SnsMessagesBecomeTasks) {
  receipts::SnsMessage message{.message_id = "m1", .message = "news"};
  ASSERT_TRUE(email_->take(message));
  message.kind = receipts::SnsMessage::Kind::subscription_confirmation;
  message.subscribe_url = "https://sns.eu-west-1.amazonaws.com/?x";
  ASSERT_TRUE(email_->take(message));
  message.kind = receipts::SnsMessage::Kind::unsubscribe_confirmation;
  ASSERT_TRUE(email_->take(message));
  auto tasks = claim(ports::kEmailReceiptQueue);
  ASSERT_EQ(tasks.size(), 2u);
  EXPECT_EQ(tasks[0].kind, ports::kProcessSesEvent);
  EXPECT_EQ(tasks[0].payload, "news");
  EXPECT_EQ(tasks[1].kind, ports::kConfirmSnsTopic);
  EXPECT_EQ(tasks[1].payload, "https://sns.eu-west-1.amazonaws.com/?x");
}

TEST_F(ProviderReports, SubscriptionsAreConfirmedAtSnsOnly) {
  EXPECT_TRUE(email_->confirm("https://sns.eu-west-1.amazonaws.com/?x"));
  EXPECT_EQ(email_->confirm("https://169.254.169.254/").error().kind, ErrorKind::forbidden);
  EXPECT_EQ(client_.urls, std::vector<std::string>{"https://sns.eu-west-1.amazonaws.com/?x"});
  client_.status = 503;
  EXPECT_EQ(email_->confirm("https://sns.eu-west-1.amazonaws.com/?x").error().kind, ErrorKind::retry_later);
  client_.status = 302;
  EXPECT_EQ(email_->confirm("https://sns.eu-west-1.amazonaws.com/?x").error().kind, ErrorKind::rejected);
}

receipts::LetterReport despatch(NotificationId id) {
  return {id, true, *parse_rfc3339("2026-03-31T23:30:00Z"), 2, letters::CostClass::sorted};
}

TEST_F(ProviderReports, ADespatchedLetterIsDeliveredOnItsLocalDay) {
  NotificationId id = put(NotificationType::letter, sending);
  ASSERT_TRUE(letters_->take(despatch(id)));
  auto tasks = claim(ports::kLetterReceiptQueue);
  ASSERT_EQ(tasks.size(), 1u);
  ASSERT_TRUE(letters_->apply(*receipts::letter_report_from_payload(tasks[0].payload)));
  EXPECT_EQ(at(id).status, delivered);
  auto record = *database_->letters().despatch(id);
  ASSERT_TRUE(record);
  EXPECT_EQ(format_date(record->despatched_on), "2026-04-01");
  EXPECT_EQ(record->cost_class, "sorted");
  ASSERT_TRUE(letters_->apply(despatch(id)));
  EXPECT_EQ(database_->notifications().events(id)->size(), 1u) << "a repeated report changes nothing";
}

TEST_F(ProviderReports, CB6_RE8_LateReportsReachLettersWhoseDaysAreOver) {
  const auto letter = put(NotificationType::letter, technical_failure);
  ASSERT_EQ(database_->archive().archive({&letter, 1}, clock_.now() + 1s), 1);
  ASSERT_TRUE(letters_->apply(despatch(letter)));
  auto archived = database_->archive().find_all({&letter, 1});
  ASSERT_TRUE(archived && archived->size() == 1);
  EXPECT_EQ(archived->front().status, delivered);
  EXPECT_TRUE(database_->letters().despatch(letter)->has_value());
}

TEST_F(ProviderReports, LettersMoveOnlyWhereTheTableSays) {
  for (NotificationStatus from : notifications::all_statuses()) {
    NotificationId posted = put(NotificationType::letter, from);
    ASSERT_TRUE(letters_->apply(despatch(posted)));
    bool may = from == created || from == sending || from == pending || from == technical_failure;
    EXPECT_EQ(at(posted).status, may ? delivered : from) << to_string(from);
    EXPECT_EQ(database_->letters().despatch(posted)->has_value(), may || from == delivered) << to_string(from);
    NotificationId refused = put(NotificationType::letter, from);
    ASSERT_TRUE(letters_->apply({refused, false, clock_.now(), 0, letters::CostClass::unsorted}));
    may = from == created || from == sending || from == pending;
    EXPECT_EQ(at(refused).status, may ? technical_failure : from) << to_string(from);
    EXPECT_FALSE(database_->letters().despatch(refused)->has_value()) << to_string(from);
  }
}

TEST_F(ProviderReports, ARejectedLetterRaisesOneTicket) {
  NotificationId id = put(NotificationType::letter, sending);
  const receipts::LetterReport rejected{id, false, clock_.now(), 0, letters::CostClass::unsorted};
  ASSERT_TRUE(letters_->apply(rejected));
  ASSERT_TRUE(letters_->apply(rejected));
  auto tasks = claim(ports::kLetterReceiptQueue);
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].kind, ports::kReportRejectedLetter);
  ASSERT_TRUE(letters_->report_rejected(*NotificationId::parse(tasks[0].subject)));
  ASSERT_EQ(desk_.tickets.size(), 1u);
  EXPECT_NE(desk_.tickets[0].message.find(id.text()), std::string::npos);
  // Posted after all: it counts.
  ASSERT_TRUE(letters_->apply(despatch(id)));
  EXPECT_EQ(at(id).status, delivered);
}

TEST_F(ProviderReports, LettersOfTestKeysHaveNoDespatch) {
  NotificationId id = put(NotificationType::letter, sending);
  Notification test = at(id);
  test.id = NotificationId{Uuid::time_ordered(clock_.now(), random_)};
  test.reference = "TESTKEYREFERENCE";
  test.key_type = accounts::KeyType::test;
  ASSERT_TRUE(database_->notifications().accept({.notification = test, .tasks = {}}));
  ASSERT_TRUE(letters_->apply(despatch(test.id)));
  EXPECT_EQ(at(test.id).status, delivered);
  EXPECT_FALSE(database_->letters().despatch(test.id)->has_value());
}

TEST_F(ProviderReports, ReportsOnUnknownLettersAreLoggedAndOver) {
  EXPECT_TRUE(letters_->apply(despatch(NotificationId{Uuid::random(random_)})));
  NotificationId text = put(NotificationType::sms, sending);
  EXPECT_TRUE(letters_->apply(despatch(text)));
  EXPECT_EQ(at(text).status, sending);
}

}  // namespace
}  // namespace postroom::flows
