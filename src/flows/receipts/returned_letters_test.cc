// Varied: the state of letters, live and archived ones, when they are reported, and whether their service listens.
#include "flows/receipts/returned_letters.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "ports/task_names.h"
#include "ports/testing_letters.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using enum notifications::NotificationStatus;

class ReturnedLettersTest : public testing::Test, protected ports::testing::LetterWorld {
 protected:
  ports::testing::MemoryServiceStore services_;
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
