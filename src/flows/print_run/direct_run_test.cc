// Letters ordered one by one, through the real client, from a house that judges every request. Varied: which
// letters wait, what the house answers, when the process dies. Held: states, that no letter is printed twice or
// given up without need.
#include "flows/print_run/direct_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/dvla/dvla_service.h"
#include "fakes/dvla_house.h"
#include "fakes/small_pdf.h"
#include "flows/print_run/print_account.h"
#include "flows/print_run/testing_house.h"
#include "ports/testing_limits.h"
#include "ports/testing_secrets.h"

namespace postroom::flows {
namespace {

using namespace print_test;
using namespace std::chrono_literals;
using notifications::Postage;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kJobs = "/print/jobs";

struct Direct : ::testing::Test {
  FakeHouse office;
  fakes::DvlaHouse house{{}, office.clock};
  ports::testing::MemorySecretStore secrets;
  ports::testing::MemoryLimitStore limits;
  ports::testing::MemoryStateStore state;
  PrintAccountBook account{secrets, office.clock};
  dvla::DvlaService service{{"https://print-house.example"}, house, account, office.clock};
  OrderPace pace{limits, state, office.clock, 6000, [this](Duration time) {
                   office.clock.advance(time);
                   return true;
                 }};
  DirectRunOptions options{.callback_url = [](NotificationId id) {
    return "https://api.example/notifications/letter/status?token=" + id.text();
  }};

  Direct() { account.set({"postroom", "first-Password-1", "", "key-1"}).value(); }

  DirectRun direct() {
    return DirectRun({office.notifications, office.letters, office.blobs, office.tasks, office.leases, service,
                      pace, office.clock, office.random, office.zone},
                     options);
  }
  Notification& add(Notification letter, int pages = 1) {
    letter.to = "A Person\n1 High Street\nLS1 4AP";
    letter.billable_units = (pages + 1) / 2;
    LetterFiles(office.blobs, {.zone = office.zone}).store(letter, fakes::small_pdf(pages)).value();
    return office.notifications.put(letter);
  }
  void add_letters(int first, int count) {
    for (int i = first; i < first + count; ++i) add(office.letter(i));
  }
  NotificationId id(int number) { return office.letter(number).id; }
  ErrorKind error(int number) {
    auto done = direct().order(id(number));
    EXPECT_FALSE(done);
    return done ? ErrorKind::internal : done.error().kind;
  }
  std::string story(int number) {
    std::string out;
    for (const auto& event : office.notifications.event_log[id(number)]) out += event.cause + " ";
    return out;
  }
};

TEST_F(Direct, HT1_OneTaskForEachLetterThatIsDueAndNoSecondOne) {
  add_letters(1, 3);
  Notification test_key = office.letter(4);
  test_key.key_type = accounts::KeyType::test;
  add(test_key);
  Notification late = office.letter(5);
  late.created_at = office.deadline();
  add(late);
  Notification abroad = office.letter(6);
  abroad.postage = Postage::europe;
  add(abroad, 3);
  const auto summary = direct().run(office.deadline()).value();
  EXPECT_EQ(summary.letters, 4);
  EXPECT_EQ(summary.zips, 0);
  EXPECT_EQ(summary.by_postage.at(static_cast<std::size_t>(Postage::second)).letters, 3);
  EXPECT_EQ(summary.by_postage.at(static_cast<std::size_t>(Postage::europe)).sheets, 2);
  EXPECT_EQ(format_date(summary.run_day), "2026-01-14");
  ASSERT_EQ(office.tasks.tasks.size(), 4u);
  EXPECT_EQ(office.tasks.tasks[0].queue, "send-letter");
  EXPECT_EQ(office.tasks.tasks[0].kind, "deliver-letter");
  EXPECT_EQ(office.tasks.tasks[0].subject, id(1).text());
  EXPECT_EQ(office.count(NotificationStatus::created), 6);
  ASSERT_TRUE(direct().run(office.deadline()));
  EXPECT_EQ(office.tasks.tasks.size(), 4u);
}

TEST_F(Direct, HT1_ServicesOfOtherWaysAreLeftOutAndRunsKeepEachOtherOut) {
  add_letters(1, 2);
  Notification other = office.letter(3);
  other.service_id = FakeHouse::service(2);
  add(other);
  options.leaves_out = [](ServiceId service) { return service == FakeHouse::service(2); };
  EXPECT_EQ(direct().run(office.deadline())->letters, 2);
  ASSERT_TRUE(office.leases.acquire(Collator::kLeaseName, "other", office.clock.now(), 1h).value());
  EXPECT_EQ(direct().run(office.deadline()).error().kind, ErrorKind::conflict);
}

TEST_F(Direct, HT1_P22_ManyLettersInManyCommits) {
  for (int i = 1; i <= 2500; ++i) office.notifications.put(office.letter(i));
  EXPECT_EQ(direct().run(office.deadline())->letters, 2500);
  EXPECT_EQ(office.tasks.tasks.size(), 2500u);
}

TEST_F(Direct, HT2_T4_AcceptedLetterIsSending) {
  add(office.letter(1), 3);
  ASSERT_TRUE(direct().order(id(1)));
  const Notification& letter = office.notifications.at(id(1));
  EXPECT_EQ(letter.status, NotificationStatus::sending);
  EXPECT_EQ(letter.sent_by, "dvla");
  EXPECT_EQ(letter.sent_at, office.clock.now());
  EXPECT_EQ(story(1), "order.accepted ");
  const auto jobs = house.jobs();
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].id, id(1));
  EXPECT_EQ(jobs[0].reference, FakeHouse::reference(1));
  EXPECT_EQ(jobs[0].sheets, 2);
  EXPECT_EQ(jobs[0].service_id, FakeHouse::service(1).text());
  EXPECT_EQ(jobs[0].callback_url, options.callback_url(id(1)));
  EXPECT_THAT(house.problems(), IsEmpty());
}

