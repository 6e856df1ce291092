// Varied: a letter's state and age, who asks, what the print house reports, and where files are.
#include <gtest/gtest.h>

#include "base/log.h"
#include "core/letters/file_names.h"
#include "flows/letter_care/letter_cancelling.h"
#include "flows/letter_care/returned_letters.h"
#include "flows/letter_care/stuck_checks.h"
#include "ports/task_names.h"
#include "ports/testing_care.h"

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

class Desk final : public ports::TicketDesk {
 public:
  std::vector<ports::Ticket> raised;
  std::string_view name() const override { return "test"; }
  Result<void> raise(const ports::Ticket& ticket) override {
    raised.push_back(ticket);
    return {};
  }
};

class LetterCareTest : public testing::Test {
 protected:
  LetterCareTest() {
    set_log_sink([](std::string_view) {});
    service_.id = ServiceId{Uuid::random(random_)};
    template_.id = TemplateId{Uuid::random(random_)};
    template_.service_id = service_.id;
    template_.name = "Reminder";
    EXPECT_TRUE(templates_.add_version(template_));
  }
  ~LetterCareTest() override { set_log_sink(nullptr); }

  Notification letter(NotificationStatus status = created, Duration age = 0s) {
    Notification n;
    n.id = NotificationId{Uuid::random(random_)};
    n.service_id = service_.id;
    n.type = NotificationType::letter;
    n.status = status;
    n.reference = letters::make_reference(random_);
    n.postage = notifications::Postage::second;
    n.billable_units = 2;
    n.created_at = clock_.now() - age;
    n.template_id = template_.id;
    n.api_key_id = ApiKeyId{Uuid::random(random_)};
    notifications_.put(n);
    return n;
  }
  jobs::Job job(jobs::JobStatus status = jobs::JobStatus::finished) {
    jobs::Job made{.id = JobId{Uuid::random(random_)}, .service_id = service_.id};
    made.type = NotificationType::letter;
    made.status = status;
    made.file_name = "people.csv";
    made.created_by = "ann@example.org";
    made.created_at = clock_.now();
    EXPECT_TRUE(jobs_.create(made, {}, {}));
    return made;
  }
  Notification row_of(const jobs::Job& made, int row, NotificationStatus status = created) {
    Notification n = letter(status);
    n.job_id = made.id;
    n.job_row = row;
    notifications_.put(n);
    return n;
  }
  std::vector<ports::ClaimedTask> queued(std::string_view queue) {
    return tasks_.claim(queue, 100, clock_.now(), 1min, "w").value();
  }

  SeededRandom random_{5};
  MovableClock clock_{parse_rfc3339("2026-01-14T10:00:00Z").value()};
  TimeZone zone_ = TimeZone::load("Europe/London").value();
  letters::PrintCalendar calendar_{.zone = zone_};
  accounts::Service service_;
  notifications::Template template_;
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::MemoryServiceStore services_;
  ports::testing::MemoryTemplateStore templates_;
  ports::testing::MemoryJobStore jobs_{tasks_};
  ports::testing::MemoryBlobStore blobs_;
  ports::testing::MemoryLetterCareStore care_{notifications_, jobs_};
  ports::testing::MemoryArchiveStore archive_{notifications_, jobs_, tasks_};
  GivingBack limits_;
  Desk desk_;
  DeliveryCallbacks callbacks_{services_};
  LetterCancelling cancelling_{{care_, notifications_, jobs_, limits_, clock_, calendar_}};
  ReturnedLetters returned_{{care_, archive_, notifications_, templates_, jobs_, callbacks_, clock_}};
  StuckChecks stuck_{{care_, notifications_, blobs_, tasks_, desk_, clock_, calendar_}, true, "test"};
};

