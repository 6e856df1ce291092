// Varied: letters at every stage of an evening. Held: each is counted once, and where it stands.
#include "flows/print_run/day_status.h"

#include <gtest/gtest.h>

#include "flows/print_run/collate.h"
#include "flows/print_run/replay.h"
#include "flows/print_run/responses.h"
#include "flows/print_run/testing_house.h"
#include "flows/print_run/zip_and_send.h"
#include "ports/testing_care.h"

namespace postroom::flows {
namespace {

using namespace print_test;

TEST(DayStatus, counts_each_letter_once) {
  FakeHouse house;
  // 1 to 3 in zip A (sent), 4 in zip B (failed), 5 in zip C (planned), 6 without a PDF, 7 accepted after the run.
  for (int i = 1; i <= 5; ++i) {
    auto letter = house.letter(i);
    letter.service_id = FakeHouse::service(i <= 3 ? 1 : i);
    house.add(letter);
  }
  ASSERT_TRUE(Collator(house.ports(), house.options()).run(house.deadline()));
  const auto zip = [&](std::size_t i) { return house.tasks.tasks.at(i).subject; };
  ZipSender sender(house.ports(), house.options());
  ASSERT_TRUE(sender.send(zip(0), nullptr));
  ASSERT_TRUE(sender.fail(zip(1), "gone"));
  PrintResponses responses(house.ports(), house.options());
  ASSERT_TRUE(responses.process_response_file(
      "NOTIFY-20260115093015-RSP.TXT",
      FakeHouse::reference(1) + "|Sent|1|Sorted\n" + FakeHouse::reference(2) + "|Failed|1|Sorted\n"));
  ASSERT_TRUE(responses.process_acknowledgement("x.ACK.TXT", zip(0)));
  auto without_pdf = house.letter(6);
  without_pdf.billable_units = 0;
  house.notifications.put(without_pdf);
  house.add(house.letter(7));
  auto tomorrow = house.letter(8);
  tomorrow.created_at = house.deadline();
  house.add(tomorrow);

  const auto status = day_status(house.ports(), house.options(), *parse_date("2026-01-14"));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->accepted, 7);
  EXPECT_EQ(status->waiting_pdf, 1);
  EXPECT_EQ(status->waiting_zip, 1);
  EXPECT_EQ(status->created, 1);
  EXPECT_EQ(status->sending, 1);
  EXPECT_EQ(status->delivered, 1);
  EXPECT_EQ(status->failed, 2);
  EXPECT_EQ(status->other, 0);
  EXPECT_EQ(status->acknowledged, 1);
  EXPECT_EQ(status->by_state.at(ports::ZipState::uploaded).letters, 3);
  EXPECT_EQ(status->by_state.at(ports::ZipState::failed).zips, 1);
  EXPECT_EQ(status->by_state.at(ports::ZipState::planned).letters, 1);
  const json::object shown = to_json(*status);
  EXPECT_EQ(shown.at("run_day").as_string(), "2026-01-14");
  EXPECT_EQ(shown.at("rendered").as_int64(), 6);
  EXPECT_EQ(shown.at("zips").as_array().size(), 3u);
  // Stage by stage: how many came so far, how many wait for the next one, and for how long.
  struct Row {
    std::string_view stage;
    std::int64_t letters, waiting;
    std::string_view age;
  };
  const json::array& stages = shown.at("stages").as_array();
  const Row rows[] = {{"accepted", 7, 1, "5 h 49 min"}, {"rendered", 6, 1, "5 h 49 min"}, {"in zips", 4, 1, "0 s"},
                      {"uploaded", 3, 0, ""},           {"acknowledged", 3, 1, "0 s"},    {"responded", 2, 0, ""}};
  ASSERT_EQ(stages.size(), std::size(rows));
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const json::object& stage = stages[i].get_object();
    EXPECT_EQ(stage.at("stage").as_string(), rows[i].stage);
    EXPECT_EQ(stage.at("letters").as_int64(), rows[i].letters) << rows[i].stage;
    EXPECT_EQ(stage.at("waiting").as_int64(), rows[i].waiting) << rows[i].stage;
    EXPECT_EQ(stage.at("age").as_string(), rows[i].age) << rows[i].stage;
  }
  EXPECT_EQ(status->missing, 4);
  EXPECT_EQ(shown.at("zips_by_state").at("uploaded").at("letters").as_int64(), 3);
}

