// Varied: what is stuck, the day, the environment, and whether the ticket desk answers. Held: who is told, how, and
// in which words that matter.
#include "flows/alerts/letter_alerts.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "flows/print_run/collate.h"
#include "flows/print_run/responses.h"
#include "flows/print_run/testing_house.h"
#include "flows/print_run/zip_and_send.h"
#include "ports/testing_tickets.h"

namespace postroom::flows {
namespace {

using namespace print_test;
using ports::Bucket;

UtcTime at(std::string_view text) { return parse_rfc3339(text).value(); }

struct Alerts : ::testing::Test {
  FakeHouse house;
  ports::testing::MemoryTicketDesk desk;
  recipients::BankHolidays holidays = recipients::BankHolidays::parse("2018-01-01\tNew Year's Day\n").value();

  LetterAlerts alerts(bool raises_tickets = true, std::string environment = "production") {
    return LetterAlerts({house.letters, house.blobs, desk, house.clock, house.zone, holidays},
                        {.raises_tickets = raises_tickets, .environment_name = std::move(environment)});
  }
  void sending_since(int number, std::string_view sent_at, accounts::KeyType key = accounts::KeyType::normal) {
    Notification n = house.letter(number);
    n.status = NotificationStatus::sending;
    n.sent_at = at(sent_at);
    n.key_type = key;
    house.notifications.put(n);
  }
};

TEST_F(Alerts, CH1_table) {
  struct Case {
    const char* sent_at;
    const char* run;
    std::int64_t count;
  };
  const Case cases[] = {
      {"2018-01-15T17:55:00Z", "2018-01-16T16:30:00Z", 1},   {"2018-01-16T17:55:00Z", "2018-01-16T16:30:00Z", 0},
      {"2018-01-16T17:55:00Z", "2018-01-17T16:30:00Z", 1},   {"2018-01-12T17:55:00Z", "2018-01-15T16:30:00Z", 1},
      {"2018-01-13T17:55:00Z", "2018-01-15T16:30:00Z", 1},   {"2018-01-11T17:55:00Z", "2018-01-15T16:30:00Z", 1},
      {"2018-01-15T00:00:00Z", "2018-01-15T16:30:00Z", 0},   {"2018-01-15T00:00:00Z", "2018-01-16T16:30:00Z", 1},
      {"2018-01-14T23:59:59.9Z", "2018-01-15T16:30:00Z", 1}, {"2018-01-12T17:55:00Z", "2018-01-13T16:30:00Z", 0},
      {"2018-01-12T17:55:00Z", "2018-01-14T16:30:00Z", 0},   {"2017-12-29T17:55:00Z", "2018-01-01T16:30:00Z", 0},
      {"2017-12-29T17:55:00Z", "2018-01-02T16:30:00Z", 1},
  };
  for (const Case& c : cases) {
    sending_since(1, c.sent_at);
    house.clock.set(at(c.run));
    EXPECT_EQ(alerts().letters_still_sending()->count, c.count) << c.sent_at << " at " << c.run;
  }
  house.notifications.at(FakeHouse::reference(1)).status = NotificationStatus::delivered;
  EXPECT_EQ(alerts().letters_still_sending()->count, 0);
}

TEST_F(Alerts, CH3_letters_without_a_report) {
  sending_since(1, "2018-01-12T23:59:59.9Z");
  sending_since(2, "2018-01-13T00:00:00Z");
  sending_since(3, "2018-01-11T17:55:00Z", accounts::KeyType::test);
  for (const auto& [run, count] : {std::pair{"2018-01-15T19:00:00Z", 0},
                                   {"2018-01-16T19:00:00Z", 1},
                                   {"2018-01-17T19:00:00Z", 2},
                                   {"2018-01-20T19:00:00Z", 0}}) {
    house.clock.set(at(run));
    EXPECT_EQ(alerts().letters_without_report()->count, count) << run;
  }
  ASSERT_EQ(desk.tickets.size(), 2u);
  EXPECT_EQ(desk.tickets[0].subject, "[production] Letters still sending");
  EXPECT_NE(desk.tickets[0].message.find("1 letter was handed to the print house on Friday 12 January"),
            std::string::npos);
  EXPECT_EQ(desk.tickets[0].task_type, "letters_sending");
}

TEST_F(Alerts, CH1_ticket_names_count_and_day_and_test_letters_do_not_count) {
  sending_since(1, "2018-01-12T17:55:00Z");
  sending_since(2, "2018-01-13T17:55:00Z");
  sending_since(3, "2018-01-13T17:55:00Z", accounts::KeyType::test);
  house.clock.set(at("2018-01-15T16:30:00Z"));
  const auto outcome = alerts().letters_still_sending();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->count, 2);
  EXPECT_TRUE(outcome->ticket_raised);
  ASSERT_EQ(desk.tickets.size(), 1u);
  EXPECT_EQ(desk.tickets[0].subject, "[production] Letters still sending");
  EXPECT_EQ(desk.tickets[0].task_type, "letters_sending");
  EXPECT_TRUE(desk.tickets[0].message.starts_with("2 letters are "));
  EXPECT_NE(desk.tickets[0].message.find("Friday 12 January"), std::string::npos);
}

TEST_F(Alerts, EN1_EN2_EN3_live_and_production_and_test_raise_tickets_others_only_log) {
  struct Case {
    const char* environment;
    bool raises_tickets;  // as the configuration sets it for that environment
    const char* subject;
  };
  const Case cases[] = {
      {"live", true, "[production] Letters still sending"},
      {"production", true, "[production] Letters still sending"},
      {"test", true, "[test] Letters still sending"},
      {"staging", false, "[staging] Letters still sending"},
      {"preview", false, "[preview] Letters still sending"},
  };
  for (int i = 1; i <= 3; ++i) sending_since(i, "2018-01-15T17:55:00Z");
  house.clock.set(at("2018-01-16T16:30:00Z"));
  for (const Case& c : cases) {
    desk.tickets.clear();
    house.logs.clear();
    const auto outcome = alerts(c.raises_tickets, c.environment).letters_still_sending();
    EXPECT_EQ(outcome->count, 3);
    EXPECT_EQ(outcome->subject, c.subject);
    EXPECT_EQ(desk.tickets.size(), c.raises_tickets ? 1u : 0u) << c.environment;
    if (c.raises_tickets) {
      EXPECT_EQ(desk.tickets[0].subject, c.subject);
    } else {
      EXPECT_TRUE(house.logs.has("\"info\"") && house.logs.has("3 letters are")) << house.logs.text();
    }
    EXPECT_FALSE(house.logs.has("\"error\"")) << house.logs.text();
  }
}

TEST_F(Alerts, EN6_ticket_desk_away_logs_the_whole_message) {
  sending_since(1, "2018-01-15T17:55:00Z");
  house.clock.set(at("2018-01-16T16:30:00Z"));
  desk.answers = false;
  const auto outcome = alerts().letters_still_sending();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->ticket_raised);
  EXPECT_TRUE(house.logs.has("alerts.ticket_not_raised"));
  EXPECT_TRUE(house.logs.has("[production] Letters still sending"));
  EXPECT_TRUE(house.logs.has("Monday 15 January"));
  EXPECT_TRUE(house.logs.has("the desk does not answer"));
}

