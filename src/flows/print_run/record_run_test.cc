// Over a real store. Varied: where a run or a hand-over is cut short. Held: a letter is in one file that the print
// house has, or it still waits, or a person is told.
#include <gtest/gtest.h>

#include <random>

#include "adapters/sqlite/open.h"
#include "adapters/sqlite/temporary_folder.h"
#include "core/letters/file_names.h"
#include "core/letters/record.h"
#include "flows/print_run/api_records.h"
#include "flows/print_run/job_records.h"
#include "flows/print_run/record_sender.h"
#include "flows/print_run/record_sweep.h"
#include "flows/print_run/testing_house.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using accounts::Permission;
using jobs::JobStatus;
using notifications::Notification;
using notifications::NotificationStatus;
using ports::Bucket;
using print_test::UploadFault;

// The store's, with something that happens between a run's look at the letters and its plan.
class InterruptedRecords final : public ports::RecordStore {
 public:
  explicit InterruptedRecords(ports::RecordStore& store) : store_(store) {}
  std::function<void()> before_plan;
  print_test::Fault plan_fault;

  Result<std::vector<NotificationId>> candidates(UtcTime deadline, int limit) override {
    return store_.candidates(deadline, limit);
  }
  Result<std::vector<ports::JobLetter>> job_letters(JobId job) override { return store_.job_letters(job); }
  Result<std::vector<jobs::Job>> jobs(JobStatus status, UtcTime before, int limit) override {
    return store_.jobs(status, before, limit);
  }
  Result<void> plan(const ports::LetterZip& file, std::span<const ports::ZipLetter> letters, NotificationStatus to,
                    const ports::NewTask& task) override {
    if (auto act = std::exchange(before_plan, nullptr)) act();
    if (plan_fault.strikes()) return fail(plan_fault.error);
    return store_.plan(file, letters, to, task);
  }
  Result<std::vector<std::string>> uploaded_files_with_waiting_letters() override {
    return store_.uploaded_files_with_waiting_letters();
  }

 private:
  ports::RecordStore& store_;
};

class RecordRun : public testing::Test {
 protected:
  RecordRun() {
    database_ = std::move(
        *sqlite::open({.path = folder_ / "postroom.db", .key_ring = ring_, .random = random_, .clock = clock_}));
    records_ = std::make_unique<InterruptedRecords>(database_->records());
    service_.id = ServiceId{Uuid::random(random_)};
    service_.name = "Council";
    service_.permissions = {Permission::letter};
    service_.print_organisation = "007";
    EXPECT_TRUE(database_->services().create(service_));
    text_.id = TemplateId{Uuid::random(random_)};
    text_.service_id = service_.id;
    text_.type = notifications::NotificationType::letter;
    text_.subject = "Bins";
    text_.content = "Dear ((name))";
    EXPECT_TRUE(database_->templates().add_version(text_));
  }