TEST_F(LetterCareTest, CA1_ALetterByItsState) {
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

TEST_F(LetterCareTest, CA1_NoLetterAndAnotherKey) {
  Notification text = letter();
  text.type = NotificationType::sms;
  EXPECT_EQ(cancelling_.cancel(service_, KeyType::normal, text).error().kind, RefusalKind::bad_request);
  const Notification n = letter();
  EXPECT_EQ(cancelling_.cancel(service_, KeyType::test, n).error().kind, RefusalKind::forbidden);
  EXPECT_TRUE(cancelling_.cancel(service_, std::nullopt, n));
}

TEST_F(LetterCareTest, CA1_OnlyTheSameUtcDayIsGivenBack) {
  clock_.advance(8h);  // 18:00, past the cut-off
  const Notification n = letter();
  clock_.advance(7h);  // next UTC day, the run has not closed
  ASSERT_TRUE(cancelling_.cancel(service_, KeyType::normal, n));
  EXPECT_TRUE(limits_.given_back.empty());
}

TEST_F(LetterCareTest, CA4_NotWhatIsInAZipOrHasMovedOn) {
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

TEST_F(LetterCareTest, CA2_AJobAsAWhole) {
  const jobs::Job made = job();
  const Notification a = row_of(made, 0), b = row_of(made, 1), failed = row_of(made, 2, technical_failure);
  EXPECT_EQ(cancelling_.cancel_job(service_, KeyType::normal, made).value(), 2);
  EXPECT_EQ(notifications_.at(a.id).status, cancelled);
  EXPECT_EQ(notifications_.at(b.id).status, cancelled);
  EXPECT_EQ(notifications_.at(failed.id).status, technical_failure);
  ASSERT_EQ(limits_.given_back.size(), 1u);
  EXPECT_EQ(limits_.given_back[0].count, 2);
}

TEST_F(LetterCareTest, CA2_WhyAJobIsNotCancelled) {
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

TEST_F(LetterCareTest, RL2_RL3_WhateverItsStateLiveOrArchived) {
  std::vector<std::string> references;
  std::vector<Notification> all;
  for (NotificationStatus status : notifications::all_statuses()) {
    all.push_back(letter(status, 9 * 24h));
    all.push_back(letter(status, 9 * 24h));
  }
  std::vector<NotificationId> every_second;
  for (std::size_t i = 0; i < all.size(); i += 2) every_second.push_back(all[i].id);
  ASSERT_TRUE(archive_.archive(every_second, clock_.now()));
  ASSERT_FALSE(archive_.archived.empty());
  for (const Notification& n : all) references.push_back(n.reference);
  references.push_back("ZZZZZZZZZZZZZZZZ");
  auto summary = returned_.report(references);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->references, static_cast<int>(all.size()) + 1);
  EXPECT_EQ(summary->known_before, 2);  // in the state already
  EXPECT_EQ(summary->returned, static_cast<int>(all.size()) - 2);
  EXPECT_EQ(summary->were_cancelled, 2);
  EXPECT_EQ(summary->unknown_references, std::vector<std::string>{"ZZZZZZZZZZZZZZZZ"});
  for (const Notification& n : all) {
    const bool is_archived = archive_.archived.contains(n.id);
    EXPECT_EQ((is_archived ? archive_.archived.at(n.id) : notifications_.at(n.id)).status, returned_letter);
  }
  EXPECT_EQ(care_.returned.size(), all.size());
  // The day after: nothing new, and the first day stays.
  clock_.advance(24h);
  summary = returned_.report(references);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->returned, 0);
  EXPECT_EQ(returned_.statistics(service_.id)->most_recent_report, parse_date("2026-01-14"));
  EXPECT_EQ(returned_.letters_of(service_.id, parse_date("2026-01-14").value())->letters.size(), all.size());
}

TEST_F(LetterCareTest, RL5_TheServiceHearsOnce) {
  const Notification quiet = letter(delivered);
  ASSERT_TRUE(returned_.report(std::vector{quiet.reference}));
  EXPECT_TRUE(queued(ports::kCallbackQueue).empty());
  ASSERT_TRUE(services_.set_callback({.service_id = service_.id,
                                      .type = accounts::CallbackType::returned,
                                      .url = "https://example.org/r",
                                      .bearer_token = "0123456789"}));
  const jobs::Job made = job();
  const Notification n = row_of(made, 0, delivered);
  const std::vector<std::string> references{n.reference, quiet.reference};
  ASSERT_TRUE(returned_.report(references));
  ASSERT_TRUE(returned_.report(references));
  auto tasks = queued(ports::kCallbackQueue);
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].kind, ports::kSendReturnedLetter);
  EXPECT_EQ(tasks[0].subject, n.id.text());
  auto snapshot = parse_json(tasks[0].payload).value();
  EXPECT_EQ(get_string(snapshot.get_object(), "url"), "https://example.org/r");
  auto body = parse_json(get_string(snapshot.get_object(), "body").value()).value().get_object();
  EXPECT_EQ(get_string(body, "template_name"), "Reminder");
  EXPECT_EQ(get_string(body, "sent_by"), "ann@example.org");
  EXPECT_EQ(get_string(body, "spreadsheet_file_name"), "people.csv");
  EXPECT_EQ(get_int(body, "spreadsheet_row_number"), 2);
}

