// What came of callbacks, written down.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/log.h"
#include "flows/callbacks/dispatch.h"
#include "flows/callbacks/dispatch_parts.h"
#include "flows/callbacks/webhook_signature.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

using ports::CallbackState;

ports::CallbackEvent event_of(const CallbackSnapshot& snapshot, CallbackState state, UtcTime now) {
  return {.id = snapshot.id,
          .endpoint = snapshot.endpoint,
          .subject = snapshot.subject,
          .body = snapshot.body,
          .happened_at = snapshot.happened_at,
          .state = state,
          .attempts = 0,
          .changed_at = now};
}

// The store turns the last `retrying` into `failed`.
CallbackState state_after(const CallbackVerdict& verdict) {
  if (verdict.is_good()) return CallbackState::delivered;
  if (verdict.is_gone) return CallbackState::held;
  return verdict.may_pass() ? CallbackState::retrying : CallbackState::failed;
}

class Tallies {
 public:
  void add(const ports::CallbackEndpoint& endpoint, bool is_good, UtcTime at) {
    auto& tally =
        by_endpoint_.try_emplace(endpoint, ports::CallbackTally{.endpoint = endpoint, .at = at}).first->second;
    if (is_good) {
      tally.has_recovered = true;
      tally.failures = 0;
      return;
    }
    if (tally.failures++ == 0) tally.at = at;
  }
  // Those that did well all along are left out, unless they were known to be failing.
  std::vector<ports::CallbackTally> list(const std::set<ports::CallbackEndpoint>& were_failing) const {
    std::vector<ports::CallbackTally> out;
    for (const auto& [endpoint, tally] : by_endpoint_) {
      if (tally.failures > 0 || were_failing.contains(endpoint)) out.push_back(tally);
    }
    return out;
  }

 private:
  std::map<ports::CallbackEndpoint, ports::CallbackTally> by_endpoint_;
};

}  // namespace

bool CallbackDispatch::record(std::vector<Finished>& finished, std::vector<Decided>& decided,
                              std::vector<ports::TaskSettlement>& out) {
  std::vector<ports::CallbackRecord> records;
  std::set<ports::CallbackEventId> seen;
  std::set<ports::CallbackEndpoint> were_failing;
  Tallies tallies;
  const UtcTime now = ports_.clock.now();
  // A task that two workers came to have is one event: its second end waits for the next commit.
  auto first_of_second = std::stable_partition(finished.begin(), finished.end(), [&](const Finished& f) {
    return seen.insert(f.parcel->snapshot.id).second;
  });
  std::vector<Finished> later(std::make_move_iterator(first_of_second), std::make_move_iterator(finished.end()));
  finished.erase(first_of_second, finished.end());
  for (const Finished& f : finished) {
    const CallbackSnapshot& s = f.parcel->snapshot;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(f.took).count();
    records.push_back({.event = event_of(s, state_after(f.verdict), now),
                       .attempt = ports::CallbackAttempt{.event_id = s.id,
                                                         .endpoint = s.endpoint,
                                                         .at = f.at,
                                                         .outcome = f.verdict.outcome,
                                                         .status = f.verdict.status,
                                                         .milliseconds = static_cast<int>(took)}});
    tallies.add(s.endpoint, f.verdict.is_good(), f.at);
    if (f.parcel->state->health.failing_since) were_failing.insert(s.endpoint);
    duration_of(s.endpoint.type, f.verdict.outcome).observe(std::chrono::duration<double>(f.took).count());
  }
  for (const Decided& d : decided) {
    if (d.held && seen.insert(d.held->snapshot.id).second)
      records.push_back({.event = event_of(d.held->snapshot, d.state, now), .attempt = {}});
  }
  std::vector<ports::CallbackHealth> health;
  std::vector<ports::CallbackEvent> stored;
  if (!records.empty()) {
    auto recorded = ports_.callbacks.record(records, tallies.list(were_failing), kCallbackAttemptsMax);
    if (!recorded) {
      log_warning("callback.not_recorded", {{"error", recorded.error().message}});
      std::move(later.begin(), later.end(), std::back_inserter(finished));
      return false;
    }
    stored = std::move(recorded->events);
    health = std::move(recorded->health);
  }
  for (std::size_t i = 0; i < finished.size(); ++i) out.push_back(settlement_of(finished[i], stored[i]));
  for (Decided& d : decided) {
    if (d.held && d.state == CallbackState::failed) {
      log_warning("callback.given_up", {{"event_id", webhook_id(d.held->snapshot.id)},
                                        {"service_id", d.held->snapshot.endpoint.service_id.text()},
                                        {"subject", d.held->snapshot.subject},
                                        {"error", "its receiver is in trouble, or has no address any more"}});
    }
    out.push_back(std::move(d.settlement));
  }
  judge_health(health, finished);
  finished = std::move(later);
  return true;
}

