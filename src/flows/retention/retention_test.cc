// Varied: ages, states, keys and folders of messages, and where a run is interrupted. Held: files go before rows,
// what may not go stays, and a second run finishes what the first left.
#include "flows/retention/retention.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "core/letters/file_names.h"
#include "flows/print_run/letter_files.h"
#include "ports/task_names.h"
#include "ports/testing_care.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using notifications::Postage;
using ports::Bucket;
using enum notifications::NotificationStatus;

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() {
    set_log_sink([](std::string_view) {});
    service_.id = ServiceId{Uuid::random(random_)};
    EXPECT_TRUE(services_.create(service_));
  }
  ~RetentionTest() override { set_log_sink(nullptr); }

  Notification put(NotificationType type, Duration age, NotificationStatus status = delivered) {
    Notification n;
    n.id = NotificationId{Uuid::random(random_)};
    n.service_id = service_.id;
    n.type = type;
    n.status = status;
    n.created_at = clock_.now() - age;
    n.to = "somebody";
    if (type == NotificationType::letter) {
      n.reference = letters::make_reference(random_);
      n.postage = Postage::second;
    }
    notifications_.put(n);
    return n;
  }
  Notification put_letter(Duration age, NotificationStatus status = delivered,
                          accounts::KeyType key = accounts::KeyType::normal) {
    Notification n = put(NotificationType::letter, age, status);
    n.key_type = key;
    notifications_.put(n);
    EXPECT_TRUE(LetterFiles(blobs_, calendar_).store(n, "%PDF"));
    return n;
  }
  Result<RetentionSummary> run(NotificationType type) {
    return retention_.run(service_.id, type, [this] { return ++renewals_ <= renewals_max_; });
  }
  bool is_live(const Notification& n) const { return notifications_.rows().contains(n.id); }

  SeededRandom random_{11};
  MovableClock clock_{parse_rfc3339("2026-04-06T02:00:00Z").value()};
  TimeZone zone_ = TimeZone::load("Europe/London").value();
  letters::PrintCalendar calendar_{.zone = zone_};
  accounts::Service service_;
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::MemoryServiceStore services_;
  ports::testing::MemoryJobStore jobs_{tasks_};
  ports::testing::MemoryBlobStore blobs_;
  ports::testing::MemoryArchiveStore archive_{notifications_, jobs_, tasks_};
  Retention retention_{{archive_, services_, blobs_, tasks_, clock_, calendar_}};
  int renewals_ = 0, renewals_max_ = 1'000'000;
};

TEST_F(RetentionTest, RE1_HalfOpenAtLocalMidnightAndForItsChannelOnly) {
  const UtcTime horizon = parse_rfc3339("2026-03-29T23:00:00Z").value();
  const Notification before = put(NotificationType::sms, clock_.now() - horizon + 1us);
  const Notification at = put(NotificationType::sms, clock_.now() - horizon);
  const Notification email = put(NotificationType::email, 30 * 24h);
  auto done = run(NotificationType::sms);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->before, horizon);
  EXPECT_EQ(done->messages, 1);
  EXPECT_FALSE(is_live(before));
  EXPECT_TRUE(is_live(at) && is_live(email));
  EXPECT_EQ(archive_.archived.at(before.id).to, "");
}

TEST_F(RetentionTest, RE1_AServicesOwnDays) {
  service_.retention_days = {.email = 3, .sms = 90, .letter = 10};
  ASSERT_TRUE(services_.update(service_));
  struct Row {
    NotificationType type;
    int days;
  };
  for (const Row& row :
       {Row{NotificationType::email, 3}, {NotificationType::sms, 90}, {NotificationType::letter, 10}}) {
    const Notification old = put(row.type, (row.days + 1) * 24h), young = put(row.type, (row.days - 1) * 24h);
    ASSERT_TRUE(run(row.type));
    EXPECT_FALSE(is_live(old)) << row.days;
    EXPECT_TRUE(is_live(young)) << row.days;
  }
}

TEST_F(RetentionTest, RE3_RE5_LettersLoseTheirFilesUnlessTheirEndIsUnknown) {
  for (NotificationStatus status : notifications::all_statuses()) {
    for (accounts::KeyType key : {accounts::KeyType::normal, accounts::KeyType::test}) {
      const Notification letter = put_letter(8 * 24h, status, key);
      const bool stays =
          status == created || status == pending_virus_check || status == sending || status == pending;
      auto done = run(NotificationType::letter);
      ASSERT_TRUE(done);
      EXPECT_EQ(done->messages, stays ? 0 : 1) << to_string(status);
      EXPECT_EQ(done->pdfs, stays ? 0 : 1) << to_string(status);
      EXPECT_EQ(is_live(letter), stays) << to_string(status);
      EXPECT_EQ(LetterFiles(blobs_, calendar_).find(letter).has_value(), stays) << to_string(status);
    }
  }
}