TEST_F(LetterCareTest, RL4_StatisticsOfTheLastSevenDays) {
  EXPECT_EQ(returned_.statistics(service_.id)->recent, 0);
  EXPECT_EQ(returned_.statistics(service_.id)->most_recent_report, std::nullopt);
  ASSERT_TRUE(returned_.report(std::vector{letter(delivered).reference, letter(delivered).reference}));
  EXPECT_EQ(returned_.statistics(service_.id)->recent, 2);
  clock_.advance(6 * 24h);
  EXPECT_EQ(returned_.statistics(service_.id)->recent, 2);
  clock_.advance(24h);
  EXPECT_EQ(returned_.statistics(service_.id)->recent, 0);
  EXPECT_EQ(returned_.statistics(service_.id)->most_recent_report, parse_date("2026-01-14"));
  // A letter that is gone altogether.
  care_.returned.push_back({NotificationId{Uuid::random(random_)}, service_.id, parse_date("2026-01-14").value()});
  EXPECT_EQ(returned_.letters_of(service_.id, parse_date("2026-01-14").value())->orphans, 1);
}

TEST_F(LetterCareTest, SR3_SR4_StuckChecksByAge) {
  struct Row {
    Duration age;
    bool has_file;
    const char* recent;   // again, ticket or empty
    const char* nightly;  // the same, or old
  };
  const Row rows[] = {
      {9min, true, "", ""},
      {11min, true, "again", "again"},
      {11min, false, "ticket", "ticket"},
      {119min, true, "again", "again"},
      {121min, true, "", "again"},
      {73h, true, "", "old"},
      {5 * 24h + 1h, true, "", "old"},
      {31 * 24h, true, "", ""},
  };
  for (const Row& row : rows) {
    const Notification n = letter(pending_virus_check, row.age);
    if (row.has_file) {
      ASSERT_TRUE(LetterFiles(blobs_, calendar_).store(n, "%PDF"));
    }
    for (bool nightly : {false, true}) {
      desk_.raised.clear();
      auto done = nightly ? stuck_.nightly() : stuck_.recent();
      ASSERT_TRUE(done);
      const std::string_view expected = nightly ? row.nightly : row.recent;
      EXPECT_EQ(done->asked_again, expected == "again" ? 1 : 0) << row.age.count() << nightly;
      EXPECT_EQ(done->without_file, expected == "ticket" ? 1 : 0) << row.age.count() << nightly;
      EXPECT_EQ(done->too_old, expected == "old" ? 1 : 0) << row.age.count() << nightly;
      EXPECT_EQ(desk_.raised.size(), expected == "ticket" || expected == "old" ? 1u : 0u);
      for (const ports::Ticket& ticket : desk_.raised)
        EXPECT_NE(ticket.message.find(n.id.text()), std::string::npos);
    }
    notifications_.erase(n.id);
  }
  // Asked for again and again, a letter has one check at a time.
  for (const ports::ClaimedTask& task : queued(ports::kLettersQueue)) EXPECT_EQ(task.kind, ports::kScanLetter);
  const Notification n = letter(pending_virus_check, 20min);
  ASSERT_TRUE(LetterFiles(blobs_, calendar_).store(n, "%PDF"));
  ASSERT_TRUE(stuck_.recent());
  ASSERT_TRUE(stuck_.recent());
  EXPECT_EQ(queued(ports::kLettersQueue).size(), 1u);
}

}  // namespace
}  // namespace postroom::flows
