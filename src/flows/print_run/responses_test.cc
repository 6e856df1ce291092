// Varied: lines of response files and the state of the letters they are about, files at the print house and
// troubles on the way. Held: the state each letter ends in, what is counted, what is logged, and that nothing
// counts twice.
#include "flows/print_run/responses.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "flows/print_run/collate.h"
#include "flows/print_run/fake_response.h"
#include "flows/print_run/testing_house.h"
#include "flows/print_run/zip_and_send.h"
#include "ports/testing_care.h"

namespace postroom::flows {
namespace {

using namespace print_test;
using enum NotificationStatus;
using ports::Bucket;

constexpr const char* kFile = "NOTIFY-20260115093015-RSP.TXT";

struct Responses : ::testing::Test {
  FakeHouse house;
  PrintResponses responses{house.ports(), house.options()};

  void letter(int number, NotificationStatus status, int units = 1) {
    Notification n = house.letter(number);
    n.status = status;
    n.billable_units = units;
    if (status == sending) n.sent_at = house.clock.now();
    house.notifications.put(n);
  }
  std::string line(int number, std::string_view rest) {
    return FakeHouse::reference(number) + "|" + std::string(rest) + "\n";
  }
  ResponseSummary process(const std::string& content, std::string_view name = kFile) {
    auto summary = responses.process_response_file(name, content);
    EXPECT_TRUE(summary) << summary.error().message;
    return summary.value_or(ResponseSummary{});
  }
  ports::SortedCounts counts(std::string_view name = kFile) {
    return house.letters.counts.at({*parse_date("2026-01-15"), std::string(name)});
  }
};

TEST_F(Responses, RS5_single_lines_on_every_state) {
  struct Case {
    NotificationStatus before;
    const char* rest;
    NotificationStatus after;
    const char* logged;  // empty: nothing at warning or error level
    int units = 1;
  };
  const Case cases[] = {
      {sending, "Sent|1|Sorted", delivered, ""},
      {sending, "sent|1|Sorted", delivered, ""},
      {sending, "Failed|1|Unsorted", temporary_failure, "letters.print_house_failures"},
      {sending, "Sent|2|Sorted", delivered, "letters.response_sheets_differ"},
      {sending, "Sent|0|Sorted", delivered, "letters.response_sheets_differ", 2},  // X70
      {sending, "Sent|0|Sorted", delivered, "", 0},                                // RS12
      {sending, "Sent|x|Sorted", delivered, "letters.response_sheets_unreadable"},
      {sending, "Sent|1|UNSORTED", delivered, ""},
      {sending, "Sent|1|Error", delivered, "letters.response_cost_unknown"},
      {sending, "Sent|1|Sorted|2026-01-14", delivered, ""},
      {pending, "Sent|1|Sorted", delivered, ""},                           // X69
      {created, "Sent|1|Sorted", delivered, "letters.response_overtook"},  // X68
      {created, "Failed|1|Sorted", temporary_failure, "letters.response_overtook"},
      {technical_failure, "Sent|1|Sorted", delivered, "letters.despatched_after_failure"},  // T22
      {technical_failure, "Failed|1|Sorted", technical_failure, "letters.response_not_applied"},
      {delivered, "Failed|1|Sorted", delivered, "letters.response_not_applied"},
      {delivered, "Sent|1|Sorted", delivered, ""},
      {temporary_failure, "Sent|1|Sorted", temporary_failure, "letters.response_not_applied"},
      {cancelled, "Sent|1|Sorted", cancelled, "letters.response_not_applied"},
      {returned_letter, "Sent|1|Sorted", returned_letter, "letters.response_not_applied"},
  };
  int number = 0;
  for (const Case& c : cases) {
    letter(++number, c.before, c.units);
    house.logs.clear();
    process(line(number, c.rest));
    EXPECT_EQ(house.status(number), c.after) << to_string(c.before) << " " << c.rest;
    EXPECT_EQ(house.notifications.at(FakeHouse::reference(number)).billable_units, c.units);
    if (*c.logged) {
      EXPECT_TRUE(house.logs.has(c.logged)) << c.rest << house.logs.text();
    } else {
      EXPECT_EQ(house.logs.count("\"error\"") + house.logs.count("\"warning\""), 0) << c.rest << house.logs.text();
    }
  }
}

TEST_F(Responses, BU6_sheets_of_a_record_are_the_print_houses) {
  struct Case {
    NotificationStatus before;
    const char* provider_reference;
    int units, expected;
    bool differs;
  };
  int number = 0;
  for (const Case& c : std::initializer_list<Case>{
           {sending, "Notify-202601141740-rq.txt", 0, 2, false},
           {pending, "", 0, 2, false},
           {sending, "", 0, 0, true},
           {sending, "Notify-202601141740-rq.txt", 1, 1, true},  // it has a PDF of ours
       }) {
    Notification one = house.letter(++number);
    one.status = c.before;
    one.billable_units = c.units;
    one.provider_reference = c.provider_reference;
    house.notifications.put(one);
    house.logs.clear();
    process(line(number, "Sent|2|Sorted"));
    EXPECT_EQ(house.notifications.at(FakeHouse::reference(number)).billable_units, c.expected) << number;
    EXPECT_EQ(house.logs.has("letters.response_sheets_differ"), c.differs) << number;
  }
}

TEST_F(Responses, ST6_printed_though_cancelled_is_an_error) {
  letter(1, cancelled);
  process(line(1, "Sent|1|Sorted"));
  EXPECT_EQ(house.logs.count("\"error\""), 1) << house.logs.text();
}

TEST_F(Responses, RS9_RS10_one_sent_one_failed) {
  letter(1, sending);
  letter(2, sending);
  const auto summary = process(line(1, "Sent|1|Sorted") + line(2, "Failed|1|Unsorted"));
  EXPECT_EQ(summary.delivered, 1);
  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(summary.failed_references, std::vector{FakeHouse::reference(2)});
  EXPECT_TRUE(house.logs.has(FakeHouse::reference(2)));
  EXPECT_TRUE(house.logs.has(kFile));
  EXPECT_EQ(counts().sorted, 1);
  EXPECT_EQ(counts().unsorted, 1);
  const auto moved = house.notifications.at(FakeHouse::reference(1));
  EXPECT_EQ(moved.updated_at, house.clock.now());
  EXPECT_EQ(house.notifications.event_log.at(moved.id).back().detail, kFile);
}

TEST_F(Responses, RS11_despatch_rows) {
  for (int i = 1; i <= 4; ++i) letter(i, i == 4 ? cancelled : sending);
  house.notifications.at(FakeHouse::reference(3)).key_type = accounts::KeyType::test;
  process(line(1, "Sent|1|Sorted|2026-01-14") + line(2, "Sent|1|Unsorted") + line(3, "Sent|1|Sorted") +
          line(4, "Sent|1|Sorted"));
  ASSERT_EQ(house.letters.despatches.size(), 2u);
  const auto& first = house.letters.despatches.at(house.letter(1).id);
  EXPECT_EQ(format_date(first.despatched_on), "2026-01-14");
  EXPECT_EQ(first.cost_class, "sorted");
  const auto& second = house.letters.despatches.at(house.letter(2).id);
  EXPECT_EQ(format_date(second.despatched_on), "2026-01-15");
  EXPECT_EQ(second.cost_class, "unsorted");
}

TEST_F(Responses, RS8_bad_line_rejects_the_file) {
  letter(1, sending);
  for (const char* bad : {"Sent|1", "Sent|1|Sorted|2024-01-15|x"}) {
    const auto result = responses.process_response_file(kFile, line(1, "Sent|1|Sorted") + line(2, bad));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(result.error().message.find("line 2"), std::string::npos);
  }
  EXPECT_EQ(house.status(1), sending);
  EXPECT_TRUE(house.letters.counts.empty());
  EXPECT_TRUE(house.logs.has("letters.response_rejected"));
}

TEST_F(Responses, RS7_unknown_reference_between_good_lines) {
  letter(1, sending);
  letter(3, sending);
  const auto summary = process(line(1, "Sent|1|Sorted") + line(2, "Sent|1|Sorted") + line(3, "Sent|1|Sorted"));
  EXPECT_EQ(summary.unknown, 1);
  EXPECT_EQ(house.status(1), delivered);
  EXPECT_EQ(house.status(3), delivered);
  EXPECT_TRUE(house.logs.has("letters.response_unknown"));
}

TEST_F(Responses, RS10_X62_same_file_twice) {
  letter(1, sending);
  letter(2, sending);
  const std::string content = line(1, "Sent|1|Sorted") + line(2, "Sent|1|Unsorted");
  process(content);
  const auto rows = house.notifications.rows();
  house.clock.advance(std::chrono::seconds{1});
  const auto second = process(content);
  EXPECT_EQ(second.delivered, 0);
  EXPECT_EQ(second.unchanged, 2);
  EXPECT_EQ(house.notifications.rows(), rows);
  EXPECT_EQ(house.letters.counts.size(), 1u);
  EXPECT_EQ(counts().sorted, 1);
  EXPECT_EQ(counts().unsorted, 1);
}

TEST_F(Responses, ST6_same_letter_twice_in_a_file) {
  letter(1, sending);
  const auto summary = process(line(1, "Sent|1|Sorted") + line(1, "Failed|1|Sorted"));
  EXPECT_EQ(house.status(1), delivered);
  EXPECT_EQ(summary.delivered, 1);
  EXPECT_EQ(summary.failed, 0);
  EXPECT_EQ(summary.unchanged, 1);
  EXPECT_TRUE(house.logs.has("letters.response_not_applied"));
}

TEST_F(Responses, X68_overtaken_letter_passes_through_sending) {
  letter(1, created);
  process(line(1, "Sent|1|Sorted"));
  const auto n = house.notifications.at(FakeHouse::reference(1));
  EXPECT_EQ(n.sent_at, house.clock.now());
  EXPECT_EQ(n.sent_by, "dvla");
  const auto& events = house.notifications.event_log.at(n.id);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].status, sending);
  EXPECT_EQ(events[1].status, delivered);
}