TEST_F(RetentionTest, RE5_FilesThatWereInfectedOrNotCheckedGoWithTheirLetters) {
  for (auto [status, folder] : {std::pair{virus_scan_failed, "FAILURE/"}, {technical_failure, "ERROR/"}}) {
    const Notification letter = put(NotificationType::letter, 8 * 24h, status);
    const std::string key = folder + letters::pdf_file_name(letter.reference, Postage::second, letter.created_at);
    blobs_.blobs[{Bucket::letters_scan, key}] = "%PDF";
    blobs_.blobs[{Bucket::letters_scan, std::string(folder) + "NOTIFY.OTHER.PDF"}] = "%PDF";
    auto done = run(NotificationType::letter);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->pdfs, 1) << folder;
    EXPECT_FALSE(blobs_.blobs.contains({Bucket::letters_scan, key}));
    EXPECT_EQ(blobs_.blobs.erase({Bucket::letters_scan, std::string(folder) + "NOTIFY.OTHER.PDF"}), 1u);
  }
}

TEST_F(RetentionTest, RE5_FilesOfOthersStayAndAMissingFileIsNoError) {
  const Notification old = put_letter(8 * 24h), lost = put(NotificationType::letter, 8 * 24h);
  const Notification other = put_letter(8 * 24h, sending);
  const std::string folder = letters::day_folder(letters::print_day(old.created_at, calendar_));
  // Of an earlier postage, and the record of a zip beside it.
  blobs_.blobs[{Bucket::letters_pdf,
                folder + letters::pdf_file_name(old.reference, Postage::first, old.created_at)}] = "%PDF";
  blobs_.blobs[{Bucket::letters_pdf, folder + "zips_sent/NOTIFY." + old.reference + ".ZIP.TXT"}] = "[]";
  auto done = run(NotificationType::letter);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->messages, 2);
  EXPECT_EQ(done->pdfs, 2);
  EXPECT_FALSE(is_live(lost));
  EXPECT_EQ(blobs_.blobs.size(), 2u);
  EXPECT_TRUE(LetterFiles(blobs_, calendar_).find(other));
}

TEST_F(RetentionTest, RE5_InterruptedAnywhereTheNextRunFinishes) {
  constexpr int kLetters = 2 * static_cast<int>(kArchivedPerCommit) + 5;
  for (int good_commits = 0; good_commits < 3; ++good_commits) {
    for (int i = 0; i < kLetters; ++i) put_letter(8 * 24h);
    archive_.archive_calls_before_fault = good_commits;
    archive_.archive_fault.count = 1;
    auto first = run(NotificationType::letter);
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().kind, ErrorKind::retry_later);
    // No file without a row.
    EXPECT_LE(blobs_.blobs.size(), notifications_.rows().size());
    ASSERT_TRUE(run(NotificationType::letter));
    EXPECT_TRUE(blobs_.blobs.empty());
    EXPECT_TRUE(notifications_.rows().empty());
    EXPECT_EQ(archive_.archived.size(), static_cast<std::size_t>(kLetters * (good_commits + 1)));
  }
}

TEST_F(RetentionTest, StopsWhenItsClaimIsLost) {
  for (int i = 0; i < 2 * static_cast<int>(kArchivedPerCommit); ++i) put(NotificationType::sms, 8 * 24h);
  renewals_max_ = 1;
  auto done = run(NotificationType::sms);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(notifications_.rows().size(), kArchivedPerCommit);
}

TEST_F(RetentionTest, RE7_SpreadsheetsOfOldJobs) {
  auto add_job = [&](Duration age, jobs::JobStatus status) {
    jobs::Job job{.id = JobId{Uuid::random(random_)}, .service_id = service_.id};
    job.type = NotificationType::letter;
    job.status = status;
    job.created_at = clock_.now() - age;
    EXPECT_TRUE(jobs_.create(job, {}, {}));
    blobs_.blobs[{Bucket::job_files, jobs::file_key(service_.id, job.id)}] = "csv";
    return job.id;
  };
  add_job(8 * 24h, jobs::JobStatus::finished);
  const JobId young = add_job(6 * 24h, jobs::JobStatus::finished);
  const JobId waiting = add_job(8 * 24h, jobs::JobStatus::scheduled);
  EXPECT_EQ(run(NotificationType::sms)->job_files, 0);
  EXPECT_EQ(run(NotificationType::letter)->job_files, 1);
  EXPECT_EQ(run(NotificationType::letter)->job_files, 0);
  EXPECT_EQ(blobs_.blobs.size(), 2u);
  for (JobId left : {young, waiting})
    EXPECT_TRUE(blobs_.blobs.contains({Bucket::job_files, jobs::file_key(service_.id, left)}));
}

TEST_F(RetentionTest, RE2_ATaskForEachServiceAndChannel) {
  accounts::Service other;
  other.id = ServiceId{Uuid::random(random_)};
  other.active = false;
  ASSERT_TRUE(services_.create(other));
  EXPECT_EQ(retention_.plan().value(), 6);
  EXPECT_EQ(retention_.plan().value(), 6);
  auto claimed = tasks_.claim(ports::kPeriodicQueue, 100, clock_.now(), 1min, "w");
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->size(), 6u);
  for (const ports::ClaimedTask& task : *claimed) {
    auto subject = parse_retention_subject(task.subject);
    ASSERT_TRUE(subject) << task.subject;
    EXPECT_EQ(retention_subject(subject->service, subject->type), task.subject);
  }
  for (const char* bad : {"", ":", "sms", "no-id:sms"}) EXPECT_FALSE(parse_retention_subject(bad)) << bad;
  EXPECT_FALSE(parse_retention_subject(other.id.text() + ":fax"));
}

}  // namespace
}  // namespace postroom::flows