  RecordPorts ports() {
    return {{database_->notifications(),
             database_->letters(),
             blobs_,
             database_->tasks(),
             database_->leases(),
             house_,
             {},
             clock_,
             random_,
             zone_},
            *records_,
            database_->services(),
            database_->templates(),
            database_->jobs()};
  }
  RecordSender sender() {
    PrintRunOptions options;
    options.temp_folder = folder_ / "";
    return RecordSender(ports(), options);
  }
  Notification letter(std::optional<JobId> job = std::nullopt, int row = 0) {
    Notification n;
    n.id = NotificationId{Uuid::time_ordered(clock_.now(), random_)};
    n.service_id = service_.id;
    n.type = notifications::NotificationType::letter;
    n.template_id = text_.id;
    n.reference = letters::make_reference(random_);
    n.postage = notifications::Postage::second;
    n.created_at = clock_.now();
    n.to = "Ann\n1 Road\nLS1 4AP";
    n.personalisation = R"({"name":"Ann"})";
    n.job_id = job;
    if (job) n.job_row = row;
    return n;
  }
  Notification stored(const Notification& n) {
    EXPECT_TRUE(database_->notifications().accept({.notification = n, .tasks = {}}));
    return n;
  }
  jobs::Job job_of(int rows, JobStatus status = JobStatus::finished,
                   accounts::KeyType key = accounts::KeyType::normal) {
    jobs::Job job{.id = JobId{Uuid::time_ordered(clock_.now(), random_)},
                  .service_id = service_.id,
                  .template_id = text_.id,
                  .type = notifications::NotificationType::letter,
                  .row_count = rows,
                  .status = status};
    job.created_at = clock_.now();
    job.key_type = key;
    EXPECT_TRUE(database_->jobs().create(job, {}));
    for (int i = 0; i < rows; ++i) rows_.push_back(stored(letter(job.id, i)));
    return job;
  }
  JobStatus status(const jobs::Job& job) { return database_->jobs().find(job.id)->status; }
  NotificationStatus status(const Notification& n) { return database_->notifications().find(n.id)->status; }
  void cancel(const Notification& n) {
    EXPECT_TRUE(*database_->notifications().move({.id = n.id,
                                                  .from = {NotificationStatus::created},
                                                  .to = NotificationStatus::cancelled,
                                                  .at = clock_.now()}));
  }
  Result<ApiRecordsSummary> run() { return ApiRecords(ports()).run(clock_.now() + 1s); }
  // The one file that is planned.
  std::string planned() {
    const auto all = unfinished();
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? std::string() : all.front().name;
  }
  std::vector<ports::LetterZip> unfinished() { return database_->letters().unfinished_zips().value(); }
  Result<SendOutcome> send(const std::string& name) {
    return sender().send(name, [] { return true; });
  }
  // References in the files that the print house has, now or in the past.
  std::multiset<std::string> printed() {
    std::multiset<std::string> out;
    for (const auto& [place, content] : house_.files) {
      if (!letters::is_record_file_name(place.second)) continue;
      for (std::string_view line : letters::record_lines(content)) out.emplace(letters::reference_of_record(line));
    }
    return out;
  }
  int files_kept(std::string_view prefix) {
    int count = 0;
    EXPECT_TRUE(blobs_.list(Bucket::letter_records, prefix, [&](const ports::BlobInfo&) { ++count; }));
    return count;
  }

  sqlite::TemporaryFolder folder_;
  print_test::LogCapture logs_;
  SystemRandom random_;
  MovableClock clock_{*parse_rfc3339("2026-01-14T17:40:00Z")};
  TimeZone zone_ = *TimeZone::load("Europe/London");
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
  std::unique_ptr<ports::Database> database_;
  std::unique_ptr<InterruptedRecords> records_;
  print_test::FakeBlobStore blobs_;
  print_test::FakePrintDrop house_;
  accounts::Service service_;
  notifications::Template text_;
  std::vector<Notification> rows_;
};

TEST_F(RecordRun, LG6_letters_are_written_made_pending_and_sent) {
  const auto a = stored(letter());
  const auto b = stored(letter());
  const auto summary = run();
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->files, 1);
  EXPECT_EQ(summary->letters, 2);
  EXPECT_EQ(status(a), NotificationStatus::pending);
  EXPECT_EQ(planned(), "Notify-202601141740-rq.txt");
  EXPECT_EQ(files_kept("api/"), 1);
  const auto tasks = *database_->tasks().claim(ports::kPrintQueue, 10, clock_.now(), 60s, "test");
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].kind, ports::kSendApiRecords);
  EXPECT_EQ(tasks[0].subject, planned());

  const auto outcome = send(planned());
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->moved, 2);
  EXPECT_EQ(printed(), (std::multiset<std::string>{a.reference, b.reference}));
  const auto sent = *database_->notifications().find(b.id);
  EXPECT_EQ(sent.status, NotificationStatus::sending);
  EXPECT_EQ(sent.sent_by, "dvla");
  EXPECT_EQ(sent.sent_at, clock_.now());
  EXPECT_EQ(sent.provider_reference, "Notify-202601141740-rq.txt");
  EXPECT_EQ(run()->files, 0);
}

TEST_F(RecordRun, LG6_none_writes_no_file) {
  EXPECT_EQ(run()->files, 0);
  EXPECT_EQ(files_kept(""), 0);
  EXPECT_TRUE(logs_.has("letters.records_none"));
}

