// Varied: how long a letter waits for its checks, and whether its file is there.
#include "flows/print_run/stuck_checks.h"

#include <gtest/gtest.h>

#include "ports/task_names.h"
#include "ports/testing_letters.h"
#include "ports/testing_tickets.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using enum notifications::NotificationStatus;

class StuckChecksTest : public testing::Test, protected ports::testing::LetterWorld {
 protected:
  ports::testing::MemoryBlobStore blobs_;
  ports::testing::MemoryTicketDesk desk_;
  StuckChecks stuck_{{care_, notifications_, blobs_, tasks_, desk_, clock_, calendar_}, true, "test"};
};

TEST_F(StuckChecksTest, SR3_SR4_StuckChecksByAge) {
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
      desk_.tickets.clear();
      auto done = nightly ? stuck_.nightly() : stuck_.recent();
      ASSERT_TRUE(done);
      const std::string_view expected = nightly ? row.nightly : row.recent;
      EXPECT_EQ(done->asked_again, expected == "again" ? 1 : 0) << row.age.count() << nightly;
      EXPECT_EQ(done->without_file, expected == "ticket" ? 1 : 0) << row.age.count() << nightly;
      EXPECT_EQ(done->too_old, expected == "old" ? 1 : 0) << row.age.count() << nightly;
      EXPECT_EQ(desk_.tickets.size(), expected == "ticket" || expected == "old" ? 1u : 0u);
      for (const ports::Ticket& ticket : desk_.tickets)
        EXPECT_NE(ticket.message.find(n.id.text()), std::string::npos);
    }
    notifications_.erase(n.id);
  }
  // Asked for again and again, a letter has one check at a time.
  for (const ports::ClaimedTask& task : queued(ports::kScanQueue)) EXPECT_EQ(task.kind, ports::kScanLetter);
  const Notification n = letter(pending_virus_check, 20min);
  ASSERT_TRUE(LetterFiles(blobs_, calendar_).store(n, "%PDF"));
  ASSERT_TRUE(stuck_.recent());
  ASSERT_TRUE(stuck_.recent());
  EXPECT_EQ(queued(ports::kScanQueue).size(), 1u);
}

TEST_F(StuckChecksTest, SR3_WithoutAScannerLettersAreHeldAndTheFirstIsReported) {
  StuckChecks scannerless({care_, notifications_, blobs_, tasks_, desk_, clock_, calendar_}, true, "test", false);
  ASSERT_TRUE(scannerless.recent());
  EXPECT_TRUE(desk_.tickets.empty());
  const Notification first = letter(pending_virus_check, 12min);
  ASSERT_TRUE(LetterFiles(blobs_, calendar_).store(first, "%PDF"));
  EXPECT_EQ(scannerless.recent()->held, 1);
  ASSERT_EQ(desk_.tickets.size(), 1u);
  EXPECT_NE(desk_.tickets[0].message.find(first.id.text()), std::string::npos);
  EXPECT_NE(desk_.tickets[0].message.find("antivirus.address"), std::string::npos);
  clock_.advance(10min);
  letter(pending_virus_check, 12min);
  EXPECT_EQ(scannerless.recent()->held, 2);
  EXPECT_EQ(desk_.tickets.size(), 1u) << "known already";
  ASSERT_TRUE(scannerless.nightly());
  EXPECT_EQ(desk_.tickets.size(), 2u);
  EXPECT_TRUE(tasks_.rows().empty());
  EXPECT_EQ(notifications_.at(first.id).status, pending_virus_check);
}

TEST_F(StuckChecksTest, SR6_AFileOnItsWayBackIsNotMissing) {
  const Notification n = letter(pending_virus_check, 20min);
  blobs_.blobs[{ports::Bucket::letters_scan,
                "ERROR/" + letters::pdf_file_name(n.reference, *n.postage, n.created_at)}] = "%PDF";
  EXPECT_EQ(stuck_.recent()->asked_again, 1);
  EXPECT_TRUE(desk_.tickets.empty());
}

}  // namespace
}  // namespace postroom::flows
