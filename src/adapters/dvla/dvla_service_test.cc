// The service against a house that judges every request. Varied: answers, tokens, credentials, and what breaks.
// Held: what the caller is told, how often the house is asked, and that nothing secret is in a message.
#include "adapters/dvla/dvla_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/dvla/dvla_answer.h"
#include "base/log.h"
#include "core/letters/print_order.h"
#include "fakes/dvla_house.h"
#include "fakes/small_pdf.h"

namespace postroom::dvla {
namespace {

using namespace std::chrono_literals;
using fakes::DvlaHouse;
using ports::PrintAnswer;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kLogin = "/thirdparty-access/v1/authenticate";
constexpr std::string_view kJobs = "/print-request/v1/print/jobs";

class FakeAccounts final : public ports::PrintAccounts {
 public:
  ports::PrintAccount account{"postroom", "first-Password-1", "", "key-1"};
  bool is_set = true;
  int loads = 0, refusals = 0;
  void note_refused_login(std::string_view) override { ++refusals; }
  Result<ports::PrintAccount> load() override {
    ++loads;
    if (!is_set) return fail(ErrorKind::rejected, "no account is set");
    return account;
  }
  Result<void> confirm_pending_password(std::string_view password) override {
    if (account.pending_password == password) {
      account.password = password;
      account.pending_password.clear();
    }
    return {};
  }
};

struct Dvla : testing::Test {
  MovableClock clock{*parse_rfc3339("2026-10-06T09:00:00Z")};
  DvlaHouse house{{}, clock};
  FakeAccounts accounts;
  DvlaService service{{"https://print-house.example"}, house, accounts, clock};
  SeededRandom random{7};
  std::string logged;