TEST_F(RecordRun, LG6_a_run_cut_short_before_the_plan_leaves_letters_for_the_next) {
  const auto a = stored(letter());
  records_->plan_fault = {.count = 1};
  EXPECT_FALSE(run());
  EXPECT_EQ(status(a), NotificationStatus::created);
  EXPECT_EQ(run()->letters, 1);
  ASSERT_TRUE(send(planned()));
  EXPECT_EQ(printed().size(), 1u);
}

TEST_F(RecordRun, LG6_a_letter_cancelled_meanwhile_is_not_in_the_file) {
  const auto a = stored(letter());
  const auto b = stored(letter());
  records_->before_plan = [&] { cancel(a); };
  EXPECT_EQ(run()->letters, 1);
  EXPECT_EQ(files_kept("api/"), 1);
  ASSERT_TRUE(send(planned()));
  EXPECT_EQ(printed(), (std::multiset<std::string>{b.reference}));
  EXPECT_EQ(status(a), NotificationStatus::cancelled);
}

TEST_F(RecordRun, LG6_a_second_run_at_the_same_time_waits) {
  stored(letter());
  records_->before_plan = [&] { EXPECT_EQ(run().error().kind, ErrorKind::conflict); };
  EXPECT_EQ(run()->letters, 1);
}

TEST_F(RecordRun, LG1_a_letter_that_makes_no_record_is_given_up_and_the_others_go) {
  Notification bad = letter();
  bad.to = "";
  stored(bad);
  Notification unreadable = letter();
  unreadable.personalisation = "{";
  stored(unreadable);
  const auto good = stored(letter());
  const auto summary = run();
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->letters, 1);
  EXPECT_EQ(summary->refused, 1);
  EXPECT_EQ(status(bad), NotificationStatus::technical_failure);
  EXPECT_EQ(status(unreadable), NotificationStatus::created);
  EXPECT_TRUE(logs_.has("letters.record_unreadable"));
  EXPECT_EQ(status(good), NotificationStatus::pending);
}

TEST_F(RecordRun, FT8_whatever_breaks_after_the_upload_the_file_goes_once) {
  for (UploadFault fault :
       {UploadFault::nothing_arrives, UploadFault::half_arrives, UploadFault::error_after_all_of_it}) {
    const auto a = stored(letter());
    ASSERT_EQ(run()->letters, 1);
    const std::string name = planned();
    house_.faults[name] = {fault};
    auto first = send(name);
    EXPECT_EQ(first.has_value(), fault == UploadFault::error_after_all_of_it);
    if (!first) {
      EXPECT_EQ(first.error().kind, ErrorKind::retry_later);
      EXPECT_EQ(status(a), NotificationStatus::pending);
      ASSERT_TRUE(send(name));
    }
    EXPECT_EQ(status(a), NotificationStatus::sending);
    EXPECT_EQ(printed().count(a.reference), 1u);
    clock_.advance(1min);
  }
}

TEST_F(RecordRun, FT7_killed_between_verify_and_record) {
  const auto a = stored(letter());
  ASSERT_TRUE(run());
  const std::string name = planned();
  blobs_.put_fault = {.count = 1};
  EXPECT_FALSE(send(name));
  EXPECT_EQ(status(a), NotificationStatus::pending);
  const auto again = send(name);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->how, SendOutcome::How::found_there);
  EXPECT_EQ(house_.uploads[name], 1);
  EXPECT_EQ(status(a), NotificationStatus::sending);
}

TEST_F(RecordRun, FT7_killed_between_record_and_to_sent) {
  const auto a = stored(letter());
  ASSERT_TRUE(run());
  const std::string name = planned();
  ASSERT_TRUE(blobs_.put(Bucket::letters_pdf, "2026-01-14/zips_sent/" + name + ".TXT", "[]"));
  const auto again = send(name);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->how, SendOutcome::How::recorded_before);
  EXPECT_EQ(house_.uploads[name], 0);
  EXPECT_EQ(status(a), NotificationStatus::sending);
  EXPECT_EQ(send(name)->unmoved, 1);
}

