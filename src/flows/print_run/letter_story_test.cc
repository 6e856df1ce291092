// Varied: one letter at each stage of its way, and the time it is looked at. Held: the story is in order, says what
// is wrong, and what happens next and when.
#include "flows/print_run/letter_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "flows/print_run/collate.h"
#include "flows/print_run/responses.h"
#include "flows/print_run/testing_house.h"
#include "flows/print_run/zip_and_send.h"
#include "ports/testing_care.h"
#include "ports/testing_stores.h"

namespace postroom::flows {
namespace {

using namespace print_test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LetterStoryTest : public ::testing::Test {
 protected:
  LetterStoryTest() {
    accounts::Service service;
    service.id = FakeHouse::service(1);
    service.name = "Council";
    EXPECT_TRUE(services_.create(service));
  }
  Result<LetterStory> ask(std::string_view which, bool prints_locally = false) {
    const StoryPorts ports{
        house_.notifications, archive_,     house_.letters, services_,
        house_.tasks,         house_.clock, house_.zone,    recipients::BankHolidays::england_and_wales()};
    return letter_story(ports,
                        {.print_cutoff = letters::kPrintCutoffDefault,
                         .prints_locally = prints_locally,
                         .prints_directly = false,
                         .has_print_house = true,
                         .tickets = tickets_},
                        which);
  }
  LetterStory story(bool prints_locally = false) {
    auto told = ask(FakeHouse::reference(1), prints_locally);
    EXPECT_TRUE(told) << told.error().message;
    return std::move(told).value();
  }
  std::string collate() {
    EXPECT_TRUE(Collator(house_.ports(), house_.options()).run(house_.deadline()));
    return house_.tasks.tasks.back().subject;
  }
  void go_to(std::string_view time) { house_.clock.advance(parse_rfc3339(time).value() - house_.clock.now()); }
  static std::vector<std::string> events(const LetterStory& story) {
    std::vector<std::string> out;
    for (const auto& step : story.steps) out.push_back(step.event);
    return out;
  }
  static std::string next_time(const LetterStory& story) {
    if (story.next.empty() || !story.next.front().at) return "";
    return format_rfc3339(*story.next.front().at).substr(0, 16);
  }

  FakeHouse house_;
  ports::testing::MemoryServiceStore services_;
  ports::testing::MemoryTaskQueue queue_;
  ports::testing::MemoryNotificationStore live_{queue_};
  ports::testing::MemoryJobStore jobs_{queue_};
  ports::testing::MemoryArchiveStore archive_{live_, jobs_, queue_};
  std::vector<RaisedTicket> tickets_;
};

TEST_F(LetterStoryTest, is_found_by_id_and_by_reference_in_any_case) {
  const auto letter = house_.add(house_.letter(1));
  for (const std::string& which : {letter.reference, to_lower(letter.reference), letter.id.text()}) {
    const auto told = ask(which);
    ASSERT_TRUE(told) << which << ": " << told.error().message;
    EXPECT_EQ(told->letter.id, letter.id);
    EXPECT_EQ(told->service_name, "Council");
    EXPECT_EQ(format_date(told->run_day), "2026-01-14");
  }
  EXPECT_EQ(ask("NOSUCHLETTER0000").error().kind, ErrorKind::not_found);
  EXPECT_EQ(ask("00000000-0000-7000-8000-00000000ffff").error().kind, ErrorKind::not_found);
  EXPECT_EQ(ask("nonsense").error().kind, ErrorKind::invalid_input);
  auto text = house_.letter(2);
  text.type = notifications::NotificationType::sms;
  house_.notifications.put(text);
  EXPECT_EQ(ask(text.id.text()).error().kind, ErrorKind::invalid_input);
}

TEST_F(LetterStoryTest, before_the_run_the_next_step_is_the_run) {
  house_.add(house_.letter(1));
  go_to("2026-01-14T15:00:00Z");
  EXPECT_THAT(events(story()), ElementsAre("accepted"));
  EXPECT_EQ(next_time(story()), "2026-01-14T17:50");
  EXPECT_THAT(story().next.front().text, HasSubstr("zip"));
  EXPECT_THAT(story(true).next.front().text, HasSubstr("file for printing"));
  EXPECT_THAT(story().concerns, IsEmpty());
  // It missed the run: the next one takes it.
  go_to("2026-01-14T19:00:00Z");
  EXPECT_EQ(next_time(story()), "2026-01-15T17:50");
}

TEST_F(LetterStoryTest, without_a_pdf_the_next_step_is_the_pdf) {
  auto letter = house_.letter(1);
  letter.billable_units = 0;
  house_.notifications.put(letter);
  go_to("2026-01-14T12:30:00Z");
  EXPECT_THAT(story().next.front().text, HasSubstr("PDF"));
  EXPECT_EQ(next_time(story()), "2026-01-14T13:00");
}

TEST_F(LetterStoryTest, a_letter_that_should_have_gone_is_in_the_morning_alert) {
  house_.add(house_.letter(1));
  go_to("2026-01-16T06:00:00Z");
  const auto told = story();
  ASSERT_EQ(told.concerns.size(), 1U);
  EXPECT_THAT(told.concerns[0].text, HasSubstr("Letters still in created"));
  EXPECT_EQ(format_rfc3339(told.concerns[0].at.value()).substr(0, 16), "2026-01-16T07:00");
}

TEST_F(LetterStoryTest, from_acceptance_to_delivery_it_is_told_in_order) {
  house_.add(house_.letter(1));
  const auto zip = collate();
  EXPECT_THAT(events(story()), ElementsAre("accepted", "zip.planned"));
  EXPECT_THAT(story().next.front().text, HasSubstr("every five minutes"));
  house_.clock.advance(std::chrono::minutes{1});
  ASSERT_TRUE(ZipSender(house_.ports(), house_.options()).send(zip, nullptr));
  house_.clock.advance(std::chrono::minutes{1});
  EXPECT_EQ(next_time(story()), "2026-01-14T23:00") << "the acknowledgement";
  PrintResponses responses(house_.ports(), house_.options());
  ASSERT_TRUE(responses.process_acknowledgement("x.ACK.TXT", zip));
  EXPECT_EQ(next_time(story()), "2026-01-15T16:30") << "the response";
  go_to("2026-01-15T15:00:00Z");
  ASSERT_TRUE(responses.process_response_file("NOTIFY-20260115145900-RSP.TXT",
                                              FakeHouse::reference(1) + "|Sent|1|Sorted\n"));
  const auto told = story();
  EXPECT_THAT(events(told), ElementsAre("accepted", "zip.planned", "zip.uploaded", "zip.verified",
                                        "zip.acknowledged", "response.sent"));
  ASSERT_TRUE(told.despatch);
  EXPECT_EQ(told.despatch->cost_class, "sorted");
  EXPECT_TRUE(told.latest_delivery);
  EXPECT_THAT(told.concerns, IsEmpty());
  const json::object shown = to_json(told, house_.zone);
  EXPECT_EQ(shown.at("status").as_string(), "delivered");
  EXPECT_EQ(shown.at("story").as_array().front().at("local").as_string(), "Wed 2026-01-14 12:00:00");
  EXPECT_EQ(write_json(shown).find("High Street"), std::string::npos);
}

TEST_F(LetterStoryTest, missing_answers_are_told_with_their_alerts) {
  house_.add(house_.letter(1));
  ASSERT_TRUE(ZipSender(house_.ports(), house_.options()).send(collate(), nullptr));
  go_to("2026-01-15T12:00:00Z");
  const auto told = story();
  std::vector<std::string> texts;
  for (const auto& concern : told.concerns) texts.push_back(concern.text);
  EXPECT_THAT(texts, ElementsAre(HasSubstr("Letters still sending"), HasSubstr("Letter acknowledge error")));
  EXPECT_EQ(story(true).concerns.size(), 1U) << "a file at hand needs no acknowledgement";
}

TEST_F(LetterStoryTest, a_zip_that_failed_stays_in_the_story_and_says_what_to_do) {
  const auto letter = house_.add(house_.letter(1));
  ASSERT_TRUE(ZipSender(house_.ports(), house_.options()).fail(collate(), "disk full"));
  auto told = story();
  EXPECT_THAT(events(told), Contains("zip.failed"));
  EXPECT_THAT(told.next.front().text, HasSubstr("letters requeue " + letter.id.text()));
  ASSERT_EQ(told.zips.size(), 1U);
  house_.notifications.at(letter.id).status = NotificationStatus::created;
  house_.clock.advance(std::chrono::minutes{1});
  EXPECT_EQ(next_time(story()), "2026-01-15T17:50");
}

TEST_F(LetterStoryTest, tickets_that_name_the_letter_or_its_zip_are_shown) {
  house_.add(house_.letter(1));
  const auto zip = collate();
  tickets_ = {{house_.clock.now(), "about its zip", "Missing: " + to_lower(zip)},
              {house_.clock.now(), "about it", "see " + FakeHouse::reference(1)},
              {house_.clock.now(), "about another", "see " + FakeHouse::reference(2)}};
  std::vector<std::string> texts;
  for (const auto& concern : story().concerns) texts.push_back(concern.text);
  EXPECT_THAT(texts, ElementsAre("about its zip", "about it"));
}

TEST_F(LetterStoryTest, a_letter_whose_days_are_over_still_has_its_facts) {
  auto letter = house_.letter(1);
  letter.status = NotificationStatus::delivered;
  archive_.archived[letter.id] = letter;
  for (const std::string& which : {letter.reference, letter.id.text()}) {
    const auto told = ask(which);
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_TRUE(told->is_archived);
    EXPECT_THAT(told->next.front().text, HasSubstr("days of keeping are over"));
  }
}

TEST_F(LetterStoryTest, every_state_says_what_comes_next) {
  for (NotificationStatus status : notifications::all_statuses()) {
    auto letter = house_.letter(1);
    letter.status = status;
    house_.notifications.put(letter);
    EXPECT_FALSE(story().next.empty()) << to_string(status);
    EXPECT_FALSE(story().next.front().text.empty()) << to_string(status);
  }
  auto trial = house_.letter(1);
  trial.key_type = accounts::KeyType::test;
  house_.notifications.put(trial);
  EXPECT_THAT(story().next.front().text, HasSubstr("test key"));
}

}  // namespace
}  // namespace postroom::flows