TEST_F(Direct, HT2_LettersThatDoNotWaitAreNotOrdered) {
  for (auto [number, status] : {std::pair{1, NotificationStatus::cancelled},
                                {2, NotificationStatus::sending},
                                {3, NotificationStatus::technical_failure},
                                {4, NotificationStatus::delivered}}) {
    add(office.letter(number)).status = status;
    EXPECT_TRUE(direct().order(id(number)));
    EXPECT_EQ(office.notifications.at(id(number)).status, status);
  }
  add(office.letter(5)).key_type = accounts::KeyType::test;
  EXPECT_TRUE(direct().order(id(5)));
  EXPECT_THAT(house.jobs(), IsEmpty());
  EXPECT_EQ(error(6), ErrorKind::not_found);
}

TEST_F(Direct, HT2_X49_RefusedLettersAreGivenUpByThemselves) {
  add_letters(1, 2);
  house.trouble(
      {.path = std::string(kJobs), .status = 400, .headers = {}, .body = R"({"errors":[{"detail":"no"}]})"});
  EXPECT_EQ(error(1), ErrorKind::rejected);
  ASSERT_TRUE(direct().give_up(id(1), "the print house answered 400: no"));
  EXPECT_EQ(office.status(1), NotificationStatus::technical_failure);
  EXPECT_EQ(story(1), "order.failed ");
  ASSERT_TRUE(direct().order(id(2)));
  EXPECT_EQ(office.status(2), NotificationStatus::sending);
}

TEST_F(Direct, HT2_T5_NoPdfAndNoAddress) {
  office.notifications.put(office.letter(1)).to = "A\nB\nLS1 4AP";
  EXPECT_EQ(error(1), ErrorKind::not_found);
  add(office.letter(2)).to = "";
  EXPECT_EQ(error(2), ErrorKind::invalid_input);
  EXPECT_EQ(house.calls().count(std::string(kJobs)), 0u);
}