TEST_F(RecordRun, FT8_taken_by_the_print_house_before_we_knew) {
  const auto a = stored(letter());
  ASSERT_TRUE(run());
  const std::string name = planned();
  blobs_.put_fault = {.count = 1};
  EXPECT_FALSE(send(name));
  house_.files.erase({"notify", name});
  house_.files[{"acknowledgements", "NOTIFY.20260114180000.ACK.txt"}] = name + "|20260114180000\n";
  const auto again = send(name);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->how, SendOutcome::How::acknowledged_before);
  EXPECT_EQ(house_.uploads[name], 1);
  EXPECT_EQ(status(a), NotificationStatus::sending);
}

TEST_F(RecordRun, FT12_lost_marks_are_made_up_for) {
  const auto a = stored(letter());
  const auto job = job_of(1);
  ASSERT_TRUE(JobRecords(ports()).build(job.id));
  ASSERT_TRUE(JobRecords(ports()).send_ready(clock_.now() + 1s));
  ASSERT_TRUE(run());
  for (const auto& file : unfinished()) {
    ASSERT_TRUE(*database_->letters().move_zip(file.name, ports::ZipState::planned, ports::ZipState::uploaded,
                                               clock_.now(), ""));
  }
  const auto moved = sender().reconcile();
  ASSERT_TRUE(moved);
  EXPECT_EQ(*moved, 2);
  EXPECT_EQ(status(a), NotificationStatus::sending);
  EXPECT_EQ(status(job), JobStatus::sent_to_dvla);
  EXPECT_EQ(*sender().reconcile(), 0);
}

TEST_F(RecordRun, T8_LG7_giving_up) {
  const auto a = stored(letter());
  const auto b = stored(letter());
  ASSERT_TRUE(run());
  const std::string name = planned();
  EXPECT_EQ(*sender().fail(name, "the server is gone"), 2);
  EXPECT_EQ(status(a), NotificationStatus::technical_failure);
  EXPECT_EQ(status(b), NotificationStatus::technical_failure);
  EXPECT_EQ(database_->letters().zip(name)->state, ports::ZipState::failed);
  EXPECT_EQ(*sender().fail(name, "again"), 0);
  EXPECT_EQ(send(name).error().kind, ErrorKind::rejected);
}

TEST_F(RecordRun, FT8_giving_up_finds_that_it_went_through) {
  const auto a = stored(letter());
  ASSERT_TRUE(run());
  const std::string name = planned();
  blobs_.put_fault = {.count = 1};
  EXPECT_FALSE(send(name));
  EXPECT_EQ(*sender().fail(name, "retries are used up"), 0);
  EXPECT_EQ(status(a), NotificationStatus::sending);
  EXPECT_EQ(database_->letters().zip(name)->state, ports::ZipState::uploaded);
}

TEST_F(RecordRun, LG3_building_a_jobs_file) {
  const auto unfinished = job_of(1, JobStatus::in_progress);
  EXPECT_EQ(JobRecords(ports()).build(unfinished.id).error().kind, ErrorKind::retry_later);
  const auto cancelled = job_of(1, JobStatus::cancelled);
  EXPECT_EQ(*JobRecords(ports()).build(cancelled.id), 0);
  EXPECT_EQ(status(cancelled), JobStatus::cancelled);
  const auto test = job_of(0, JobStatus::finished, accounts::KeyType::test);
  EXPECT_EQ(*JobRecords(ports()).build(test.id), 0);
  EXPECT_EQ(status(test), JobStatus::sent_to_dvla);
  EXPECT_EQ(files_kept(""), 0);

  const auto job = job_of(3);
  EXPECT_EQ(*JobRecords(ports()).build(job.id), 3);
  EXPECT_EQ(status(job), JobStatus::ready_to_send);
  const auto content = *blobs_.get(Bucket::letter_records, letters::job_records_key(job.id));
  EXPECT_TRUE(content.ends_with("\n"));
  const auto lines = letters::record_lines(content);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(letters::reference_of_record(lines[2]), rows_.back().reference);
  EXPECT_TRUE(lines[0].starts_with("140|007|001||"));
  EXPECT_NE(lines[0].find("14 January 2026<cr><cr><h1>Bins<normal><cr><cr>Dear Ann<cr><cr>"), std::string::npos);
  EXPECT_EQ(*JobRecords(ports()).build(job.id), 3);  // again: the same
}

