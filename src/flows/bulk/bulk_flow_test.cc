// Varied: spreadsheets, permissions, start times, and where a run is interrupted. A faulty file stores nothing and
// is told row by row; a good one makes one notification a row, whatever happens in between.
#include "flows/bulk/bulk_flow.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "base/text.h"
#include "ports/task_names.h"
#include "ports/testing_stores.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using accounts::KeyType;
using accounts::Permission;
using jobs::JobStatus;
using notifications::NotificationStatus;
using notifications::NotificationType;

class FakeSpreadsheets final : public ports::SpreadsheetReader {
 public:
  Result<std::string> to_csv(BytesView workbook) override {
    seen = workbook;
    return csv;
  }

  Bytes seen;
  Result<std::string> csv;
};

// Counts on one day, as the limits do that a store keeps.
class CountingGate final : public NoLimits {
 public:
  std::int64_t limit = 1'000'000, international_limit = 1'000'000;
  std::optional<MessagesLeft> told_left;
  std::vector<ports::DailyUse> used, given_back;

  std::optional<ports::DailyUse> use_of(const accounts::Service&, accounts::KeyType key,
                                        notifications::NotificationType type, bool) override {
    if (key == accounts::KeyType::test) return std::nullopt;
    return ports::DailyUse{.day = {},
                           .channel = ports::daily_channel_of(type),
                           .limit = limit,
                           .international_limit = international_limit};
  }
  void counted(ServiceId, const ports::DailyUse& use) override { used.push_back(use); }
  std::optional<MessagesLeft> left(const accounts::Service&, accounts::KeyType, notifications::NotificationType,
                                   UtcTime) override {
    return told_left;
  }
  void give_back(ServiceId, const ports::DailyUse& use) override { given_back.push_back(use); }
};

class BulkTest : public testing::Test {
 protected:
  BulkTest() {
    set_log_sink([](std::string_view) {});
    service_.id = ServiceId{Uuid::random(random_)};
    service_.name = "Harbour Office";
    service_.permissions = {Permission::email, Permission::sms, Permission::letter};
    service_.sms_senders = {{Uuid::random(random_), "HARBOUR", true, false},
                            {Uuid::random(random_), "PIER", false, false}};
    EXPECT_TRUE(services_.create(service_));
    sms_ = add(NotificationType::sms, "Hi ((name))");
    email_ = add(NotificationType::email, "Dear ((name))");
    letter_ = add(NotificationType::letter, "Dear ((name))");
  }
  ~BulkTest() override { set_log_sink(nullptr); }

  TemplateId add(NotificationType type, std::string content, bool archived = false, bool hidden = false) {
    notifications::Template t{.id = TemplateId{Uuid::random(random_)},
                              .service_id = service_.id,
                              .type = type,
                              .name = "Reminder",
                              .subject = "Subject",
                              .content = std::move(content),
                              .archived = archived,
                              .hidden = hidden};
    if (type == NotificationType::letter) t.postage = notifications::Postage::second;
    EXPECT_TRUE(templates_.add_version(t));
    return t.id;
  }
  Sender sender(KeyType type = KeyType::normal) {
    return {.service = service_, .key_type = type, .key_id = key_id_};
  }
  Outcome<jobs::Job> create(TemplateId id, std::string csv, std::string file = "people.csv",
                            std::optional<UtcTime> at = {}) {
    return flow_.create(sender(), {.template_id = id,
                                   .file_name = std::move(file),
                                   .csv = std::move(csv),
                                   .scheduled_for = at,
                                   .created_by = "cli"});
  }
  static std::string told(const Outcome<jobs::Job>& job) { return job ? "" : join(job.error().messages, ". "); }
  static std::string rows_csv(int count) {
    std::string csv = "phone number,name\n";
    for (int i = 0; i < count; ++i) csv += fmt::format("07900900{:03},Ada {}\n", i % 1000, i);
    return csv;
  }
  Result<void> process(JobId id) {
    return flow_.process(id, [] { return true; });
  }
  void nothing_stored() {
    EXPECT_TRUE(jobs_.jobs.empty());
    EXPECT_TRUE(tasks_.rows().empty());
    EXPECT_TRUE(blobs_.blobs.empty());
    EXPECT_TRUE(notifications_.rows().empty());
  }