TEST_F(Responses, RS12_empty_file_records_zero) {
  const auto summary = process("");
  EXPECT_TRUE(summary.counts_recorded);
  EXPECT_EQ(counts().sorted, 0);
  EXPECT_EQ(counts().unsorted, 0);
  EXPECT_FALSE(house.logs.has("\"error\""));
}

TEST_F(Responses, RS10_unknown_cost_class_leaves_the_count_alone) {
  letter(1, sending);
  letter(2, sending);
  const auto summary = process(line(1, "Sent|1|Sorted") + line(2, "Sent|1|Error"));
  EXPECT_EQ(summary.unknown_cost, 1);
  EXPECT_FALSE(summary.counts_recorded);
  EXPECT_TRUE(house.letters.counts.empty());
  EXPECT_EQ(house.status(2), delivered);
}

TEST_F(Responses, RS3_name_without_a_time_still_moves_letters) {
  letter(1, sending);
  const auto summary = process(line(1, "Sent|1|Sorted"), "rsp.txt");
  EXPECT_EQ(house.status(1), delivered);
  EXPECT_EQ(format_date(summary.billing_day), "2026-01-14");
  EXPECT_TRUE(house.logs.has("letters.response_name"));
}

TEST_F(Responses, X65_X66_lower_case_reference_and_blanks) {
  letter(1, sending);
  process(to_lower(FakeHouse::reference(1)) + " | Sent | 1 | Sorted \r\n");
  EXPECT_EQ(house.status(1), delivered);
}

