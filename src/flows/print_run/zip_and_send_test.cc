// Method: letters in memory are collated into zips, and each zip is sent with faults scripted at every step; a
// step that fails stands for a process killed there. Held: no zip reaches the print house twice, and no letter is
// called sent that was not.
#include "flows/print_run/zip_and_send.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "flows/print_run/collate.h"
#include "flows/print_run/reconcile.h"
#include "flows/print_run/testing_house.h"

namespace postroom::flows {
namespace {

using namespace print_test;
using How = SendOutcome::How;
using ports::Bucket;
using ports::ZipState;

const std::function<bool()> kKeepGoing = [] { return true; };

struct ZipAndSend : ::testing::Test {
  FakeHouse house;
  ZipSender sender{house.ports(), house.options()};

  // One zip of each number of letters, in the order of their services.
  std::vector<std::string> plan(const std::vector<int>& sizes) {
    int next = 1;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      for (int j = 0; j < sizes[i]; ++j, ++next) {
        auto letter = house.letter(next);
        letter.service_id = FakeHouse::service(static_cast<int>(i) + 1);
        house.add(letter);
      }
    }
    return collate();
  }
  std::vector<std::string> collate() {
    const std::size_t before = house.tasks.tasks.size();
    EXPECT_TRUE(Collator(house.ports(), house.options()).run(house.deadline()));
    std::vector<std::string> names;
    for (std::size_t i = before; i < house.tasks.tasks.size(); ++i) names.push_back(house.tasks.tasks[i].subject);
    return names;
  }
  // What the worker does with a task: retries, then gives up.
  void run_task(const std::string& zip) {
    for (int attempt = 0; attempt <= kSendRetriesMax; ++attempt) {
      auto outcome = sender.send(zip, kKeepGoing);
      if (outcome) return;
      last_error = outcome.error();
      if (outcome.error().kind != ErrorKind::retry_later) break;
      house.clock.advance(kSendRetryDelay);
    }
    ASSERT_TRUE(sender.fail(zip, last_error.message));
  }
  std::string record_key(const std::string& zip) {
    return letters::zip_record_key(*letters::run_day_of_zip(zip), zip);
  }
  bool recorded(const std::string& zip) {
    return house.blobs.stat(Bucket::letters_pdf, record_key(zip)).has_value();
  }
  ZipState state(const std::string& zip) { return house.letters.zip(zip)->state; }
  bool there(const std::string& zip) { return house.print_house.files.contains({"notify", zip}); }

  Error last_error{ErrorKind::internal, ""};
};

TEST_F(ZipAndSend, FT1_FT2_uploads_records_and_marks) {
  const auto zips = plan({3});
  ASSERT_EQ(zips.size(), 1u);
  const auto outcome = sender.send(zips[0], kKeepGoing);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->how, How::uploaded);
  EXPECT_EQ(outcome->moved, 3);
  EXPECT_EQ(state(zips[0]), ZipState::uploaded);
  const Bytes zip = house.print_house.files.at({"notify", zips[0]});
  EXPECT_EQ(outcome->bytes, zip.size());
  // Entries in order, by their last path component.
  EXPECT_TRUE(zip.starts_with("NOTIFY.REF0000000000001.D.2.C.20260114120000.PDF:10\n"));
  EXPECT_LT(zip.find("REF0000000000001"), zip.find("REF0000000000002"));
  EXPECT_LT(zip.find("REF0000000000002"), zip.find("REF0000000000003"));
  const auto letter = house.notifications.at(FakeHouse::reference(1));
  EXPECT_EQ(letter.status, NotificationStatus::sending);
  EXPECT_EQ(letter.sent_by, "dvla");
  EXPECT_EQ(letter.sent_at, house.clock.now());
  EXPECT_EQ(letter.updated_at, house.clock.now());
  const auto events = house.notifications.event_log.at(letter.id);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].cause, "zip.verified");
  EXPECT_EQ(events[0].detail, zips[0]);
  EXPECT_EQ(house.leftovers(), 0);
  EXPECT_FALSE(house.logs.has("\"error\"")) << house.logs.text();
}