TEST_F(Direct, HT2_TroubleAndThrottlingLeaveTheLetterWaiting) {
  add_letters(1, 1);
  for (int status : {0, 429, 500, 503, 401, 403}) {
    house.trouble({.path = std::string(kJobs), .status = status});
    EXPECT_EQ(error(1), ErrorKind::retry_later) << status;
    EXPECT_EQ(office.status(1), NotificationStatus::created);
  }
  ASSERT_TRUE(direct().order(id(1)));
  EXPECT_EQ(office.status(1), NotificationStatus::sending);
}

TEST_F(Direct, HT4_X47_ThrottlingStopsAllForTheTimeAsked) {
  add_letters(1, 2);
  house.trouble({.path = std::string(kJobs), .status = 429, .headers = {{"Retry-After", "90"}}});
  const UtcTime start = office.clock.now();
  EXPECT_EQ(error(1), ErrorKind::retry_later);
  ASSERT_TRUE(direct().order(id(2)));
  EXPECT_EQ(office.clock.now() - start, 90s);
}

TEST_F(Direct, HT3_P39_X48_AnAnswerThatWasLostIsMadeUpForBy409) {
  add_letters(1, 1);
  house.trouble({.path = std::string(kJobs), .status = 0, .is_done_all_the_same = true});
  EXPECT_EQ(error(1), ErrorKind::retry_later);
  EXPECT_EQ(office.status(1), NotificationStatus::created);
  ASSERT_TRUE(direct().order(id(1)));
  EXPECT_EQ(office.status(1), NotificationStatus::sending);
  EXPECT_EQ(story(1), "order.known_before ");
  EXPECT_EQ(house.jobs().size(), 1u);
}

TEST_F(Direct, ST7_AReportThatOvertookUsAndACancelledLetterStayAsTheyAre) {
  struct Overtaker final : ports::PrintService {
    std::function<void()> meanwhile;
    Result<ports::PrintAnswer> submit(const std::string&) override {
      meanwhile();
      return ports::PrintAnswer{};
    }
    Result<void> check_login() override { return {}; }
    Result<std::string> make_api_key() override { return std::string(); }
    Result<void> change_password(const ports::PrintAccount&, std::string_view) override { return {}; }
  } overtaker;
  add_letters(1, 2);
  for (auto [number, status] : {std::pair{1, NotificationStatus::delivered}, {2, NotificationStatus::cancelled}}) {
    overtaker.meanwhile = [&] { office.notifications.at(id(number)).status = status; };
    DirectRun direct({office.notifications, office.letters, office.blobs, office.tasks, office.leases, overtaker,
                      pace, office.clock, office.random, office.zone},
                     options);
    ASSERT_TRUE(direct.order(id(number)));
    EXPECT_EQ(office.status(number), status);
  }
}

TEST_F(Direct, LettersWaitUntilItIsKnownWhereReportsGo) {
  add_letters(1, 1);
  options.callback_url = {};
  EXPECT_EQ(error(1), ErrorKind::retry_later);
  EXPECT_THAT(house.jobs(), IsEmpty());
}

TEST_F(Direct, X47_SeededTroubleLosesAndDoublesNothing) {
  for (int seed = 0; seed < 40; ++seed) {
    SeededRandom random(static_cast<std::uint64_t>(seed));
    const int first = seed * 10 + 1;
    add_letters(first, 10);
    for (int i = 0; i < 12; ++i) {
      const int statuses[] = {0, 0, 429, 500, 503, 401};
      house.trouble({.path = std::string(kJobs),
                     .status = statuses[random.below(6)],
                     .is_done_all_the_same = random.below(2) == 0});
    }
    const auto waits = [&](int number) { return office.status(number) == NotificationStatus::created; };
    for (int round = 0; round <= kOrderRetriesMax; ++round) {
      for (int number = first; number < first + 10; ++number)
        if (waits(number)) static_cast<void>(direct().order(id(number)));
    }
    for (int number = first; number < first + 10; ++number)
      EXPECT_EQ(office.status(number), NotificationStatus::sending) << seed;
  }
  EXPECT_EQ(house.jobs().size(), 400u);
}

}  // namespace
}  // namespace postroom::flows