  SeededRandom random_{61};
  MovableClock clock_{from_micros(1'770'000'000'000'000)};
  accounts::Service service_;
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::MemoryTemplateStore templates_;
  ports::testing::MemoryServiceStore services_;
  ports::testing::MemoryBlobStore blobs_;
  ports::testing::MemoryJobStore jobs_{tasks_};
  CountingGate limits_;
  TemplateCache cache_{templates_, clock_};
  SendContext context_{.template_store = templates_,
                       .notifications = notifications_,
                       .blobs = blobs_,
                       .templates = cache_,
                       .limits = limits_,
                       .documents = nullptr,
                       .clock = clock_,
                       .random = random_,
                       .options = {}};
  FakeSpreadsheets spreadsheets_;
  BulkFlow flow_{context_, services_, jobs_, spreadsheets_};
  TemplateId sms_, email_, letter_;
  ApiKeyId key_id_{Uuid::random(random_)};
};

TEST_F(BulkTest, EveryRowBecomesOneNotificationWithItsTask) {
  auto job = create(sms_, "phone number,name,reference\n07900 900123,Ada,case 1\n07900 900124,\"Ben, Jr\",\n");
  ASSERT_TRUE(job) << told(job);
  EXPECT_EQ(job->row_count, 2);
  EXPECT_EQ(job->status, JobStatus::pending);
  auto first = tasks_.rows();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].task.queue, ports::kJobQueue);
  EXPECT_EQ(first[0].task.kind, ports::kProcessJob);
  EXPECT_EQ(first[0].task.subject, job->id.text());
  ASSERT_TRUE(process(job->id));
  ASSERT_EQ(notifications_.rows().size(), 2u);
  std::map<int, notifications::Notification> by_row;
  for (const auto& [id, n] : notifications_.rows()) by_row[n.job_row.value()] = n;
  EXPECT_EQ(by_row[0].job_id, job->id);
  EXPECT_EQ(by_row[0].normalised_to, "447900900123");
  EXPECT_EQ(by_row[0].status, NotificationStatus::created);
  EXPECT_EQ(by_row[0].reply_to, "HARBOUR");
  EXPECT_NE(by_row[1].personalisation.find("Ben, Jr"), std::string::npos);
  EXPECT_EQ(tasks_.rows().size(), 3u);
  EXPECT_EQ(tasks_.rows()[1].task.kind, ports::kDeliverSms);
  jobs::Job done = *jobs_.find(job->id);
  EXPECT_EQ(done.status, JobStatus::finished);
  EXPECT_EQ(done.rows_stored, 2);
  EXPECT_TRUE(done.started_at && done.finished_at);
  ASSERT_TRUE(process(job->id)) << "running it again does nothing";
  EXPECT_EQ(notifications_.rows().size(), 2u);
}

TEST_F(BulkTest, EmailsAndLettersAreSentToo) {
  auto emails = create(email_, "email address,name\nada@else.example,Ada\n");
  ASSERT_TRUE(emails) << told(emails);
  auto letters =
      create(letter_, "address line 1,address line 2,postcode,name\nAda Reader,7 Mill Lane,SW1A 1AA,Ada\n");
  ASSERT_TRUE(letters) << told(letters);
  ASSERT_TRUE(process(emails->id));
  ASSERT_TRUE(process(letters->id));
  std::map<NotificationType, std::string> to;
  for (const auto& [id, n] : notifications_.rows()) to[n.type] = n.to;
  EXPECT_EQ(to[NotificationType::email], "ada@else.example");
  EXPECT_EQ(to[NotificationType::letter], "Ada Reader\n7 Mill Lane\nSW1A 1AA");
}