TEST(DayStatus, RE4_letters_whose_days_are_over_still_count) {
  FakeHouse house;
  house.add_letters(1, 4);
  ASSERT_TRUE(Collator(house.ports(), house.options()).run(house.deadline()));
  ASSERT_TRUE(ZipSender(house.ports(), house.options()).send(house.tasks.tasks.at(0).subject, nullptr));
  ports::testing::MemoryTaskQueue queue;
  ports::testing::MemoryNotificationStore live(queue);
  ports::testing::MemoryJobStore jobs(queue);
  ports::testing::MemoryArchiveStore archive(live, jobs, queue);
  // Letter 1 is delivered and here, 2 delivered, 3 failed and 4 returned long ago.
  const NotificationStatus ends[] = {NotificationStatus::delivered, NotificationStatus::delivered,
                                     NotificationStatus::permanent_failure, NotificationStatus::returned_letter};
  for (int number = 1; number <= 4; ++number) {
    auto& letter = house.notifications.at(FakeHouse::reference(number));
    letter.status = ends[number - 1];
    if (number == 1) continue;
    archive.archived[letter.id] = letter;
    house.notifications.erase(letter.id);
  }
  PrintRunPorts ports = house.ports();
  ports.archive = &archive;
  const auto status = day_status(ports, house.options(), *parse_date("2026-01-14"));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->delivered, 2);
  EXPECT_EQ(status->failed, 1);
  EXPECT_EQ(status->other, 1);
  EXPECT_EQ(status->accepted, 4);
  EXPECT_EQ(status->missing, 0);
  EXPECT_EQ(status->stages.back().letters, 4);
}

TEST(DayStatus, day_without_anything) {
  FakeHouse house;
  const auto status = day_status(house.ports(), house.options(), *parse_date("2026-01-14"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->accepted, 0);
  EXPECT_TRUE(status->zips.empty());
}

TEST(Replay, SR1_letters_without_a_pdf) {
  FakeHouse house;
  const UtcTime now = house.clock.now();
  struct Case {
    Duration age;
    bool replayed;
    int units = 0;
    accounts::KeyType key = accounts::KeyType::normal;
    NotificationStatus status = NotificationStatus::created;
    bool updated = false;
  };
  using std::chrono::hours;
  const Case cases[] = {
      {std::chrono::minutes{59}, false},
      {hours{1}, false},
      {hours{1} + Duration{1}, true},
      {hours{13}, true},
      {hours{24 * 7}, true},
      {hours{24 * 7} + Duration{1}, false},
      {hours{2}, false, 1},
      {hours{2}, false, 0, accounts::KeyType::test},
      {hours{2}, false, 0, accounts::KeyType::normal, NotificationStatus::technical_failure},
      {hours{2}, false, 0, accounts::KeyType::normal, NotificationStatus::created, true},  // SR2
  };
  std::set<std::string> expected;
  int number = 0;
  for (const Case& c : cases) {
    auto letter = house.letter(++number);
    letter.created_at = now - c.age;
    letter.billable_units = c.units;
    letter.key_type = c.key;
    letter.status = c.status;
    if (c.updated) letter.updated_at = now;
    house.notifications.put(letter);
    if (c.replayed) expected.insert(letter.id.text());
  }
  EXPECT_EQ(replay_letters_without_pdf(house.ports()).value(), 3);
  std::set<std::string> subjects;
  for (const auto& task : house.tasks.tasks) {
    EXPECT_EQ(task.queue, "letters");
    EXPECT_EQ(task.kind, "create-letter-pdf");
    subjects.insert(task.subject);
  }
  EXPECT_EQ(subjects, expected);
  ASSERT_TRUE(replay_letters_without_pdf(house.ports()));
  EXPECT_EQ(house.tasks.tasks.size(), 3u);  // one unfinished task each
}

TEST(Replay, LG6_letters_that_travel_as_records_are_never_rendered) {
  FakeHouse house;
  for (int number : {1, 2}) {
    auto letter = house.letter(number);
    letter.created_at = house.clock.now() - std::chrono::hours{2};
    letter.billable_units = 0;
    letter.service_id = FakeHouse::service(number);
    house.notifications.put(letter);
  }
  const auto as_records = [](ServiceId id) { return id == FakeHouse::service(1); };
  EXPECT_EQ(replay_letters_without_pdf(house.ports(), as_records).value(), 1);
  ASSERT_EQ(house.tasks.tasks.size(), 1u);
  EXPECT_EQ(house.tasks.tasks[0].subject, house.letter(2).id.text());
}

TEST(PrintRunSettings, CO6_defaults_and_bounds) {
  const std::vector<SettingSpec> specs(std::begin(print_run::kSettings), std::end(print_run::kSettings));
  const auto settings = Settings::create(specs, {});
  ASSERT_TRUE(settings) << settings.error().message;
  const PrintRunOptions options = print_run::from_settings(*settings);
  const PrintRunOptions standard;
  EXPECT_EQ(options.group_limits.bytes_max, letters::kZipBytesMaxDefault);
  EXPECT_EQ(options.group_limits.letters_max, 5000);
  EXPECT_TRUE(options.group_limits.per_service);
  EXPECT_EQ(options.print_cutoff, letters::kPrintCutoffDefault);
  EXPECT_EQ(options.zip_folder, "notify");
  EXPECT_EQ(options.response_folder, standard.response_folder);
  EXPECT_EQ(options.acknowledgement_folder, standard.acknowledgement_folder);
  EXPECT_EQ(options.response_bytes_max, standard.response_bytes_max);
  EXPECT_EQ(options.parallel_reads, standard.parallel_reads);
  for (const char* refused : {"2147483648", "0"}) {
    Settings::Layer layer{SettingSource::file, {{"letters.zip_bytes_max", refused}}};
    EXPECT_FALSE(Settings::create(specs, {layer})) << refused;
  }
}

}  // namespace
}  // namespace postroom::flows