  Dvla() {
    set_log_sink([this](std::string_view line) { logged += line; });
  }
  ~Dvla() override {
    set_log_sink(nullptr);
    for (const char* secret : {"first-Password", "key-1", "second-Password"})
      EXPECT_THAT(logged, Not(HasSubstr(secret)));
  }
  std::string order(std::string_view address = "A\nB\nLS1 4AP") {
    const letters::PrintOrder made{.id = NotificationId{Uuid::random(random)},
                                   .reference = "ABCDEFGHIJKLMNOP",
                                   .address = std::string(address),
                                   .service_id = ServiceId{Uuid::random(random)},
                                   .organisation = "",
                                   .callback_url = "https://api.example/notifications/letter/status?token=a.b"};
    return letters::print_order_json(made, fakes::small_pdf(1)).value();
  }
  PrintAnswer::Kind submit(const std::string& body) {
    auto answer = service.submit(body);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? answer->kind : PrintAnswer::Kind::throttled;
  }
  int calls(std::string_view path) { return house.calls()[std::string(path)]; }
};

TEST_F(Dvla, HT6_HT7_OrdersWithOneLoginForMany) {
  EXPECT_EQ(submit(order()), PrintAnswer::Kind::accepted);
  EXPECT_EQ(submit(order("A\nB\nBFPO 12")), PrintAnswer::Kind::accepted);
  EXPECT_THAT(house.problems(), IsEmpty());
  EXPECT_EQ(house.jobs().size(), 2u);
  EXPECT_EQ(calls(kLogin), 1);
  EXPECT_EQ(accounts.loads, 1);
}

TEST_F(Dvla, HT6_TokenIsRenewedAMinuteBeforeItsEnd) {
  submit(order());
  clock.advance(58min + 59s);
  submit(order());
  EXPECT_EQ(calls(kLogin), 1);
  clock.advance(1s);
  submit(order());
  EXPECT_EQ(calls(kLogin), 2);
  EXPECT_THAT(house.problems(), IsEmpty());
}

TEST_F(Dvla, HT3_X48_ALostAnswerIsHealedByTheNextOrder) {
  const std::string body = order();
  house.trouble({.path = std::string(kJobs), .status = 0, .is_done_all_the_same = true});
  EXPECT_EQ(service.submit(body).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(submit(body), PrintAnswer::Kind::known_before);
  EXPECT_EQ(house.jobs().size(), 1u);
}

TEST_F(Dvla, HT2_WhatBecomesOfAnswers) {
  struct Row {
    int status;
    ErrorKind kind;
  };
  const Row rows[] = {{0, ErrorKind::retry_later},   {200, ErrorKind::retry_later}, {302, ErrorKind::retry_later},
                      {400, ErrorKind::rejected},    {404, ErrorKind::rejected},    {413, ErrorKind::rejected},
                      {422, ErrorKind::rejected},    {408, ErrorKind::retry_later}, {401, ErrorKind::retry_later},
                      {403, ErrorKind::retry_later}, {500, ErrorKind::retry_later}, {503, ErrorKind::retry_later}};
  for (const Row& row : rows) {
    house.trouble({.path = std::string(kJobs), .status = row.status});
    auto answer = service.submit(order());
    ASSERT_FALSE(answer) << row.status;
    EXPECT_EQ(answer.error().kind, row.kind) << row.status;
  }
}

TEST_F(Dvla, HT4_ThrottledWithAndWithoutATime) {
  struct Row {
    ports::HttpHeaders headers;
    std::optional<Duration> expected;
  };
  const Row rows[] = {{{}, std::nullopt},
                      {{{"retry-after", "7"}}, 7s},
                      {{{"Retry-After", "86400"}}, kRetryAfterMax},
                      {{{"Retry-After", "-1"}}, std::nullopt},
                      {{{"Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"}}, std::nullopt}};
  for (const Row& row : rows) {
    house.trouble({.path = std::string(kJobs), .status = 429, .headers = row.headers});
    auto answer = service.submit(order());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->kind, PrintAnswer::Kind::throttled);
    EXPECT_EQ(answer->retry_after, row.expected);
  }
}

TEST_F(Dvla, HT8_ReasonsAreShownAndOddBodiesChangeNothing) {
  const auto shown = [&](std::string body, int status = 400) {
    house.trouble({.path = std::string(kJobs), .status = status, .headers = {}, .body = std::move(body)});
    auto answer = service.submit(order());
    return std::string(to_string(answer.error().kind)) + ": " + answer.error().message;
  };
  EXPECT_EQ(shown(R"({"errors":[{"detail":"bad\naddress"}]})"),
            "rejected: the print house answered 400: bad address");
  EXPECT_EQ(shown(R"([{"detail":"no"}])"), "rejected: the print house answered 400: no");
  for (const char* odd : {"", "<html>", "{}", "[]", R"({"errors":{}})", R"({"errors":[1]})", R"([{"detail":1}])"}) {
    EXPECT_EQ(shown(odd), "rejected: the print house answered 400") << odd;
    EXPECT_EQ(shown(odd, 500), "retry_later: the print house answered 500") << odd;
  }
  EXPECT_LT(shown("[{\"detail\":\"" + std::string(5000, 'x') + "\"}]").size(), 400u);
}

TEST_F(Dvla, HT10_ARefusedTokenOrKeyIsForgottenAndReadAnew) {
  submit(order());
  house.end_sessions();
  const std::string body = order();
  EXPECT_EQ(service.submit(body).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(submit(body), PrintAnswer::Kind::accepted);
  EXPECT_EQ(calls(kLogin), 2);
  // Another process has had the key changed.
  DvlaService other{{"https://print-house.example"}, house, accounts, clock};
  accounts.account.api_key = *other.make_api_key();
  const std::string next = order();
  EXPECT_EQ(service.submit(next).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(submit(next), PrintAnswer::Kind::accepted);
}

TEST_F(Dvla, HT2_RefusedLoginIsNotHammeredAndAMendedAccountIsTriedAtOnce) {
  accounts.account.password = "second-Password-2";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(service.submit(order()).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(calls(kLogin), 1);
  EXPECT_EQ(calls(kJobs), 0);
  clock.advance(kLoginPause);
  EXPECT_FALSE(service.submit(order()));
  EXPECT_EQ(calls(kLogin), 2);
  EXPECT_EQ(accounts.refusals, 2);
  accounts.account.password = "first-Password-1";
  EXPECT_EQ(submit(order()), PrintAnswer::Kind::accepted);
  EXPECT_EQ(calls(kLogin), 3);
}

TEST_F(Dvla, HT2_LettersWaitWhileNoAccountIsSetOrTheLoginIsInTrouble) {
  accounts.is_set = false;
  EXPECT_EQ(service.submit(order()).error().kind, ErrorKind::retry_later);
  accounts.is_set = true;
  for (const auto& [status, body] : {std::pair{0, ""},
                                     {429, ""},
                                     {500, ""},
                                     {200, "{}"},
                                     {200, R"({"id-token":"x"})"},
                                     {200, R"({"id-token":"a.e30.b"})"},
                                     {403, ""}}) {
    house.trouble({.path = std::string(kLogin), .status = status, .headers = {}, .body = body});
    EXPECT_EQ(service.submit(order()).error().kind, ErrorKind::retry_later) << status << body;
  }
  EXPECT_EQ(submit(order()), PrintAnswer::Kind::accepted);
}

TEST_F(Dvla, HT11_APendingPasswordIsTriedAndConfirmed) {
  accounts.account.pending_password = "second-Password-2";
  ASSERT_TRUE(service.change_password(accounts.account, "second-Password-2"));
  EXPECT_EQ(submit(order()), PrintAnswer::Kind::accepted);
  EXPECT_EQ(accounts.account.password, "second-Password-2");
  EXPECT_EQ(accounts.account.pending_password, "");
}

TEST_F(Dvla, HT11_ChangesOfPasswordAndWhatIsRefused) {
  EXPECT_EQ(service.change_password(accounts.account, "simple").error().kind, ErrorKind::rejected);
  auto wrong = accounts.account;
  wrong.password = "wrong";
  EXPECT_EQ(service.change_password(wrong, "second-Password-2").error().kind, ErrorKind::forbidden);
  house.trouble({.path = "/password", .status = 500});
  EXPECT_EQ(service.change_password(accounts.account, "second-Password-2").error().kind, ErrorKind::retry_later);
  EXPECT_EQ(house.password(), "first-Password-1");
  EXPECT_TRUE(service.change_password(accounts.account, "second-Password-2"));
  EXPECT_EQ(house.password(), "second-Password-2");
}

TEST_F(Dvla, HT11_NewApiKey) {
  auto key = service.make_api_key();
  ASSERT_TRUE(key);
  EXPECT_EQ(*key, house.api_key());
  EXPECT_EQ(service.make_api_key().error().kind, ErrorKind::forbidden);  // the account still has the old one
  accounts.account.api_key = *key;
  house.trouble({.path = "/new-api-key", .status = 200, .headers = {}, .body = "{}"});
  EXPECT_EQ(service.make_api_key().error().kind, ErrorKind::rejected);
  house.trouble({.path = "/new-api-key", .status = 503});
  EXPECT_EQ(service.make_api_key().error().kind, ErrorKind::retry_later);
}

TEST(DvlaAnswer, HT6_ExpiryIsReadWithoutTheSignature) {
  EXPECT_EQ(expiry_of("e30.eyJleHAiOjE3OTEyNzcyMDB9.x"), parse_rfc3339("2026-10-06T09:00:00Z"));
  for (const char* odd :
       {"", "a", "a.b", "a.b.c", "..", "e30.e30.x", "e30.eyJleHAiOi0xfQ.x", "e30.eyJleHAiOiIxNzkxMjc3MjAwIn0.x"}) {
    EXPECT_FALSE(expiry_of(odd)) << odd;
  }
}

}  // namespace
}  // namespace postroom::dvla
