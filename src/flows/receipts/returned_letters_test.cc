// Varied: the state of letters, live and archived ones, when they are reported, and whether their service listens.
#include "flows/receipts/returned_letters.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/log.h"
#include "core/letters/file_names.h"
#include "ports/task_names.h"
#include "ports/testing_care.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using enum notifications::NotificationStatus;

class ReturnedLettersTest : public testing::Test {
 protected:
  ReturnedLettersTest() {
    set_log_sink([](std::string_view) {});
    service_.id = ServiceId{Uuid::random(random_)};
    template_.id = TemplateId{Uuid::random(random_)};
    template_.service_id = service_.id;
    template_.name = "Reminder";
    EXPECT_TRUE(templates_.add_version(template_));
  }
  ~ReturnedLettersTest() override { set_log_sink(nullptr); }

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
  accounts::Service service_;
  notifications::Template template_;
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::MemoryServiceStore services_;
  ports::testing::MemoryTemplateStore templates_;
  ports::testing::MemoryJobStore jobs_{tasks_};
  ports::testing::MemoryLetterCareStore care_{notifications_, jobs_};
  ports::testing::MemoryArchiveStore archive_{notifications_, jobs_, tasks_};
  DeliveryCallbacks callbacks_{services_};
  ReturnedLetters returned_{{care_, archive_, notifications_, templates_, jobs_, callbacks_, clock_}};
};

TEST_F(ReturnedLettersTest, RL2_RL3_WhateverItsStateLiveOrArchived) {
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

TEST_F(ReturnedLettersTest, RL5_TheServiceHearsOnce) {
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

TEST_F(ReturnedLettersTest, RL4_StatisticsOfTheLastSevenDays) {
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

}  // namespace
}  // namespace postroom::flows
