// Varied: answers, Retry-After, how long an endpoint has failed. Each must lead to the try, or none, that it calls
// for.
#include "flows/callbacks/attempt_rules.h"

#include <gtest/gtest.h>

namespace postroom::flows {
namespace {

using ports::CallbackOutcome;
using ports::HttpResponse;
using namespace std::chrono_literals;

const UtcTime kNow = parse_rfc3339("2026-03-02T09:15:00Z").value();

TEST(CallbackVerdictTest, ClassifiesAnswers) {
  const std::pair<int, CallbackOutcome> cases[] = {
      {199, CallbackOutcome::refused},   {200, CallbackOutcome::delivered}, {204, CallbackOutcome::delivered},
      {299, CallbackOutcome::delivered}, {300, CallbackOutcome::refused},   {301, CallbackOutcome::refused},
      {302, CallbackOutcome::refused},   {307, CallbackOutcome::refused},   {400, CallbackOutcome::refused},
      {401, CallbackOutcome::refused},   {404, CallbackOutcome::refused},   {408, CallbackOutcome::refused},
      {410, CallbackOutcome::refused},   {428, CallbackOutcome::refused},   {429, CallbackOutcome::failing},
      {430, CallbackOutcome::refused},   {499, CallbackOutcome::refused},   {500, CallbackOutcome::failing},
      {503, CallbackOutcome::failing},   {599, CallbackOutcome::failing}};
  for (auto [status, outcome] : cases) {
    const CallbackVerdict verdict = judge(HttpResponse{status, {{"Location", "https://x.example"}}, "text"}, kNow);
    EXPECT_EQ(verdict.outcome, outcome) << status;
    EXPECT_EQ(verdict.status, status);
    EXPECT_EQ(verdict.is_gone, status == 410);
    EXPECT_EQ(verdict.may_pass(), outcome == CallbackOutcome::failing);
    EXPECT_NE(verdict.reason.find(std::to_string(status)), std::string::npos);
  }
}

TEST(CallbackVerdictTest, ClassifiesErrors) {
  EXPECT_EQ(judge(fail(ErrorKind::retry_later, "no answer"), kNow).outcome, CallbackOutcome::no_answer);
  EXPECT_EQ(judge(fail(ErrorKind::internal, "no memory"), kNow).outcome, CallbackOutcome::no_answer);
  EXPECT_EQ(judge(fail(ErrorKind::forbidden, "private"), kNow).outcome, CallbackOutcome::not_allowed);
  EXPECT_EQ(judge(fail(ErrorKind::invalid_input, "malformed"), kNow).outcome, CallbackOutcome::not_allowed);
  EXPECT_FALSE(judge(fail(ErrorKind::forbidden, "private"), kNow).may_pass());
}

TEST(RetryAfter, SecondsAndDatesWithinBounds) {
  EXPECT_EQ(parse_retry_after("0", kNow), 0s);
  EXPECT_EQ(parse_retry_after(" 120 ", kNow), 120s);
  EXPECT_EQ(parse_retry_after("999999999", kNow), kRetryAfterMax);
  EXPECT_EQ(parse_retry_after("Mon, 02 Mar 2026 09:25:00 GMT", kNow), 600s);
  EXPECT_EQ(parse_retry_after("Mon, 02 Mar 2026 09:05:00 GMT", kNow), 0s);
  EXPECT_EQ(parse_retry_after("Tue, 03 Mar 2026 09:05:00 GMT", kNow), kRetryAfterMax);
  for (const char* bad : {"", "-1", "soon", "1.5", "99999999999999999999", "Mon, 32 Mar 2026 09:25:00 GMT",
                          "Mon, 02 Foo 2026 09:25:00 GMT", "2026-03-02T09:25:00Z"})
    EXPECT_EQ(parse_retry_after(bad, kNow), std::nullopt) << bad;
}

TEST(RetryAfter, CountsWith429And503Only) {
  for (int status : {429, 503, 500, 404}) {
    const auto verdict = judge(HttpResponse{status, {{"retry-after", "600"}}, {}}, kNow);
    EXPECT_EQ(verdict.retry_after.has_value(), status == 429 || status == 503) << status;
  }
}

TEST(RetryDelay, IsFiveMinutesLessSomeJitterAndNeverLessThanAskedFor) {
  SeededRandom random(9);
  Duration least = 1h, most{};
  for (int i = 0; i < 1'000; ++i) {
    const Duration delay = retry_delay({}, random);
    least = std::min(least, delay);
    most = std::max(most, delay);
    EXPECT_GE(retry_delay(295s, random), 295s);
  }
  EXPECT_GE(least, 290s);
  EXPECT_LE(most, 300s);
  EXPECT_GT(most - least, 8s) << "they are spread";
  EXPECT_EQ(retry_delay(600s, random), 600s);
  EXPECT_LE(retry_delay(1s, random), 300s);
}

TEST(FailedTooLong, NeedsTimeAndAttempts) {
  ports::CallbackHealth health;
  EXPECT_FALSE(has_failed_too_long(health, kNow));
  health.failing_since = kNow - kFailingDaysMax;
  health.failures = kFailuresMin;
  EXPECT_TRUE(has_failed_too_long(health, kNow));
  health.failures = kFailuresMin - 1;
  EXPECT_FALSE(has_failed_too_long(health, kNow)) << "one event that nobody took";
  health.failures = 10'000;
  health.failing_since = kNow - kFailingDaysMax + 1s;
  EXPECT_FALSE(has_failed_too_long(health, kNow));
}

}  // namespace
}  // namespace postroom::flows
