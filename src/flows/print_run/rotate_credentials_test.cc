// Varied: the day, what the house answers, where the process dies. Held: that we can always log in afterwards.
#include "flows/print_run/rotate_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/dvla/dvla_service.h"
#include "base/log.h"
#include "fakes/dvla_house.h"
#include "ports/testing.h"
#include "ports/testing_secrets.h"
#include "ports/testing_tickets.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using enum letters::HouseCredential;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Rotation : testing::Test {
  MovableClock clock{*parse_rfc3339("2026-09-10T12:00:00Z")};
  SeededRandom random{11};
  fakes::DvlaHouse house{{}, clock};
  ports::testing::MemorySecretStore secrets;
  ports::testing::MemoryStateStore state;
  ports::testing::MemoryLeaseStore leases;
  ports::testing::MemoryTicketDesk desk;
  PrintAccountBook account{secrets, clock};
  dvla::DvlaService service{{"https://print-house.example"}, house, account, clock};
  std::string logged;

  Rotation() {
    account.set({"postroom", "first-Password-1", "", "key-1"}).value();
    set_log_sink([this](std::string_view line) { logged += line; });
  }
  ~Rotation() override {
    set_log_sink(nullptr);
    for (const std::string& secret : {house.password(), house.api_key(), std::string("first-Password-1")})
      EXPECT_THAT(logged, Not(HasSubstr(secret)));
  }
  // As a process that just started.
  CredentialRotation rotation() {
    return CredentialRotation({service, account, leases, state, desk, clock, random}, true, "test");
  }
  void at(std::string_view time) { clock.set(*parse_rfc3339(time)); }
  RotationOutcome due(letters::HouseCredential credential) {
    auto outcome = rotation().run_if_due(credential);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(RotationOutcome::busy);
  }
  bool can_log_in() {
    dvla::DvlaService fresh({"https://print-house.example"}, house, account, clock);
    return fresh.check_login().has_value() && account.load()->api_key == house.api_key();
  }
};

TEST_F(Rotation, HT11_BothAreChangedOnTheirDaysOnly) {
  at("2026-10-06T08:59:59Z");
  EXPECT_EQ(due(api_key), RotationOutcome::not_due);
  at("2026-10-06T09:00:00Z");
  EXPECT_EQ(due(password), RotationOutcome::not_due);
  EXPECT_EQ(due(api_key), RotationOutcome::changed);
  EXPECT_EQ(due(api_key), RotationOutcome::not_due);
  EXPECT_EQ(house.api_key(), "key-2");
  EXPECT_TRUE(can_log_in());
  at("2026-10-07T09:00:00Z");
  EXPECT_EQ(due(api_key), RotationOutcome::not_due);
  EXPECT_EQ(due(password), RotationOutcome::changed);
  EXPECT_NE(house.password(), "first-Password-1");
  EXPECT_TRUE(can_log_in());
  const auto stored = account.find().value();
  EXPECT_EQ(stored.password_changed_at, clock.now());
  EXPECT_EQ(stored.account.pending_password, "");
  EXPECT_THAT(house.problems(), IsEmpty());
  EXPECT_THAT(desk.tickets, IsEmpty());
}

TEST_F(Rotation, HT11_AnotherProcessAtItIsLeftAlone) {
  at("2026-10-07T09:00:00Z");
  ASSERT_TRUE(*leases.acquire("dvla-change-password-postroom", "other", clock.now(), 60s));
  EXPECT_EQ(due(password), RotationOutcome::busy);
  EXPECT_EQ(house.password(), "first-Password-1");
  clock.advance(60s);
  EXPECT_EQ(due(password), RotationOutcome::changed);
}

TEST_F(Rotation, HT11_CutOffChangesOfThePasswordNeverLockUsOut) {
  // The house changed it or it did not, and we do not know which.
  for (bool changed : {true, false}) {
    house.trouble({.path = "/password", .status = 0, .is_done_all_the_same = changed});
    const std::string before = house.password();
    EXPECT_EQ(rotation().run_now(password).error().kind, ErrorKind::retry_later);
    EXPECT_EQ(house.password() != before, changed);
    EXPECT_NE(account.load()->pending_password, "");
    EXPECT_TRUE(can_log_in());
    EXPECT_EQ(rotation().run_now(password), RotationOutcome::changed);
    EXPECT_TRUE(can_log_in());
    EXPECT_EQ(account.load()->pending_password, "");
    EXPECT_EQ(account.load()->password, house.password());
  }
}