TEST_F(RecordRun, LG4_LG5_jobs_are_joined_newest_first) {
  const auto old = job_of(2);
  clock_.advance(1s);
  const auto young = job_of(1);
  clock_.advance(1s);
  jobs::Job tried = job_of(0);
  for (const auto& job : {old, young}) ASSERT_TRUE(JobRecords(ports()).build(job.id));
  const auto summary = JobRecords(ports()).send_ready(clock_.now());
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->files, 1);
  EXPECT_EQ(summary->jobs, 2);
  EXPECT_EQ(status(old), JobStatus::ready_to_send);
  // Under way: another run adds nothing.
  const auto again = JobRecords(ports()).send_ready(clock_.now());
  EXPECT_EQ(again->files, 0);
  EXPECT_EQ(again->under_way, 2);
  ASSERT_TRUE(send(planned()));
  EXPECT_EQ(status(old), JobStatus::sent_to_dvla);
  EXPECT_EQ(status(young), JobStatus::sent_to_dvla);
  const auto& content = house_.files.begin()->second;
  EXPECT_EQ(letters::reference_of_record(letters::record_lines(content)[0]), rows_[2].reference);
  EXPECT_EQ(printed().size(), 3u);
}

TEST_F(RecordRun, LG4_jobs_that_tried_the_api_by_hand_are_not_sent) {
  jobs::Job job{.id = JobId{Uuid::time_ordered(clock_.now(), random_)},
                .service_id = service_.id,
                .template_id = text_.id,
                .type = notifications::NotificationType::letter,
                .file_name = std::string(kTestLetterFileName),
                .row_count = 1,
                .status = JobStatus::finished};
  job.created_at = clock_.now();
  ASSERT_TRUE(database_->jobs().create(job, {}));
  stored(letter(job.id));
  ASSERT_TRUE(JobRecords(ports()).build(job.id));
  EXPECT_EQ(JobRecords(ports()).send_ready(clock_.now() + 1s)->jobs, 0);
  EXPECT_EQ(JobRecords(ports()).send(std::vector{job.id})->jobs, 1);
}

TEST_F(RecordRun, LG5_a_job_whose_letters_are_all_gone_is_done) {
  const auto job = job_of(1);
  ASSERT_TRUE(JobRecords(ports()).build(job.id));
  cancel(rows_[0]);
  EXPECT_EQ(JobRecords(ports()).send_ready(clock_.now() + 1s)->done, 1);
  EXPECT_EQ(status(job), JobStatus::sent_to_dvla);
  EXPECT_EQ(house_.uploads.size(), 0u);
}

TEST_F(RecordRun, X46_one_file_missing_all_in_error_then_mended) {
  const auto one = job_of(1);
  clock_.advance(1s);
  const auto two = job_of(1);
  for (const auto& job : {one, two}) ASSERT_TRUE(JobRecords(ports()).build(job.id));
  ASSERT_TRUE(blobs_.remove(Bucket::letter_records, letters::job_records_key(one.id)));
  EXPECT_EQ(JobRecords(ports()).send_ready(clock_.now() + 1s)->errors, 2);
  EXPECT_EQ(status(one), JobStatus::error);
  EXPECT_EQ(status(two), JobStatus::error);
  EXPECT_EQ(status(rows_[0]), NotificationStatus::created);
  EXPECT_EQ(*JobRecords(ports()).build(one.id), 1);
  EXPECT_EQ(JobRecords(ports()).send(std::vector{one.id, two.id, one.id})->jobs, 2);
  ASSERT_TRUE(send(planned()));
  EXPECT_EQ(status(two), JobStatus::sent_to_dvla);
  EXPECT_EQ(printed().size(), 2u);
  EXPECT_EQ(JobRecords(ports()).send(std::vector{one.id}).error().kind, ErrorKind::invalid_input);
}

