// Varied: which letters wait, with which files. Held: which zips are planned under which names, and that a second
// run finds nothing left.
#include "flows/print_run/collate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "flows/print_run/testing_house.h"

namespace postroom::flows {
namespace {

using namespace print_test;
using notifications::Postage;
using ports::Bucket;

struct Collate : ::testing::Test {
  FakeHouse house;

  CollateSummary run(PrintRunOptions options) {
    auto summary = Collator(house.ports(), std::move(options)).run(house.deadline());
    EXPECT_TRUE(summary) << summary.error().message;
    return summary.value_or(CollateSummary{});
  }
  CollateSummary run() { return run(house.options()); }
  std::vector<ports::LetterZip> zips() { return house.letters.zips(*parse_date("2026-01-14")).value(); }
};

TEST_F(Collate, CO7_zip_and_task) {
  house.add_letters(1, 3);
  const CollateSummary summary = run();
  EXPECT_EQ(summary.zips, 1);
  EXPECT_EQ(summary.letters, 3);
  EXPECT_EQ(summary.bytes, 30);
  EXPECT_EQ(format_date(summary.run_day), "2026-01-14");
  EXPECT_EQ(summary.by_postage.at(1).letters, 3);
  EXPECT_EQ(summary.by_postage.at(1).sheets, 3);
  ASSERT_EQ(house.tasks.tasks.size(), 1u);
  const ports::NewTask& task = house.tasks.tasks[0];
  EXPECT_EQ(task.queue, "print");
  EXPECT_EQ(task.kind, "zip-and-send-letter-pdfs");
  EXPECT_EQ(task.unique_key, "zip-and-send-letter-pdfs:" + task.subject);
  const auto zip = house.letters.zip(task.subject);
  ASSERT_TRUE(zip);
  EXPECT_EQ(zip->state, ports::ZipState::planned);
  EXPECT_EQ(zip->letter_count, 3);
  EXPECT_EQ(zip->byte_count, 30);
  EXPECT_TRUE(task.subject.starts_with("NOTIFY.2026-01-14.2.001."));
  EXPECT_TRUE(task.subject.ends_with("." + FakeHouse::service(1).text() + ".ZIP"));
  // No letter changes its state.
  EXPECT_EQ(house.count(NotificationStatus::created), 3);
}

TEST_F(Collate, CO9_X16_second_run_finds_nothing) {
  house.add_letters(1, 3);
  run();
  EXPECT_EQ(run().zips, 0);
  EXPECT_EQ(house.tasks.tasks.size(), 1u);
  house.add_letters(4, 1);
  EXPECT_EQ(run().letters, 1);
}

TEST_F(Collate, CO3_which_letters) {
  auto letter = house.letter(1);
  house.add(letter);
  letter = house.letter(2);
  letter.key_type = accounts::KeyType::test;
  house.add(letter);
  letter = house.letter(3);
  letter.billable_units = 0;
  house.add(letter);
  letter = house.letter(4);
  letter.created_at = house.deadline();
  house.add(letter);
  letter = house.letter(5);
  letter.created_at = house.deadline() - Duration{1};
  house.add(letter);
  letter = house.letter(6);  // X28: left over from days ago
  letter.created_at -= std::chrono::hours{24 * 30};
  house.add(letter);
  letter = house.letter(7);
  letter.status = NotificationStatus::cancelled;
  house.add(letter);
  EXPECT_EQ(run().letters, 3);
  std::vector<std::string> references;
  const auto placed = house.letters.zip_letters(zips().at(0).name).value();
  for (const auto& one : placed) references.push_back(one.reference);
  EXPECT_EQ(references, (std::vector{FakeHouse::reference(6), FakeHouse::reference(1), FakeHouse::reference(5)}));
}

// CA2: letters may be cancelled while a run by hand is at work.
TEST_F(Collate, CO9_a_letter_cancelled_meanwhile_does_not_hold_the_others_back) {
  house.add_letters(1, 3);
  auto options = house.options();
  int seen = 0;
  options.leaves_out = [&](ServiceId) {
    if (++seen == 3) {
      EXPECT_TRUE(house.notifications.move({.id = house.letter(2).id,
                                            .from = {NotificationStatus::created},
                                            .to = NotificationStatus::cancelled,
                                            .at = house.clock.now(),
                                            .cause = "cancelled",
                                            .detail = ""}));
    }
    return false;
  };
  const CollateSummary summary = run(options);
  EXPECT_EQ(summary.letters, 2);
  EXPECT_EQ(summary.elsewhere, 1);
  EXPECT_EQ(summary.bytes, 20);
  ASSERT_EQ(zips().size(), 1u);
  EXPECT_THAT(zips()[0].name, ::testing::StartsWith("NOTIFY.2026-01-14.2.001."));
  std::vector<std::string> references;
  const auto placed = house.letters.zip_letters(zips()[0].name).value();
  for (const auto& one : placed) references.push_back(one.reference);
  EXPECT_EQ(references, (std::vector{FakeHouse::reference(1), FakeHouse::reference(3)}));
}

TEST_F(Collate, CO3_X21_letter_without_a_file_waits) {
  house.add_letters(1, 10);
  LetterFiles files(house.blobs, {.zone = house.zone});
  ASSERT_TRUE(house.blobs.remove(Bucket::letters_pdf, files.find(house.letter(4))->blob.key));
  const CollateSummary summary = run();
  EXPECT_EQ(summary.letters, 9);
  EXPECT_EQ(summary.missing, 1);
  EXPECT_EQ(house.status(4), NotificationStatus::created);
  EXPECT_TRUE(house.logs.has("letters.pdf_missing"));
  EXPECT_TRUE(house.logs.has(FakeHouse::reference(4)));
}

TEST_F(Collate, X20_numbers_restart_for_each_postage) {
  int number = 1;
  for (Postage postage : {Postage::second, Postage::first, Postage::europe}) {
    for (int service : {2, 1}) {
      auto letter = house.letter(number++);
      letter.postage = postage;
      letter.service_id = FakeHouse::service(service);
      house.add(letter);
    }
  }
  EXPECT_EQ(run().zips, 6);
  std::vector<std::string> starts;
  for (const auto& zip : zips()) starts.push_back(zip.name.substr(0, 24));
  EXPECT_EQ(starts, (std::vector<std::string>{"NOTIFY.2026-01-14.1.001.", "NOTIFY.2026-01-14.1.002.",
                                              "NOTIFY.2026-01-14.2.001.", "NOTIFY.2026-01-14.2.002.",
                                              "NOTIFY.2026-01-14.E.001.", "NOTIFY.2026-01-14.E.002."}));
}

TEST_F(Collate, CO4_mixed_zips_when_wanted) {
  for (int i : {1, 2}) {
    auto letter = house.letter(i);
    letter.service_id = FakeHouse::service(i);
    house.add(letter);
  }
  auto options = house.options();
  options.group_limits.per_service = false;
  EXPECT_EQ(run(options).zips, 1);
  EXPECT_EQ(split(zips().at(0).name, '.').size(), 6u);
}

TEST_F(Collate, CO4_limits_come_from_the_options) {
  house.add_letters(1, 7);
  auto options = house.options();
  options.group_limits.letters_max = 3;
  EXPECT_EQ(run(options).zips, 3);
  options.group_limits.bytes_max = letters::kZipBytesHardMax + 1;
  EXPECT_EQ(Collator(house.ports(), options).run(house.deadline()).error().kind, ErrorKind::invalid_input);
}

TEST_F(Collate, LG6_services_that_send_records_are_left_out) {
  for (int i : {1, 2}) {
    auto letter = house.letter(i);
    letter.service_id = FakeHouse::service(i);
    house.add(letter);
  }
  auto options = house.options();
  options.leaves_out = [](ServiceId service) { return service == FakeHouse::service(1); };
  EXPECT_EQ(run(options).letters, 1);
  EXPECT_TRUE(zips().at(0).name.ends_with(FakeHouse::service(2).text() + ".ZIP"));
}

TEST_F(Collate, CO8_X27_same_letters_same_names) {
  FakeHouse other;
  house.add_letters(1, 5);
  for (int i = 5; i >= 1; --i) other.add(other.letter(i));
  run();
  ASSERT_TRUE(Collator(other.ports(), other.options()).run(other.deadline()));
  EXPECT_EQ(house.tasks.tasks.at(0).subject, other.tasks.tasks.at(0).subject);
}

TEST_F(Collate, CO9_letters_of_a_failed_zip_get_another_name_the_same_evening) {
  house.add_letters(1, 2);
  run();
  const std::string first = zips().at(0).name;
  ASSERT_TRUE(
      *house.letters.move_zip(first, ports::ZipState::planned, ports::ZipState::failed, house.clock.now(), "x"));
  EXPECT_EQ(run().zips, 1);
  ASSERT_EQ(zips().size(), 2u);
  EXPECT_EQ(zips()[1].name, replace_all(first, ".001.", ".002."));
}

TEST_F(Collate, X24_letter_too_large_for_any_zip) {
  house.add_letters(1, 2);
  house.blobs.claimed_sizes[LetterFiles(house.blobs, {.zone = house.zone}).find(house.letter(1))->blob.key] =
      2'254'857'830;
  const CollateSummary summary = run();
  EXPECT_EQ(summary.refused, 1);
  EXPECT_EQ(summary.letters, 1);
  EXPECT_EQ(house.status(1), NotificationStatus::technical_failure);
  EXPECT_EQ(house.status(2), NotificationStatus::created);
  EXPECT_TRUE(house.logs.has("letters.pdf_too_large"));
}

TEST_F(Collate, CO9_one_run_at_a_time) {
  house.add_letters(1, 1);
  ASSERT_TRUE(*house.leases.acquire("collate", "somebody", house.clock.now(), std::chrono::minutes{10}));
  Collator collator(house.ports(), house.options());
  EXPECT_EQ(collator.run(house.deadline()).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(house.tasks.tasks.empty());
  house.clock.advance(std::chrono::minutes{11});
  EXPECT_TRUE(collator.run(house.deadline()));
  EXPECT_TRUE(collator.run(house.deadline()));  // and lets go of the lease
}

TEST_F(Collate, CO3_more_letters_than_a_page) {
  house.add_letters(1, Collator::kPageLettersMax + 5);
  const CollateSummary summary = run();
  EXPECT_EQ(summary.letters, Collator::kPageLettersMax + 5);
  EXPECT_EQ(summary.zips, 3);
}

TEST_F(Collate, X23_none_no_zip) {
  EXPECT_EQ(run().zips, 0);
  EXPECT_TRUE(house.tasks.tasks.empty());
}

struct Files : ::testing::Test {
  FakeHouse house;
  LetterFiles files{house.blobs, {.zone = house.zone}};
};

TEST_F(Files, RF4_found_after_a_change_of_postage_or_form) {
  const Notification letter = house.letter(1);
  ASSERT_TRUE(
      house.blobs.put(Bucket::letters_pdf, "2026-01-14/NOTIFY.REF0000000000001.D.1.C.C.20260114120000.pdf", "old"));
  ASSERT_TRUE(house.blobs.put(Bucket::letters_pdf,
                              "2026-01-14/NOTIFY.REF0000000000001.D.1.C.20260114120000.PDF.bak", "bak"));
  EXPECT_EQ(files.read(letter).value(), "old");
  EXPECT_EQ(files.read(house.letter(2)).error().kind, ErrorKind::not_found);
}

TEST_F(Files, X30_two_files_the_first_listed_is_used) {
  ASSERT_TRUE(
      house.blobs.put(Bucket::letters_pdf, "2026-01-14/NOTIFY.REF0000000000001.D.1.C.20260114120000.PDF", "first"));
  ASSERT_TRUE(house.blobs.put(Bucket::letters_pdf, "2026-01-14/NOTIFY.REF0000000000001.D.E.C.20260114120000.PDF",
                              "second"));
  EXPECT_EQ(files.read(house.letter(1)).value(), "first");
  EXPECT_TRUE(house.logs.has("letters.several_pdfs"));
}

TEST_F(Files, RF3_storing_replaces_whatever_the_letter_had) {
  Notification letter = house.letter(1);
  EXPECT_EQ(files.store(letter, "a").value(), "2026-01-14/NOTIFY.REF0000000000001.D.2.C.20260114120000.PDF");
  letter.postage = Postage::first;
  ASSERT_TRUE(files.store(letter, "b"));
  ASSERT_TRUE(files.store(letter, "b"));
  EXPECT_EQ(house.blobs.lists, 0);  // of a folder with all letters of the day
  int left = 0;
  ASSERT_TRUE(house.blobs.list(Bucket::letters_pdf, "", [&](const auto&) { ++left; }));
  EXPECT_EQ(left, 1);
  letter.postage = Postage::second;
  EXPECT_EQ(files.read(letter).value(), "b");
}

TEST_F(Files, RF4_buckets) {
  Notification letter = house.letter(1);
  letter.key_type = accounts::KeyType::test;
  EXPECT_EQ(files.store(letter, "t").value(), "NOTIFY.REF0000000000001.D.2.C.20260114120000.PDF");
  EXPECT_EQ(files.find(letter)->bucket, Bucket::test_letters);
  letter.status = NotificationStatus::validation_failed;
  EXPECT_FALSE(files.find(letter));
}

}  // namespace
}  // namespace postroom::flows