TEST_F(Rotation, HT11_ARefusalOfARepeatedCallIsLookedInto) {
  // The first copy of the call changed the password, its second one is refused.
  house.trouble({.path = "/password", .status = 401, .is_done_all_the_same = true});
  EXPECT_EQ(rotation().run_now(password), RotationOutcome::changed);
  EXPECT_NE(house.password(), "first-Password-1");
  EXPECT_EQ(account.load()->password, house.password());
  EXPECT_TRUE(can_log_in());
  // Refused, though the present password is right: nothing was changed.
  house.trouble({.path = "/password", .status = 401});
  const std::string before = house.password();
  EXPECT_EQ(rotation().run_now(password).error().kind, ErrorKind::forbidden);
  EXPECT_EQ(house.password(), before);
  EXPECT_EQ(account.load()->pending_password, "");
  // And where nobody can say: the pending one is kept.
  house.trouble({.path = "/password", .status = 401, .is_done_all_the_same = true});
  house.trouble({.path = "/authenticate", .status = 503});
  EXPECT_EQ(rotation().run_now(password).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(account.load()->pending_password, house.password());
  EXPECT_TRUE(can_log_in());
}

TEST_F(Rotation, HT11_AStoreThatIsAwayAfterTheChange) {
  struct StoreOfPrograms final : ports::SecretStore {
    ports::testing::MemorySecretStore& inner;
    int replacements_before_fault = 0, faults = 0;
    explicit StoreOfPrograms(ports::testing::MemorySecretStore& store) : inner(store) {}
    Result<std::optional<ports::StoredSecret>> find(std::string_view name) override { return inner.find(name); }
    Result<bool> replace(std::string_view name, std::int64_t expected, std::string_view content) override {
      if (replacements_before_fault-- <= 0 && faults-- > 0) return fail(ErrorKind::retry_later, "away");
      return inner.replace(name, expected, content);
    }
  } away{secrets};
  PrintAccountBook book(away, clock);
  CredentialRotation rotation({service, book, leases, state, desk, clock, random}, true, "test");
  away.replacements_before_fault = 1;  // the pending password is stored, its confirmation is not
  away.faults = 1;
  EXPECT_EQ(rotation.run_now(password).error().kind, ErrorKind::retry_later);
  EXPECT_TRUE(can_log_in());
  away.replacements_before_fault = 0;
  away.faults = 1;
  EXPECT_EQ(rotation.run_now(api_key).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(house.api_key(), "key-2");
  EXPECT_EQ(account.load()->api_key, "key-1");
  // The key that is known and not stored is stored; no other is asked for.
  EXPECT_EQ(rotation.run_now(api_key), RotationOutcome::changed);
  EXPECT_EQ(house.api_key(), "key-2");
  EXPECT_TRUE(can_log_in());
}

TEST_F(Rotation, HT11_ARefusalIsTicketedOnceAndNotRepeatedThatMonth) {
  at("2026-10-07T09:00:00Z");
  ASSERT_TRUE(account.set({"", "not-the-password", "", ""}));
  clock.set(*parse_rfc3339("2026-11-04T09:00:00Z"));
  EXPECT_EQ(due(password), RotationOutcome::refused);
  const int calls = house.calls()["/thirdparty-access/v1/password"];
  clock.advance(1h);
  EXPECT_EQ(due(password), RotationOutcome::not_due);
  EXPECT_EQ(house.calls()["/thirdparty-access/v1/password"], calls);
  ASSERT_EQ(desk.tickets.size(), 1u);
  EXPECT_THAT(desk.tickets[0].subject, HasSubstr("[test] "));
  EXPECT_EQ(account.load()->password, "not-the-password");
}

TEST_F(Rotation, HT11_TroubleIsTriedAgainAndNotTicketed) {
  at("2026-10-06T09:00:00Z");
  for (int status : {0, 429, 500}) {
    house.trouble({.path = "/new-api-key", .status = status});
    EXPECT_EQ(rotation().run_if_due(api_key).error().kind, ErrorKind::retry_later);
  }
  EXPECT_EQ(due(api_key), RotationOutcome::changed);
  EXPECT_THAT(desk.tickets, IsEmpty());
}

TEST_F(Rotation, HT11_ACredentialAboutToEndIsToldOnce) {
  at("2026-11-20T10:00:00Z");  // 71 days
  EXPECT_EQ(due(password), RotationOutcome::not_due);
  EXPECT_EQ(due(password), RotationOutcome::not_due);
  EXPECT_EQ(due(api_key), RotationOutcome::not_due);
  ASSERT_EQ(desk.tickets.size(), 1u);
  EXPECT_THAT(desk.tickets[0].message, HasSubstr("print-account rotate password"));
}

TEST_F(Rotation, HT2_ARefusedLoginIsToldOnceADay) {
  for (int i = 0; i < 3; ++i) rotation().note_refused_login("login: the print house answered 401");
  EXPECT_EQ(desk.tickets.size(), 1u);
  EXPECT_THAT(desk.tickets[0].message, HasSubstr("answered 401. Letters wait"));
  clock.advance(24h);
  rotation().note_refused_login("login: the print house answered 401");
  EXPECT_EQ(desk.tickets.size(), 2u);
}

TEST_F(Rotation, AccountsAreCheckedAndKeepWhatIsNotGiven) {
  ports::testing::MemorySecretStore empty;
  PrintAccountBook book(empty, clock);
  EXPECT_EQ(book.load().error().kind, ErrorKind::rejected);
  EXPECT_EQ(book.set_api_key("x").error().kind, ErrorKind::rejected);
  EXPECT_EQ(book.set({"u", "p", "", ""}).error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(book.set({"u", "p\n", "", "k"}).error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(book.set({"u", std::string(5000, 'p'), "", "k"}).error().kind, ErrorKind::invalid_input);
  ASSERT_TRUE(book.set({"u", "p", "", "k"}));
  const UtcTime set_at = clock.now();
  clock.advance(1h);
  ASSERT_TRUE(book.set({"", "", "", "other key"}));
  const auto stored = book.find().value();
  EXPECT_EQ(stored.account.password, "p");
  EXPECT_EQ(stored.account.api_key, "other key");
  EXPECT_EQ(stored.password_changed_at, set_at);
  EXPECT_EQ(stored.api_key_changed_at, clock.now());
}

}  // namespace
}  // namespace postroom::flows