TEST_F(ZipAndSend, FT7_record_lies_under_the_run_day_and_lists_the_keys) {
  auto old_letter = house.letter(1);
  old_letter.created_at -= std::chrono::hours{48};
  house.add(old_letter);
  const auto zips = collate();
  ASSERT_TRUE(sender.send(zips.at(0), kKeepGoing));
  EXPECT_TRUE(record_key(zips[0]).starts_with("2026-01-14/zips_sent/NOTIFY.2026-01-14.2.001."));
  EXPECT_EQ(house.blobs.get(Bucket::letters_pdf, record_key(zips[0])).value(),
            R"(["2026-01-12/NOTIFY.REF0000000000001.D.2.C.20260112120000.PDF"])");
}

TEST_F(ZipAndSend, FT9_a_ok_b_passing_trouble_c_ok) {
  const auto zips = plan({1, 1, 1});
  ASSERT_EQ(zips.size(), 3u);
  house.print_house.faults[zips[1]] = {UploadFault::nothing_arrives, UploadFault::nothing_arrives};
  for (const auto& zip : zips) run_task(zip);
  EXPECT_EQ(house.count(NotificationStatus::sending), 3);
  EXPECT_EQ(house.print_house.uploads[zips[0]], 1);
  EXPECT_EQ(house.print_house.uploads[zips[1]], 3);
  EXPECT_EQ(house.print_house.uploads[zips[2]], 1);
  EXPECT_EQ(house.leftovers(), 0);
}

TEST_F(ZipAndSend, FT9_a_ok_b_fails_for_good_c_ok) {
  const auto zips = plan({1, 2, 1});
  house.print_house.faults[zips[1]] = std::vector(6, UploadFault::nothing_arrives);
  for (const auto& zip : zips) run_task(zip);
  EXPECT_EQ(house.print_house.uploads[zips[1]], 6);
  EXPECT_EQ(house.status(1), NotificationStatus::sending);
  EXPECT_EQ(house.status(2), NotificationStatus::technical_failure);
  EXPECT_EQ(house.status(3), NotificationStatus::technical_failure);
  EXPECT_EQ(house.status(4), NotificationStatus::sending);
  EXPECT_EQ(state(zips[1]), ZipState::failed);
  EXPECT_NE(house.letters.zip(zips[1])->error.find("connection lost"), std::string::npos);
  EXPECT_TRUE(house.logs.has("letters.zip_failed"));
  // The next run takes neither; after an operator has set B's letters back, only those and new ones.
  house.clock.advance(std::chrono::hours{24});
  EXPECT_TRUE(collate().empty());
  for (int i : {2, 3}) house.notifications.at(FakeHouse::reference(i)).status = NotificationStatus::created;
  house.add_letters(5, 1);
  const auto next = collate();
  ASSERT_EQ(next.size(), 2u);
  EXPECT_EQ(house.letters.zip_letters(next[0])->size(), 1u);
  EXPECT_EQ(house.letters.zip_letters(next[1])->size(), 2u);
}

TEST_F(ZipAndSend, FT9_killed_between_verify_and_record) {
  const auto zips = plan({2});
  house.blobs.put_fault.count = 1;
  const auto first = sender.send(zips[0], kKeepGoing);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::retry_later);
  EXPECT_TRUE(there(zips[0]));
  EXPECT_EQ(house.status(1), NotificationStatus::created);
  const auto second = sender.send(zips[0], kKeepGoing);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->how, How::found_there);
  EXPECT_EQ(house.print_house.uploads[zips[0]], 1);
  EXPECT_TRUE(recorded(zips[0]));
  EXPECT_EQ(house.count(NotificationStatus::sending), 2);
}

TEST_F(ZipAndSend, FT9_FT8_killed_between_record_and_marking) {
  const auto zips = plan({2});
  house.letters.move_zip_fault.count = 1;
  ASSERT_FALSE(sender.send(zips[0], kKeepGoing));
  EXPECT_TRUE(recorded(zips[0]));
  EXPECT_EQ(state(zips[0]), ZipState::uploading);
  house.print_house.files.clear();  // the print house has taken it meanwhile
  const auto second = sender.send(zips[0], kKeepGoing);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->how, How::recorded_before);
  EXPECT_EQ(second->moved, 2);
  EXPECT_EQ(house.print_house.uploads[zips[0]], 1);
  EXPECT_EQ(state(zips[0]), ZipState::uploaded);
}