TEST_F(BulkTest, LG3WhenAllRowsAreStoredSomebodyIsToldBeforeTheJobIsFinished) {
  std::vector<JobStatus> told;
  int refusals = 1;
  BulkFlow flow(context_, services_, jobs_, spreadsheets_,
                [&](const jobs::Job& job, const accounts::Service& service) -> Result<void> {
                  EXPECT_EQ(service.id, service_.id);
                  EXPECT_EQ(notifications_.rows().size(), 1u);
                  told.push_back(jobs_.find(job.id)->status);
                  if (refusals-- > 0) return fail(ErrorKind::retry_later, "not now");
                  return {};
                });
  auto job = create(sms_, "phone number,name\n07900 900123,Ada\n");
  ASSERT_TRUE(job);
  EXPECT_FALSE(flow.process(job->id, [] { return true; }));
  EXPECT_EQ(jobs_.find(job->id)->status, JobStatus::in_progress);
  EXPECT_TRUE(flow.process(job->id, [] { return true; }));
  EXPECT_EQ(told, (std::vector{JobStatus::in_progress, JobStatus::in_progress}));
  ASSERT_TRUE(*jobs_.move(job->id, JobStatus::finished, JobStatus::ready_to_send, clock_.now()));
  EXPECT_TRUE(flow.process(job->id, [] { return true; }));  // changes nothing any more
  EXPECT_EQ(jobs_.find(job->id)->status, JobStatus::ready_to_send);
  EXPECT_EQ(told.size(), 2u);
}

struct Faulty {
  const char* name;
  const char* channel;
  const char* csv;
  const char* part;  // of the message
};

class FaultySheets : public BulkTest, public testing::WithParamInterface<Faulty> {};

TEST_P(FaultySheets, AreToldAndNothingIsStored) {
  const Faulty& f = GetParam();
  std::string channel = f.channel;
  auto job = create(channel == "sms" ? sms_ : channel == "email" ? email_ : letter_, f.csv);
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().kind, RefusalKind::validation);
  EXPECT_NE(told(job).find(f.part), std::string::npos) << told(job);
  nothing_stored();
}