struct Acknowledgements : Alerts {
  PrintResponses responses{house.ports(), house.options()};
  void record(const char* key) { ASSERT_TRUE(house.blobs.put(Bucket::letters_pdf, key, "[]")); }
  // As poll() keeps them.
  void acknowledgement(std::string_view name, std::string_view content) {
    ASSERT_TRUE(responses.process_acknowledgement(name, content));
    ASSERT_TRUE(house.blobs.put(Bucket::print_responses, acknowledgement_blob_key(name), content));
  }
};

TEST_F(Acknowledgements, AK5_table) {
  struct Case {
    std::vector<const char*> records;
    const char* name;  // of the acknowledgement file; empty: none
    const char* content;
    std::int64_t missing;
    bool unexpected = false;
  };
  const char* a = "2018-01-11/zips_sent/NOTIFY.20180111175007.ZIP.TXT";
  const char* b = "2018-01-11/zips_sent/NOTIFY.20180111175009.ZIP.TXT";
  const char* ack = "NOTIFY.20180111180000.ACK.txt";
  const Case cases[] = {
      {{a}, ack, "NOTIFY.20180111175007.ZIP|20180111175733", 0},
      {{a}, ack, "notify.20180111175007.zip|20180111175733", 0},
      {{a}, "NOTIFY.20180111175007.ZIP.ack.txt", "", 0},
      {{a, b}, ack, "NOTIFY.20180111175007.ZIP|20180111175733", 1},
      {{}, ack, "NOTIFY.20180111175007.ZIP|20180111175733", 0, true},
      {{"2018-01-11/zips_sent/notify.a.zip.txt"}, ack, "NOTIFY.A.ZIP|20180111175733", 0},
      {{"2018-01-10/zips_sent/NOTIFY.20180110175007.ZIP.TXT"}, "", "", 0},       // yesterday's
      {{a}, "NOTIFY.20180110233000.ACK.txt", "NOTIFY.20180111175007.ZIP|1", 1},  // named after yesterday
      {{a}, ack, "NOTIFY.20180111175007.ZIP|20180111175733\r\n\r\n", 0},
      {{}, "", "", 0},
      {{"2018-01-11/zips_sent/Notify.20180111175007.Zip.txt"},
       "Notify.20180111175007.Zip.ack.TXT",
       "",
       0},  // X71, X72
  };
  for (const Case& c : cases) {
    FakeHouse fresh;
    fresh.clock.set(at("2018-01-11T23:00:00Z"));
    for (const char* key : c.records) ASSERT_TRUE(fresh.blobs.put(Bucket::letters_pdf, key, "[]"));
    if (*c.name) {
      ASSERT_TRUE(fresh.blobs.put(Bucket::print_responses, acknowledgement_blob_key(c.name), c.content));
    }
    desk.tickets.clear();
    LetterAlerts checks({fresh.letters, fresh.blobs, desk, fresh.clock, fresh.zone, holidays},
                        {.raises_tickets = true, .environment_name = "production"});
    const auto outcome = checks.missing_acknowledgements();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->count, c.missing) << c.name << " " << c.content;
    EXPECT_EQ(desk.tickets.size(), c.missing > 0 ? 1u : 0u);
    EXPECT_EQ(fresh.logs.has("alerts.acknowledged_not_sent"), c.unexpected);
    EXPECT_EQ(fresh.logs.has("\"error\""), c.missing > 0);
  }
}