TEST_F(ZipAndSend, FT9_marking_twice_changes_nothing) {
  const auto zips = plan({3});
  ASSERT_TRUE(sender.send(zips[0], kKeepGoing));
  const auto before = house.notifications.rows();
  house.clock.advance(std::chrono::hours{1});
  const auto second = sender.mark_letters_sent(zips[0]);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->moved, 0);
  EXPECT_EQ(second->unmoved, 3);
  EXPECT_EQ(house.notifications.rows(), before);
  EXPECT_TRUE(house.logs.has("letters.sent_before"));
  EXPECT_FALSE(house.logs.has("printed_though"));
}

TEST_F(ZipAndSend, FT9_ST7_cancelled_letter_stays_cancelled_and_is_reported) {
  const auto zips = plan({2});
  house.notifications.at(FakeHouse::reference(2)).status = NotificationStatus::cancelled;
  const auto outcome = sender.send(zips[0], kKeepGoing);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->moved, 1);
  EXPECT_EQ(house.status(2), NotificationStatus::cancelled);
  EXPECT_TRUE(house.logs.has("letters.printed_though_not_waiting"));
  EXPECT_TRUE(house.logs.has("REF0000000000002 (cancelled)"));
}

TEST_F(ZipAndSend, FT9_2500_letters_move_in_chunks) {
  const auto zips = plan({2500});
  ASSERT_EQ(zips.size(), 1u);
  ASSERT_TRUE(sender.send(zips[0], kKeepGoing));
  EXPECT_EQ(house.notifications.move_sizes, (std::vector<std::size_t>{1000, 1000, 500}));
  EXPECT_EQ(house.count(NotificationStatus::sending), 2500);
}

TEST_F(ZipAndSend, FT12_X44_lost_chunk_is_repeated_by_the_reconciler) {
  const auto zips = plan({2500});
  house.notifications.move_fault.count = 1;
  house.notifications.moves_before_fault = 2;
  ASSERT_FALSE(sender.send(zips[0], kKeepGoing));
  EXPECT_EQ(house.count(NotificationStatus::created), 500);
  EXPECT_TRUE(collate().empty());  // never zipped again
  const auto uploaded_at = house.letters.zip(zips[0])->uploaded_at;
  house.clock.advance(std::chrono::minutes{30});
  const auto summary = reconcile_zips(house.ports(), sender);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->zips, 1);
  EXPECT_EQ(summary->letters, 500);
  EXPECT_EQ(house.count(NotificationStatus::created), 0);
  // Handed over when the zip was, not when we noticed.
  EXPECT_EQ(house.notifications.at(FakeHouse::reference(2500)).sent_at, uploaded_at);
  EXPECT_EQ(reconcile_zips(house.ports(), sender)->zips, 0);
}

TEST_F(ZipAndSend, FT8_same_size_there_is_sent) {
  const auto zips = plan({1});
  house.print_house.faults[zips[0]] = {UploadFault::error_after_all_of_it};
  const auto outcome = sender.send(zips[0], kKeepGoing);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(house.print_house.uploads[zips[0]], 1);
  EXPECT_TRUE(recorded(zips[0]));
  EXPECT_EQ(house.status(1), NotificationStatus::sending);
}

TEST_F(ZipAndSend, FT8_X40_X42_other_size_is_overwritten) {
  const auto zips = plan({1});
  house.print_house.files[{"notify", zips[0]}] = "short";
  ASSERT_TRUE(sender.send(zips[0], kKeepGoing));
  EXPECT_EQ(house.print_house.uploads[zips[0]], 1);
  EXPECT_NE((house.print_house.files[{"notify", zips[0]}]), "short");
}

TEST_F(ZipAndSend, FT8_X43_half_a_file_after_an_error_is_tried_again) {
  const auto zips = plan({1});
  house.print_house.faults[zips[0]] = {UploadFault::half_arrives};
  const auto first = sender.send(zips[0], kKeepGoing);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::retry_later);
  EXPECT_FALSE(recorded(zips[0]));
  EXPECT_EQ(house.status(1), NotificationStatus::created);
  ASSERT_TRUE(sender.send(zips[0], kKeepGoing));
  EXPECT_EQ(house.status(1), NotificationStatus::sending);
}

TEST_F(ZipAndSend, FT8_unsure_what_is_there_means_later) {
  const auto zips = plan({1});
  house.print_house.stat_fault = {.count = 1, .error = {ErrorKind::rejected, "permission denied"}};
  const auto first = sender.send(zips[0], kKeepGoing);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::retry_later);
  EXPECT_NE(first.error().message.find("permission denied"), std::string::npos);
  EXPECT_EQ(house.print_house.uploads[zips[0]], 0);
}