TEST_F(Responses, X67_10000_lines_with_one_failure) {
  std::string content;
  for (int i = 1; i <= 10'000; ++i) {
    letter(i, sending);
    content += line(i, i == 5000 ? "Failed|1|Sorted" : "Sent|1|Sorted");
  }
  const auto summary = process(content);
  EXPECT_EQ(summary.delivered, 9'999);
  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(house.status(5000), temporary_failure);
  EXPECT_EQ(house.logs.count("\"error\""), 1);
  EXPECT_EQ(house.notifications.move_sizes, std::vector<std::size_t>(2, 5000));
}

TEST_F(Responses, nonsense_does_not_flood_the_log) {
  std::string content;
  for (int i = 1; i <= 1000; ++i) content += line(i, "Sent|1|Sorted");
  const auto summary = process(content);
  EXPECT_EQ(summary.unknown, 1000);
  EXPECT_LE(house.logs.count("\n"), 210);
  EXPECT_TRUE(house.logs.has("letters.response_log_cut"));
}

struct Poll : Responses {
  void remote(const char* folder, const char* name, const std::string& content) {
    house.print_house.files[{folder, name}] = content;
  }
  PollSummary poll() {
    auto summary = responses.poll();
    EXPECT_TRUE(summary) << summary.error().message;
    return summary.value_or(PollSummary{});
  }
  int fetches(const char* name) { return house.print_house.fetches[name]; }
};

TEST_F(Poll, RS2_each_file_is_read_once_and_kept) {
  letter(1, sending);
  remote("responses", kFile, line(1, "Sent|1|Sorted"));
  remote("responses", "readme.txt", "hello");
  EXPECT_EQ(poll().responses, 1);
  EXPECT_EQ(house.status(1), delivered);
  EXPECT_EQ(house.blobs.get(Bucket::print_responses, response_blob_key(kFile)).value(), line(1, "Sent|1|Sorted"));
  EXPECT_EQ(poll().responses, 0);
  EXPECT_EQ(fetches(kFile), 1);
  EXPECT_EQ(fetches("readme.txt"), 0);
}

TEST_F(Poll, RS8_grown_file_is_read_again) {
  letter(1, sending);
  letter(2, sending);
  remote("responses", kFile, line(1, "Sent|1|Sorted"));
  poll();
  remote("responses", kFile, line(1, "Sent|1|Sorted") + line(2, "Sent|1|Sorted"));
  EXPECT_EQ(poll().responses, 1);
  EXPECT_EQ(house.status(2), delivered);
  EXPECT_EQ(counts().sorted, 2);
}

TEST_F(Poll, RS8_refused_file_is_kept_and_not_read_again) {
  letter(1, sending);
  remote("responses", kFile, "nonsense");
  remote("responses", "NOTIFY-20260115093016-RSP.TXT", line(1, "Sent|1|Sorted"));
  const PollSummary summary = poll();
  EXPECT_EQ(summary.errors, 1);
  EXPECT_EQ(house.status(1), delivered);
  EXPECT_TRUE(house.blobs.get(Bucket::print_responses, response_blob_key(kFile)));
  EXPECT_EQ(poll().errors, 0);
}

TEST_F(Poll, passing_trouble_is_tried_again) {
  letter(1, sending);
  remote("responses", kFile, line(1, "Sent|1|Sorted"));
  house.notifications.move_fault.count = 1;
  EXPECT_EQ(poll().errors, 1);
  EXPECT_EQ(house.status(1), sending);
  EXPECT_EQ(poll().errors, 0);
  EXPECT_EQ(house.status(1), delivered);

  remote("responses", "NOTIFY-20260115093016-RSP.TXT", "");
  house.print_house.fetch_fault.count = 1;
  EXPECT_EQ(poll().errors, 1);
  EXPECT_EQ(poll().responses, 1);
}

TEST_F(Poll, folder_that_cannot_be_listed) {
  house.print_house.list_fault.count = 1;
  remote("acknowledgements", "NOTIFY.20260114175007.ZIP.ACK.TXT", "");
  const auto summary = responses.poll();
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(fetches("NOTIFY.20260114175007.ZIP.ACK.TXT"), 1);  // the other folder was read all the same
}

TEST_F(Poll, files_too_large_are_refused) {
  auto options = house.options();
  options.response_bytes_max = 10;
  remote("responses", kFile, line(1, "Sent|1|Sorted"));
  EXPECT_EQ(PrintResponses(house.ports(), options).poll()->errors, 1);
}

TEST_F(Poll, names_that_are_no_keys) {
  EXPECT_EQ(response_blob_key("a/b/NOTIFY-1-RSP.TXT"), "responses/NOTIFY-1-RSP.TXT");
  const std::string odd = response_blob_key("odd name\u00e9 rsp.txt");
  EXPECT_TRUE(odd.starts_with("responses/odd_name___rsp.txt."));
  EXPECT_NE(odd, response_blob_key("odd_name___rsp.txt"));
  EXPECT_LE(response_blob_key(std::string(5000, 'x')).size(), 300u);
}

TEST_F(Poll, AK3_AK6_acknowledgements_mark_zips) {
  for (int i : {1, 2}) {
    auto n = house.letter(i);
    n.service_id = FakeHouse::service(i);
    house.add(n);
  }
  ASSERT_TRUE(Collator(house.ports(), house.options()).run(house.deadline()));
  const std::string a = house.tasks.tasks.at(0).subject;
  const std::string b = house.tasks.tasks.at(1).subject;
  remote("acknowledgements", "NOTIFY.20260114180000.ACK.txt",
         to_lower(a) + "|20260114175733\r\n\r\nNOTIFY.OTHER.ZIP|1\r\n");
  remote("acknowledgements", (to_upper(b) + ".ack.TXT").c_str(), "");
  EXPECT_EQ(poll().acknowledgements, 2);
  const auto first_time = house.letters.zip(a)->acknowledged_at;
  EXPECT_EQ(first_time, house.clock.now());
  EXPECT_TRUE(house.letters.zip(b)->acknowledged_at);
  EXPECT_TRUE(house.logs.has("letters.acknowledgement_unknown"));
  EXPECT_TRUE(house.logs.has("NOTIFY.OTHER.ZIP"));
  house.clock.advance(std::chrono::hours{1});
  ASSERT_TRUE(responses.process_acknowledgement("x.ACK.TXT", a));
  EXPECT_EQ(house.letters.zip(a)->acknowledged_at, first_time);
}

TEST_F(Poll, RS2_one_folder_for_both) {
  auto options = house.options();
  options.acknowledgement_folder = options.response_folder;
  letter(1, sending);
  remote("responses", kFile, line(1, "Sent|1|Sorted"));
  remote("responses", "NOTIFY.20260114175007.ZIP.ACK.TXT", "");
  const auto summary = PrintResponses(house.ports(), options).poll();
  EXPECT_EQ(summary->responses, 1);
  EXPECT_EQ(summary->acknowledgements, 1);
}

TEST_F(Responses, RE8_late_news_of_letters_whose_days_are_over) {
  ports::testing::MemoryTaskQueue tasks;
  ports::testing::MemoryNotificationStore gone(tasks);
  ports::testing::MemoryJobStore jobs(tasks);
  ports::testing::MemoryArchiveStore archive(gone, jobs, tasks);
  auto put = [&](int number, NotificationStatus status) {
    Notification n = house.letter(number);
    n.status = status;
    n.billable_units = 1;
    archive.archived[n.id] = n;
    return n.id;
  };
  const auto given_up = put(1, technical_failure), done = put(2, delivered), taken_back = put(3, cancelled);
  PrintRunPorts ports = house.ports();
  ports.archive = &archive;
  const std::string file =
      line(1, "Sent|1|Sorted") + line(2, "Sent|1|Sorted") + line(3, "Sent|1|Sorted") + line(4, "Sent|1|Sorted");
  auto summary = PrintResponses(ports, house.options()).process_response_file(kFile, file);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->delivered, 1);
  EXPECT_EQ(summary->unchanged, 2);
  EXPECT_EQ(summary->unknown, 1);
  EXPECT_EQ(archive.archived.at(given_up).status, delivered);
  EXPECT_EQ(archive.archived.at(done).status, delivered);
  EXPECT_EQ(archive.archived.at(taken_back).status, cancelled);
  EXPECT_TRUE(house.logs.has("letters.despatched_after_failure"));
  EXPECT_EQ(house.letters.despatches.size(), 2u);
  // Without an archive they are unknown, as before.
  EXPECT_EQ(process(file).unknown, 4);
}

TEST_F(Responses, RM3_RM4_fake_responses) {
  letter(1, sending, 0);
  house.notifications.at(FakeHouse::reference(1)).key_type = accounts::KeyType::test;
  const auto refused = create_fake_response(house.ports(), responses, FakeHouse::reference(1), false);
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(house.status(1), sending);
  const auto name = create_fake_response(house.ports(), responses, FakeHouse::reference(1), true);
  ASSERT_TRUE(name) << name.error().message;
  EXPECT_EQ(*name, "NOTIFY-20260114175000-REF0000000000001-RSP.TXT");
  EXPECT_EQ(house.status(1), delivered);
  EXPECT_EQ(house.blobs.get(Bucket::print_responses, response_blob_key(*name)).value(),
            "REF0000000000001|Sent|0|Sorted");
  EXPECT_EQ(house.logs.count("\"error\"") + house.logs.count("\"warning\""), 0) << house.logs.text();
  EXPECT_TRUE(house.letters.despatches.empty());
  EXPECT_EQ(create_fake_response(house.ports(), responses, "x", true).error().kind, ErrorKind::invalid_input);
}

}  // namespace
}  // namespace postroom::flows