ports::TaskSettlement CallbackDispatch::settlement_of(const Finished& f, const ports::CallbackEvent& stored) {
  ports::TaskSettlement out{.id = f.parcel->task.id, .attempt = f.parcel->task.attempt};
  if (f.verdict.is_good()) return out;
  const bool is_retried = stored.state == CallbackState::retrying;
  log(is_retried ? LogLevel::info : LogLevel::warning,
      is_retried             ? "callback.retried"
      : f.verdict.may_pass() ? "callback.given_up"
                             : "callback.refused",
      {{"event_id", webhook_id(stored.id)},
       {"service_id", stored.endpoint.service_id.text()},
       {"type", accounts::to_string(stored.endpoint.type)},
       {"subject", f.parcel->snapshot.subject},
       {"attempt", stored.attempts},
       {"error", f.verdict.reason}});
  if (!is_retried) return out;
  out.outcome = ports::TaskSettlement::Outcome::retry;
  out.retry_at = f.at + retry_delay(f.verdict.retry_after, ports_.random);
  out.reason = f.verdict.reason;
  out.retry_queue = std::string(ports::kCallbackRetryQueue);
  return out;
}

void CallbackDispatch::judge_health(const std::vector<ports::CallbackHealth>& health,
                                    const std::vector<Finished>& finished) {
  std::set<ports::CallbackEndpoint> switched;
  for (const Finished& f : finished) {
    if (f.verdict.is_gone && switched.insert(f.parcel->snapshot.endpoint).second)
      switch_off(f.parcel->snapshot.endpoint, "the receiver answered 410: it wants no more callbacks");
  }
  const UtcTime now = ports_.clock.now();
  for (const ports::CallbackHealth& h : health) {
    if (h.off_since || !has_failed_too_long(h, now) || !switched.insert(h.endpoint).second) continue;
    switch_off(h.endpoint, fmt::format("all {} attempts since {} failed", h.failures,
                                       format_rfc3339(h.failing_since.value_or(now))));
  }
  for (const ports::CallbackHealth& h : health) forget(h.endpoint);
}

void CallbackDispatch::switch_off(const ports::CallbackEndpoint& endpoint, std::string_view why) {
  auto tasks = ports_.notices ? ports_.notices(endpoint, why) : std::vector<ports::NewTask>{};
  auto is_first = ports_.callbacks.switch_off(endpoint, ports_.clock.now(), why, tasks);
  if (!is_first) {
    // The next failure leads here again.
    log_warning("callback.not_switched_off", {{"error", is_first.error().message}});
    return;
  }
  forget(endpoint);
  if (!*is_first) return;
  log_warning("callback.switched_off", {{"service_id", endpoint.service_id.text()},
                                        {"type", accounts::to_string(endpoint.type)},
                                        {"reason", std::string(why)}});
}

Histogram& CallbackDispatch::duration_of(accounts::CallbackType type, ports::CallbackOutcome outcome) {
  Histogram*& known = durations_.at(static_cast<std::size_t>(type)).at(static_cast<std::size_t>(outcome));
  if (known == nullptr) {
    known = &ports_.metrics.histogram(
        "postroom_callback_seconds", "Time to post a callback, by type and outcome",
        {0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10},
        {{"type", std::string(accounts::to_string(type))}, {"outcome", std::string(ports::to_string(outcome))}});
  }
  return *known;
}

}  // namespace postroom::flows