TEST_F(ZipAndSend, FT8_acknowledged_zip_is_not_sent_again) {
  const auto zips = plan({1});
  ASSERT_TRUE(house.letters.acknowledge_zip(zips[0], house.clock.now()));
  const auto outcome = sender.send(zips[0], kKeepGoing);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->how, How::acknowledged_before);
  EXPECT_EQ(house.print_house.uploads[zips[0]], 0);
  EXPECT_TRUE(recorded(zips[0]));
  EXPECT_EQ(house.status(1), NotificationStatus::sending);
}

TEST_F(ZipAndSend, FT8_zip_taken_away_and_acknowledged_before_the_answer_came_is_not_sent_again) {
  const auto zips = plan({1});
  auto& files = house.print_house.files;
  house.print_house.faults[zips[0]] = {UploadFault::error_after_all_of_it};
  house.print_house.stat_fault = {.count = 1, .error = {ErrorKind::retry_later, "lost"}, .passes = 1};
  ASSERT_FALSE(sender.send(zips[0], kKeepGoing));
  // The print house takes it and says so, and nobody has read that yet.
  ASSERT_EQ(files.erase({"notify", zips[0]}), 1u);
  files[{"acknowledgements", zips[0] + ".ACK.TXT"}] = "";
  const auto outcome = sender.send(zips[0], kKeepGoing);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->how, How::acknowledged_before);
  EXPECT_EQ(house.print_house.uploads[zips[0]], 1);
  EXPECT_TRUE(recorded(zips[0]));
  EXPECT_EQ(house.status(1), NotificationStatus::sending);
}

TEST_F(ZipAndSend, FT8_FT9_last_attempt_that_got_through_is_not_given_up) {
  for (bool taken_away : {false, true}) {
    SCOPED_TRACE(taken_away);
    FakeHouse fresh;
    fresh.add_letters(1, 2);
    ASSERT_TRUE(Collator(fresh.ports(), fresh.options()).run(fresh.deadline()));
    const std::string zip = fresh.tasks.tasks[0].subject;
    ZipSender fresh_sender(fresh.ports(), fresh.options());
    fresh.print_house.faults[zip] = {UploadFault::error_after_all_of_it};
    fresh.print_house.stat_fault = {.count = 1, .error = {ErrorKind::retry_later, "lost"}, .passes = 1};
    ASSERT_FALSE(fresh_sender.send(zip, kKeepGoing));
    if (taken_away) {
      fresh.print_house.files.erase({"notify", zip});
      fresh.print_house.files[{"acknowledgements", "NOTIFY.20260114180000.ACK.txt"}] = zip + "|20260114180000";
    }
    const auto failed = fresh_sender.fail(zip, "connection lost");
    ASSERT_TRUE(failed);
    EXPECT_EQ(*failed, 0);
    EXPECT_EQ(fresh.letters.zip(zip)->state, ZipState::uploaded);
    EXPECT_EQ(fresh.count(NotificationStatus::sending), 2);
  }
}

TEST_F(ZipAndSend, FT9_half_a_file_at_the_end_is_given_up) {
  const auto zips = plan({1});
  house.print_house.faults[zips[0]] = {UploadFault::half_arrives};
  ASSERT_FALSE(sender.send(zips[0], kKeepGoing));
  EXPECT_EQ(*sender.fail(zips[0], "connection lost"), 1);
  EXPECT_EQ(house.status(1), NotificationStatus::technical_failure);
}

TEST_F(ZipAndSend, FT10_lost_lease_ends_the_attempt) {
  const auto zips = plan({3});
  int calls = 0;
  const auto lost = [&] {
    ++calls;
    return false;
  };
  // Time passes with every look at the clock, so that the lease is due at the first chance.
  struct Ticking final : Clock {
    mutable UtcTime time = parse_rfc3339("2026-01-14T17:50:00Z").value();
    UtcTime now() const override { return time += std::chrono::seconds{11}; }
  } ticking;
  PrintRunPorts ports{
      house.notifications,      house.letters, house.blobs,  house.tasks, house.leases, house.print_house,
      house.ports().create_zip, ticking,       house.random, house.zone};
  ZipSender slow(ports, house.options());
  const auto outcome = slow.send(zips[0], lost);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(house.print_house.uploads[zips[0]], 0);
  EXPECT_EQ(house.leftovers(), 0);
}