TEST_F(Acknowledgements, AK5_ticket_lists_names_and_places) {
  house.clock.set(at("2018-01-11T23:00:00Z"));
  record("2018-01-11/zips_sent/NOTIFY.20180111175009.ZIP.TXT");
  record("2018-01-11/zips_sent/NOTIFY.20180111175007.ZIP.TXT");
  ASSERT_TRUE(alerts().missing_acknowledgements());
  ASSERT_EQ(desk.tickets.size(), 1u);
  EXPECT_EQ(desk.tickets[0].subject, "[production] Letter acknowledge error");
  const std::string& message = desk.tickets[0].message;
  EXPECT_NE(message.find("NOTIFY.20180111175007.ZIP\nNOTIFY.20180111175009.ZIP\n"), std::string::npos);
  for (const char* part : {"letters-pdf", "2018-01-11/zips_sent/", "print-responses"})
    EXPECT_NE(message.find(part), std::string::npos) << part;
}

TEST_F(Acknowledgements, AK5_EN3_always_an_error_but_a_ticket_only_where_wanted) {
  house.clock.set(at("2018-01-11T23:00:00Z"));
  record("2018-01-11/zips_sent/NOTIFY.20180111175007.ZIP.TXT");
  const auto outcome = alerts(false, "staging").missing_acknowledgements();
  EXPECT_EQ(outcome->count, 1);
  EXPECT_TRUE(desk.tickets.empty());
  EXPECT_TRUE(house.logs.has("\"error\""));
  EXPECT_TRUE(house.logs.has("NOTIFY.20180111175007.ZIP"));
}