INSTANTIATE_TEST_SUITE_P(
    Table, FaultySheets,
    testing::Values(
        Faulty{"empty", "sms", "", "lacks the column 'phone number'"},
        Faulty{"no_recipient", "sms", "number,name\n1,Ada\n", "lacks the column 'phone number'"},
        Faulty{"no_email", "email", "phone number,name\n1,Ada\n", "lacks the column 'email address'"},
        Faulty{"no_address", "letter", "name\nAda\n", "at least three address columns"},
        Faulty{"no_placeholder", "sms", "phone number\n07900900123\n", "lacks columns of the template: 'name'"},
        Faulty{"twice", "sms", "phone number,Phone Number,name\n07900900123,07900900124,Ada\n",
               "say the same thing"},
        Faulty{"no_rows", "sms", "phone number,name\n", "no rows"},
        Faulty{"bad_number", "sms", "phone number,name\n07900900123,Ada\n12,Ben\n",
               "1 of 2 rows cannot be sent (1 with a bad recipient); nothing was stored. Row 3: column 'phone "
               "number' "},
        Faulty{"no_number", "sms", "phone number,name\n,Ada\n", "Row 2: column 'phone number' is empty"},
        Faulty{"empty_cell", "sms", "phone number,name\n07900900123,\n", "Row 2: column 'name' is empty"},
        Faulty{"bad_email", "email", "email address,name\nnobody,Ada\n",
               "Row 2: column 'email address' holds no valid email address"},
        Faulty{"bad_address", "letter", "address line 1,address line 2,postcode,name\nAda,Lane,Nowhere,Ada\n",
               "Row 2:"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(BulkTest, TenFaultyRowsAreNamedAndTheRestCounted) {
  for (int count : {9, 10, 11}) {
    std::string csv = "phone number,name\n";
    for (int i = 0; i < count; ++i) csv += "12,Ada\n";
    auto job = create(sms_, csv);
    ASSERT_FALSE(job);
    std::string message = told(job);
    EXPECT_EQ(message.find(fmt::format("{0} of {0} rows", count)), 0u) << message;
    EXPECT_EQ(message.find(" Row 11:") != std::string::npos, count >= 10) << message;
    EXPECT_EQ(message.find(" Row 12:"), std::string::npos) << message;
  }
  nothing_stored();
}

TEST_F(BulkTest, AMessageThatIsTooLongIsToldByRow) {
  auto job = create(sms_, "phone number,name\n07900900123," + std::string(1000, 'x') + "\n");
  ASSERT_FALSE(job);
  EXPECT_NE(told(job).find("Row 2: the message is too long"), std::string::npos) << told(job);
}

TEST_F(BulkTest, FilesThatAreNoSpreadsheetAreRefused) {
  for (const char* file : {"people.pdf", "people"}) {
    auto job = create(sms_, rows_csv(1), file);
    ASSERT_FALSE(job) << file;
    EXPECT_NE(told(job).find("is no spreadsheet: save it as .csv"), std::string::npos) << told(job);
  }
  EXPECT_TRUE(create(sms_, "phone number\tname\n07900900123\tAda\n", "people.tsv"));
}

TEST_F(BulkTest, WorkbooksAreReadWhateverTheirNameSays) {
  const std::string workbook = "PK\x03\x04 and so on";
  spreadsheets_.csv = rows_csv(2);
  for (const char* file : {"people.xlsx", "people.ODS", "people.csv"}) {
    auto job = create(sms_, workbook, file);
    ASSERT_TRUE(job) << told(job);
    EXPECT_EQ(job->row_count, 2);
    EXPECT_EQ(spreadsheets_.seen, workbook);
  }
  // What is no workbook is left to the reader to explain.
  spreadsheets_.csv = fail(ErrorKind::invalid_input, "take the password away");
  auto refused = create(sms_, "some text", "people.xls");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::validation);
  EXPECT_EQ(told(refused), "people.xls: take the password away");
  spreadsheets_.csv = fail(ErrorKind::retry_later, "no process can be started");
  EXPECT_EQ(create(sms_, workbook, "people.xlsx").error().kind, RefusalKind::unavailable);
  std::string large = workbook + std::string(recipients::kSheetBytesMax, ' ');
  EXPECT_NE(told(create(sms_, large, "people.xlsx")).find("smaller than 10 MB"), std::string::npos);
}

TEST_F(BulkTest, AServiceNeedsTheRight) {
  service_.permissions = {Permission::email};
  EXPECT_EQ(create(sms_, rows_csv(1)).error().kind, RefusalKind::bad_request);
  service_.permissions = {Permission::sms, Permission::letter};
  service_.trial = true;
  EXPECT_EQ(create(letter_, "x\n").error().kind, RefusalKind::forbidden);
  service_.trial = false;
  service_.active = false;
  EXPECT_EQ(create(sms_, rows_csv(1)).error().kind, RefusalKind::forbidden);
  nothing_stored();
}

TEST_F(BulkTest, TheTemplateMustBeInUse) {
  for (TemplateId id : {add(NotificationType::sms, "x", true), add(NotificationType::letter, "x", false, true),
                        TemplateId{Uuid::random(random_)}}) {
    EXPECT_EQ(create(id, rows_csv(1)).error().kind, RefusalKind::bad_request);
  }
  nothing_stored();
}

TEST_F(BulkTest, EveryRowIsSentAsTheKeySays) {
  const std::string csv = "phone number,name,reference\n07900900123,Ada,own\n07900900124,Ben,\n";
  for (KeyType type : {KeyType::normal, KeyType::test}) {
    auto job = flow_.create(sender(type), {.template_id = sms_,
                                           .file_name = "January",
                                           .file_kind = recipients::SheetFile::csv,
                                           .csv = csv,
                                           .scheduled_for = std::nullopt,
                                           .created_by = "api",
                                           .client_reference = "batch",
                                           .sms_sender_id = service_.sms_senders[1].id});
    ASSERT_TRUE(job) << told(job);
    EXPECT_EQ(job->file_name, "January");
    ASSERT_TRUE(process(job->id));
    int stored = 0;
    for (const auto& [id, n] : notifications_.rows()) {
      if (n.job_id != job->id) continue;
      ++stored;
      EXPECT_EQ(n.key_type, type);
      EXPECT_EQ(n.api_key_id, key_id_);
      EXPECT_EQ(n.reply_to, "PIER");
      EXPECT_EQ(n.client_reference, n.job_row == 0 ? "own" : "batch");
    }
    EXPECT_EQ(stored, 2);
    EXPECT_EQ(tasks_.rows().back().task.queue,
              type == KeyType::test ? ports::kResearchQueue : ports::kSendSmsQueue);
  }
}

TEST_F(BulkTest, LettersOfATestKeyAreNeverPrinted) {
  service_.trial = true;
  const std::string csv = "address line 1,address line 2,postcode,name\nAda Reader,7 Mill Lane,SW1A 1AA,Ada\n";
  auto refused = flow_.create(sender(KeyType::team), {.template_id = letter_,
                                                      .file_name = "x.csv",
                                                      .csv = csv,
                                                      .scheduled_for = std::nullopt,
                                                      .created_by = "api"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::forbidden);
  auto job = flow_.create(sender(KeyType::test), {.template_id = letter_,
                                                  .file_name = "x.csv",
                                                  .csv = csv,
                                                  .scheduled_for = std::nullopt,
                                                  .created_by = "api"});
  ASSERT_TRUE(job) << told(job);
  ASSERT_TRUE(services_.update(service_));
  ASSERT_TRUE(process(job->id));
  ASSERT_EQ(notifications_.rows().size(), 1u);
  EXPECT_EQ(notifications_.rows().begin()->second.status, NotificationStatus::sending);
  EXPECT_EQ(tasks_.rows().back().task.kind, ports::kCreateLetterPdf);
}

TEST_F(BulkTest, ATeamKeyReachesItsListOnly) {
  auto with_team_key = [&](std::string csv) {
    return flow_.create(sender(KeyType::team), {.template_id = sms_,
                                                .file_name = "x.csv",
                                                .csv = std::move(csv),
                                                .scheduled_for = std::nullopt,
                                                .created_by = "api"});
  };
  const std::string mixed = "phone number,name\n07900900321,Mara\n07900900123,Ada\n";
  auto empty_list = with_team_key(mixed);
  ASSERT_FALSE(empty_list) << "nobody is on the list";
  EXPECT_EQ(empty_list.error().kind, RefusalKind::bad_request);
  service_.team = {{"Mara", "mara@team.example", "07900 900321"}};
  ASSERT_FALSE(with_team_key(mixed));
  nothing_stored();
  service_.guest_list = {"+447900900123"};
  EXPECT_TRUE(with_team_key(mixed));
}

TEST_F(BulkTest, ASheetMustFitIntoTheDay) {
  service_.permissions.insert(Permission::international_sms);
  const std::string csv = "phone number,name\n07900900123,Ada\n+14158961600,Ben\n07797712345,Cy\n";
  for (MessagesLeft left : {MessagesLeft{2, 5}, MessagesLeft{5, 0}}) {
    limits_.told_left = left;
    auto job = create(sms_, csv);
    ASSERT_FALSE(job);
    EXPECT_EQ(job.error().kind, RefusalKind::daily_limit_reached);
  }
  nothing_stored();
  EXPECT_TRUE(limits_.used.empty());
  // Somebody else was faster between the look and the store.
  limits_.told_left = MessagesLeft{3, 1};
  limits_.limit = 2;
  auto late = create(sms_, csv);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, RefusalKind::daily_limit_reached);
  EXPECT_TRUE(jobs_.jobs.empty());
  EXPECT_TRUE(limits_.used.empty());
  limits_.limit = 3;
  auto job = create(sms_, csv);
  ASSERT_TRUE(job) << told(job);
  ASSERT_EQ(limits_.used.size(), 1u);
  EXPECT_EQ(limits_.used[0].count, 3);
  EXPECT_EQ(limits_.used[0].international_count, 1) << "Jersey is no foreign country here";
  EXPECT_EQ(limits_.used[0].day, Date{std::chrono::floor<std::chrono::days>(clock_.now())});
}

TEST_F(BulkTest, ACancelledSheetGivesItsMessagesBackOnce) {
  auto job = create(sms_, rows_csv(3), "people.csv", clock_.now() + 50h);
  ASSERT_TRUE(job) << told(job);
  clock_.advance(30h);
  for (int again : {1, 2}) {
    EXPECT_TRUE(flow_.cancel(sender(), *job)) << again;
    EXPECT_TRUE(flow_.cancel(sender(), *jobs_.find(job->id))) << again;
  }
  ASSERT_EQ(limits_.given_back.size(), 1u);
  EXPECT_EQ(limits_.given_back[0].count, 3);
  EXPECT_EQ(limits_.given_back[0].day, limits_.used[0].day) << "to the day that they were taken from";
}

TEST_F(BulkTest, ASenderMustBeTheChannelsOwn) {
  auto with_sender = [&](TemplateId id, std::optional<Uuid> sms, std::optional<Uuid> email) {
    return flow_.create(sender(), {.template_id = id,
                                   .file_name = "x.csv",
                                   .csv = rows_csv(1),
                                   .scheduled_for = std::nullopt,
                                   .created_by = "api",
                                   .sms_sender_id = sms,
                                   .email_reply_to_id = email});
  };
  const Uuid known = service_.sms_senders[1].id;
  EXPECT_EQ(with_sender(sms_, Uuid::random(random_), {}).error().kind, RefusalKind::bad_request);
  EXPECT_EQ(with_sender(email_, known, {}).error().kind, RefusalKind::validation);
  EXPECT_EQ(with_sender(sms_, {}, known).error().kind, RefusalKind::validation);
  EXPECT_TRUE(with_sender(sms_, known, {}));
}

TEST_F(BulkTest, AnArchivedServicesJobIsCancelled) {
  auto job = create(sms_, rows_csv(1));
  ASSERT_TRUE(job) << told(job);
  service_.active = false;
  ASSERT_TRUE(services_.update(service_));
  ASSERT_TRUE(process(job->id));
  EXPECT_TRUE(notifications_.rows().empty());
  EXPECT_EQ(jobs_.find(job->id)->status, JobStatus::cancelled);
}

TEST_F(BulkTest, AScheduledJobStartsWithinSevenDays) {
  UtcTime now = clock_.now();
  struct Case {
    Duration ahead;
    bool good;
  };
  for (const Case& c : {Case{-1us, false}, Case{0us, true}, Case{1us, true}, Case{168h - 1us, true},
                        Case{168h, true}, Case{168h + 1us, false}}) {
    auto job = create(sms_, rows_csv(1), "people.csv", now + c.ahead);
    ASSERT_EQ(job.has_value(), c.good) << c.ahead.count();
    if (!job) continue;
    EXPECT_EQ(job->status, JobStatus::scheduled);
    EXPECT_EQ(tasks_.rows().back().task.run_at, now + c.ahead);
  }
}

TEST_F(BulkTest, ACancelledJobStoresNothing) {
  auto job = create(sms_, rows_csv(3), "people.csv", clock_.now() + 1h);
  EXPECT_EQ(flow_.cancel(sender(KeyType::test), *job).error().kind, RefusalKind::forbidden);
  for (int again : {1, 2}) {
    auto cancelled = flow_.cancel(sender(), *jobs_.find(job->id));
    ASSERT_TRUE(cancelled) << again;
    EXPECT_EQ(cancelled->status, JobStatus::cancelled);
  }
  ASSERT_TRUE(process(job->id));
  EXPECT_TRUE(notifications_.rows().empty());
}

TEST_F(BulkTest, AJobThatHasStartedGoesOn) {
  auto job = create(sms_, rows_csv(3), "people.csv", clock_.now() + 1h);
  ASSERT_TRUE(process(job->id));
  // Also when the start came between look and act.
  for (const jobs::Job& seen : {*job, *jobs_.find(job->id), *create(sms_, rows_csv(1))}) {
    auto cancelled = flow_.cancel(sender(), seen);
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().kind, RefusalKind::conflict);
  }
}

TEST_F(BulkTest, AnInterruptedJobGoesOnWithoutDoubles) {
  const int rows = static_cast<int>(kRowsPerCommitMax) * 2 + 1;
  auto job = create(sms_, rows_csv(rows));
  ASSERT_TRUE(job) << told(job);
  // Stopped after the first commit, then at the second commit itself, then with the count behind the rows.
  int batches = 0;
  auto lost = flow_.process(job->id, [&] { return ++batches < 1; });
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(notifications_.rows().size(), kRowsPerCommitMax);
  notifications_.accept_fault.count = 1;
  ASSERT_FALSE(process(job->id));
  EXPECT_EQ(notifications_.rows().size(), kRowsPerCommitMax);
  EXPECT_EQ(jobs_.find(job->id)->rows_stored, static_cast<int>(kRowsPerCommitMax));
  jobs_.jobs.at(job->id).rows_stored = 10;
  ASSERT_TRUE(process(job->id));
  EXPECT_EQ(notifications_.rows().size(), static_cast<std::size_t>(rows));
  EXPECT_EQ(tasks_.rows().size(), static_cast<std::size_t>(rows) + 1) << "and each has one task";
  EXPECT_EQ(jobs_.find(job->id)->status, JobStatus::finished);
}

TEST_F(BulkTest, AFileThatIsGoneIsSaid) {
  auto job = create(sms_, rows_csv(1));
  blobs_.blobs.clear();
  EXPECT_EQ(process(job->id).error().kind, ErrorKind::not_found);
  EXPECT_EQ(process(JobId{}).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace postroom::flows