TEST_F(ZipAndSend, FT11_missing_pdf_holds_the_whole_zip) {
  const auto zips = plan({3});
  ASSERT_TRUE(house.blobs.remove(Bucket::letters_pdf, house.letters.zip_letters(zips[0])->at(1).blob_key));
  const auto outcome = sender.send(zips[0], kKeepGoing);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::retry_later);
  EXPECT_NE(outcome.error().message.find("REF0000000000002"), std::string::npos);
  EXPECT_EQ(house.print_house.uploads[zips[0]], 0);
  EXPECT_EQ(house.leftovers(), 0);
}

TEST_F(ZipAndSend, FT9_giving_up_twice_or_after_success) {
  const auto zips = plan({1, 1});
  EXPECT_EQ(sender.fail(zips[0], "no more retries").value(), 1);
  EXPECT_EQ(sender.fail(zips[0], "no more retries").value(), 0);
  const auto again = sender.send(zips[0], kKeepGoing);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::rejected);
  EXPECT_EQ(house.print_house.uploads[zips[0]], 0);

  // Sent, but the worker never heard of it: giving up completes it instead.
  house.letters.move_zip_fault.count = 1;
  ASSERT_FALSE(sender.send(zips[1], kKeepGoing));
  EXPECT_EQ(sender.fail(zips[1], "no more retries").value(), 0);
  EXPECT_EQ(house.status(2), NotificationStatus::sending);
  EXPECT_EQ(state(zips[1]), ZipState::uploaded);
}

TEST_F(ZipAndSend, FT9_zip_whose_letters_were_all_given_up_is_not_printed) {
  const auto zips = plan({2});
  for (int i : {1, 2})
    house.notifications.at(FakeHouse::reference(i)).status = NotificationStatus::technical_failure;
  run_task(zips[0]);
  EXPECT_EQ(last_error.kind, ErrorKind::rejected);
  EXPECT_FALSE(there(zips[0]));
  EXPECT_EQ(state(zips[0]), ZipState::failed);
}

TEST_F(ZipAndSend, FT1_unknown_zip) {
  EXPECT_EQ(sender.send("NOTIFY.X.ZIP", kKeepGoing).error().kind, ErrorKind::not_found);
  EXPECT_EQ(sender.fail("NOTIFY.X.ZIP", "r").error().kind, ErrorKind::not_found);
  EXPECT_EQ(sender.mark_letters_sent("NOTIFY.X.ZIP").error().kind, ErrorKind::not_found);
  const auto zips = plan({1});
  EXPECT_EQ(sender.mark_letters_sent(zips[0]).error().kind, ErrorKind::invalid_input);
}

TEST_F(ZipAndSend, FT4_temporary_file_is_private_and_missing_folder_is_said) {
  const auto zips = plan({1});
  mode_t mode = 0;
  PrintRunPorts ports = house.ports();
  ports.create_zip = [&](const std::string& path) -> Result<std::unique_ptr<ports::ZipWriter>> {
    struct stat info{};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    mode = info.st_mode & 0777;
    return std::make_unique<FakeZipWriter>(path);
  };
  ASSERT_TRUE(ZipSender(ports, house.options()).send(zips[0], kKeepGoing));
  EXPECT_EQ(mode, 0600u);

  house.add_letters(2, 1);
  auto options = house.options();
  options.temp_folder = house.temp_folder + "/absent";
  const auto outcome = ZipSender(house.ports(), options).send(collate().at(0), kKeepGoing);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::retry_later);
  EXPECT_NE(outcome.error().message.find("/absent"), std::string::npos);
}

TEST_F(ZipAndSend, FT4_reading_one_by_one_gives_the_same_zip) {
  const auto zips = plan({40});
  auto options = house.options();
  options.parallel_reads = 1;
  const auto one_by_one = ZipSender(house.ports(), options).send(zips[0], kKeepGoing);
  ASSERT_TRUE(one_by_one);
  const Bytes first = house.print_house.files.at({"notify", zips[0]});
  FakeHouse other;
  for (int i = 1; i <= 40; ++i) other.add(other.letter(i));
  ASSERT_TRUE(Collator(other.ports(), other.options()).run(other.deadline()));
  ASSERT_TRUE(ZipSender(other.ports(), other.options()).send(zips[0], kKeepGoing));
  EXPECT_EQ((other.print_house.files.at({"notify", zips[0]})), first);
}

}  // namespace
}  // namespace postroom::flows