TEST_F(Acknowledgements, AK3_local_date_after_midnight_in_summer) {
  house.clock.set(at("2018-07-02T23:30:00Z"));  // 00:30 of the 3rd
  record("2018-07-03/zips_sent/NOTIFY.20180703000100.ZIP.TXT");
  acknowledgement("NOTIFY.20180703001000.ACK.TXT", "NOTIFY.20180703000100.ZIP|20180703000500");
  EXPECT_EQ(alerts().missing_acknowledgements()->count, 0);
}

TEST_F(Acknowledgements, X45_one_of_three_zips_of_a_real_run) {
  for (int i : {1, 2, 3}) {
    auto letter = house.letter(i);
    letter.service_id = FakeHouse::service(i);
    house.add(letter);
  }
  ASSERT_TRUE(Collator(house.ports(), house.options()).run(house.deadline()));
  ZipSender sender(house.ports(), house.options());
  for (const auto& task : house.tasks.tasks) ASSERT_TRUE(sender.send(task.subject, nullptr));
  acknowledgement(house.tasks.tasks[0].subject + ".ACK.TXT", "");
  acknowledgement("NOTIFY.20260114180000.ACK.TXT", house.tasks.tasks[2].subject + "|20260114180000\n");
  house.clock.set(at("2026-01-14T23:00:00Z"));
  const auto outcome = alerts().missing_acknowledgements();
  EXPECT_EQ(outcome->count, 1);
  EXPECT_NE(outcome->message.find(to_upper(house.tasks.tasks[1].subject)), std::string::npos);
  EXPECT_EQ(house.count(NotificationStatus::sending), 3);
}

TEST_F(Alerts, CH5_created_before_yesterdays_deadline) {
  Notification n = house.letter(1);
  n.created_at = at("2026-01-11T17:29:59Z");
  n.key_type = accounts::KeyType::test;  // of any key
  house.notifications.put(n);
  n = house.letter(2);
  n.created_at = at("2026-01-11T17:30:00Z");
  house.notifications.put(n);
  house.clock.set(at("2026-01-12T07:00:00Z"));
  const auto outcome = alerts().letters_still_created();
  EXPECT_EQ(outcome->count, 1);
  ASSERT_EQ(desk.tickets.size(), 1u);
  EXPECT_EQ(desk.tickets[0].subject, "[production] Letters still in 'created' status");
  EXPECT_TRUE(desk.tickets[0].message.starts_with("1 letter accepted before 2026-01-11T17:30:00"));
  house.clock.set(at("2026-01-11T07:00:00Z"));
  EXPECT_EQ(alerts().letters_still_created()->count, 0);
}

TEST_F(Alerts, CH5_without_tickets_is_an_info_line) {
  Notification n = house.letter(1);
  n.created_at = at("2026-01-01T12:00:00Z");
  house.notifications.put(n);
  house.logs.clear();
  EXPECT_EQ(alerts(false, "preview").letters_still_created()->count, 1);
  EXPECT_TRUE(house.logs.has("\"info\""));
  EXPECT_FALSE(house.logs.has("\"error\""));
}

TEST_F(Alerts, CH_zip_unfinished_for_three_hours) {
  house.add_letters(1, 2);
  ASSERT_TRUE(Collator(house.ports(), house.options()).run(house.deadline()));
  house.clock.advance(std::chrono::hours{3});
  EXPECT_EQ(alerts().unfinished_zips()->count, 0);
  house.clock.advance(Duration{1});
  const auto outcome = alerts().unfinished_zips();
  EXPECT_EQ(outcome->count, 1);
  EXPECT_NE(outcome->message.find(house.tasks.tasks[0].subject), std::string::npos);
  EXPECT_EQ(desk.tickets.size(), 1u);
}

}  // namespace
}  // namespace postroom::flows