TEST_F(RecordRun, LG5_a_file_that_lacks_a_letter_is_an_error) {
  const auto job = job_of(2);
  ASSERT_TRUE(JobRecords(ports()).build(job.id));
  ASSERT_TRUE(blobs_.put(Bucket::letter_records, letters::job_records_key(job.id), "cut short"));
  EXPECT_EQ(JobRecords(ports()).send_ready(clock_.now() + 1s)->errors, 1);
  EXPECT_TRUE(logs_.has("lacks letter"));
}

TEST_F(RecordRun, LG5_a_failed_file_puts_its_jobs_in_error_and_frees_the_letters) {
  const auto job = job_of(2);
  ASSERT_TRUE(JobRecords(ports()).build(job.id));
  ASSERT_TRUE(JobRecords(ports()).send_ready(clock_.now() + 1s));
  EXPECT_EQ(*sender().fail(planned(), "gone"), 0);
  EXPECT_EQ(status(job), JobStatus::error);
  EXPECT_EQ(status(rows_[0]), NotificationStatus::created);
  EXPECT_EQ(run()->letters, 0);  // a person decides
  ASSERT_TRUE(JobRecords(ports()).send(std::vector{job.id}));
  ASSERT_TRUE(send(planned()));
  EXPECT_EQ(printed().size(), 2u);
}

TEST_F(RecordRun, RE7_old_files_are_removed_unless_they_are_needed) {
  const auto ready = job_of(1);
  const auto sent = job_of(1);
  for (const auto& job : {ready, sent}) ASSERT_TRUE(JobRecords(ports()).build(job.id));
  ASSERT_TRUE(*database_->jobs().move(sent.id, JobStatus::ready_to_send, JobStatus::sent_to_dvla, clock_.now()));
  stored(letter());
  ASSERT_TRUE(run());
  // Blobs of the fake are of 1970.
  EXPECT_EQ(*sweep_record_files(ports()), 1);
  EXPECT_TRUE(blobs_.stat(Bucket::letter_records, letters::job_records_key(ready.id)));
  EXPECT_FALSE(blobs_.stat(Bucket::letter_records, letters::job_records_key(sent.id)));
  ASSERT_TRUE(send(planned()));
  EXPECT_EQ(*sweep_record_files(ports()), 1);
}

TEST_F(RecordRun, S11_seeded_faults_lose_and_double_nothing) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 dice(seed);
    std::vector<Notification> mine = {stored(letter()), stored(letter())};
    const auto job = job_of(2);
    mine.insert(mine.end(), rows_.end() - 2, rows_.end());
    ASSERT_TRUE(JobRecords(ports()).build(job.id));
    for (int round = 0; round < 12; ++round) {
      clock_.advance(5min);
      if (dice() % 4 == 0) blobs_.put_fault = {.count = 1, .passes = static_cast<int>(dice() % 3)};
      if (dice() % 5 == 0) house_.stat_fault = {.count = 1};
      if (dice() % 5 == 0) records_->plan_fault = {.count = 1};
      (void)JobRecords(ports()).send_ready(clock_.now() + 1s);
      (void)run();
      for (const auto& file : unfinished()) {
        if (dice() % 2 == 0) house_.faults[file.name].push_back(static_cast<UploadFault>(dice() % 3));
        (void)send(file.name);
      }
      (void)sender().reconcile();
    }
    blobs_.put_fault = {};
    house_.stat_fault = {};
    records_->plan_fault = {};
    for (int round = 0; round < 20; ++round) {
      clock_.advance(5min);
      (void)JobRecords(ports()).send_ready(clock_.now() + 1s);
      (void)run();
      for (const auto& file : unfinished()) (void)send(file.name);
    }
    const auto all = printed();
    for (const Notification& one : mine) {
      EXPECT_EQ(status(one), NotificationStatus::sending) << "seed " << seed;
      EXPECT_EQ(all.count(one.reference), 1u) << "seed " << seed;
    }
    EXPECT_EQ(status(job), JobStatus::sent_to_dvla) << "seed " << seed;
  }
}

}  // namespace
}  // namespace postroom::flows
