#include "flows/callbacks/dispatch.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "flows/callbacks/dispatch_parts.h"
#include "flows/callbacks/webhook_signature.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

// Requests in flight, of all receivers of a kind: well and prompt; not heard of yet; slow or failing; tried again.
constexpr std::array<int, 4> kInFlightOfRoom{512, 512, 512, 256};
// Endpoints remembered; beyond that those with nothing to do are forgotten.
constexpr std::size_t kEndpointsMax = 20'000;
// A task that waited nearly as long as its lease is left to its next claim.
constexpr Duration kLeaseReserve = std::chrono::seconds{15};
// Those put off until a pause ends are spread behind its end.
constexpr std::uint32_t kSpreadMilliseconds = 5'000;
constexpr Duration kTroubleDelay = std::chrono::seconds{10};
// Real time to stand back when the store does not take what is to be recorded.
constexpr Duration kRecordPause = std::chrono::milliseconds{500};
// So long after it was enqueued a task is given up while its receiver is left alone; nearly all its tries would be
// over by then.
constexpr Duration kPausedAgeMax = kCallbackRetryDelay * kCallbackAttemptsMax;

}  // namespace

CallbackDispatch::CallbackDispatch(CallbackDispatchPorts ports)
    : ports_(std::move(ports)), inbound_(ports_.texts, ports_.services) {}
CallbackDispatch::~CallbackDispatch() = default;

int CallbackDispatch::room(std::string_view queue) const {
  const Room which = queue == ports::kCallbackQueue ? kPrompt : kRetry;
  std::lock_guard lock(mutex_);
  // What has ended but is not recorded yet counts, too: a store in trouble must not be asked for more. What waits
  // for receivers in trouble does not: others must not wait for those.
  const std::size_t busy = waiting_.at(which) + finished_.size() + decided_.size();
  if (busy >= kWaitingMax) return 0;
  return static_cast<int>(std::min<std::size_t>(kWaitingMax - busy, ports::kTasksPerClaimMax));
}

void CallbackDispatch::forget(const ports::CallbackEndpoint& key) {
  std::lock_guard lock(mutex_);
  if (auto found = endpoints_.find(key); found != endpoints_.end()) {
    found->second->state.reset();
  }
}

CallbackDispatch::Endpoint& CallbackDispatch::endpoint(const ports::CallbackEndpoint& key) {
  auto found = endpoints_.find(key);
  if (found != endpoints_.end()) return *found->second;
  if (endpoints_.size() >= kEndpointsMax)
    std::erase_if(endpoints_, [](const auto& entry) { return entry.second->is_idle(); });
  return *endpoints_.emplace(key, std::make_unique<Endpoint>()).first->second;
}

Result<CallbackDispatch::State> CallbackDispatch::state_of(const ports::CallbackEndpoint& key) {
  const UtcTime now = ports_.wall.now();
  {
    std::lock_guard lock(mutex_);
    const Endpoint& known = endpoint(key);
    if (known.state && now - known.state_read_at < kStateAgeMax) return known.state;
  }
  POSTROOM_TRY(read, ports_.callbacks.state(key));
  auto shared = std::make_shared<const ports::CallbackEndpointState>(std::move(read));
  std::lock_guard lock(mutex_);
  Endpoint& known = endpoint(key);
  known.state = shared;
  known.state_read_at = now;
  return State(shared);
}

Result<std::optional<CallbackSnapshot>> CallbackDispatch::snapshot_of(const ports::ClaimedTask& task) {
  if (task.kind == ports::kSendInboundSms) return inbound_.snapshot_of(task);
  POSTROOM_TRY(snapshot, read_snapshot(task));
  if (snapshot.endpoint.service_id.is_nil()) {
    const auto id = NotificationId::parse(task.subject);
    if (!id) return fail(ErrorKind::corrupt, "task " + task.id.text() + " names no notification");
    POSTROOM_TRY(message, ports_.notifications.find(*id));
    snapshot.endpoint.service_id = message.service_id;
  }
  if (!snapshot.url.empty()) return std::optional(std::move(snapshot));
  POSTROOM_TRY(config, ports_.services.callback(snapshot.endpoint.service_id, snapshot.endpoint.type));
  if (config) {
    snapshot.url = std::move(config->url);
    snapshot.token = std::move(config->bearer_token);
  }
  return std::optional(std::move(snapshot));
}

// Null when there is nothing to post.
Result<std::unique_ptr<CallbackDispatch::Parcel>> CallbackDispatch::prepare(ports::ClaimedTask& task) {
  POSTROOM_TRY(snapshot, snapshot_of(task));
  if (!snapshot) return std::unique_ptr<Parcel>{};
  POSTROOM_TRY(state, state_of(snapshot->endpoint));
  auto parcel = std::make_unique<Parcel>();
  parcel->lane = task.queue == ports::kCallbackQueue ? kFirstTries : kRetries;
  parcel->task = std::move(task);
  parcel->task.payload.clear();
  parcel->snapshot = std::move(*snapshot);
  parcel->state = std::move(state);
  return parcel;
}

void CallbackDispatch::decide_failed(const ports::ClaimedTask& task, const Error& error) {
  using Outcome = ports::TaskSettlement::Outcome;
  const bool may_pass = error.kind == ErrorKind::retry_later || error.kind == ErrorKind::internal;
  log(may_pass ? LogLevel::warning : LogLevel::error, may_pass ? "callback.not_read" : "task.buried",
      {{"kind", task.kind}, {"subject", task.subject}, {"error", error.message}});
  decided_.push_back({.settlement = {.id = task.id,
                                     .attempt = task.attempt,
                                     .outcome = may_pass ? Outcome::retry : Outcome::bury,
                                     .retry_at = ports_.clock.now() + kTroubleDelay,
                                     .reason = error.message},
                      .held = nullptr});
}

void CallbackDispatch::take(std::vector<ports::ClaimedTask> tasks) {
  Parcels starting;
  for (ports::ClaimedTask& task : tasks) {
    auto parcel = prepare(task);
    std::lock_guard lock(mutex_);
    if (!parcel) {
      decide_failed(task, parcel.error());
    } else if (*parcel == nullptr) {
      decided_.push_back({.settlement = {.id = task.id, .attempt = task.attempt}, .held = nullptr});
    } else {
      admit(std::move(*parcel), ports_.clock.now());
    }
  }
  {
    std::lock_guard lock(mutex_);
    starting = pump();
  }
  ended_.notify_one();
  send(std::move(starting));
}

void CallbackDispatch::admit(std::unique_ptr<Parcel> parcel, UtcTime now) {
  if (parcel->state->health.off_since) return keep(std::move(parcel), ports::CallbackState::held);
  if (parcel->snapshot.url.empty()) return keep(std::move(parcel), ports::CallbackState::failed);
  Endpoint& to = endpoint(parcel->snapshot.endpoint);
  if (auto until = to.budget.paused_until(now)) return put_off_paused(std::move(parcel), *until, now);
  const Lane lane = parcel->lane;
  const Room room = room_of(to, lane);
  const bool is_heap = room == kPrompt && to.lines.at(lane).waiting.size() >= to.budget.soon();
  if (is_heap || waiting_.at(room) >= kWaitingMax)
    return put_off(std::move(parcel), to.budget.next_slot(now), "its receiver has more than it can take");
  parcel->room = room;
  ++waiting_.at(room);
  to.lines.at(lane).waiting.push_back(std::move(parcel));
  make_ready(to, lane);
}

void CallbackDispatch::keep(std::unique_ptr<Parcel> parcel, ports::CallbackState state) {
  decided_.push_back({.settlement = {.id = parcel->task.id, .attempt = parcel->task.attempt},
                      .held = std::move(parcel),
                      .state = state});
}

void CallbackDispatch::put_off_paused(std::unique_ptr<Parcel> parcel, UtcTime until, UtcTime now) {
  if (now - parcel->task.enqueued_at > kPausedAgeMax) return keep(std::move(parcel), ports::CallbackState::failed);
  const auto spread = std::chrono::milliseconds{ports_.random.below(kSpreadMilliseconds)};
  put_off(std::move(parcel), until + spread, "its receiver is in trouble");
}

void CallbackDispatch::put_off(std::unique_ptr<Parcel> parcel, UtcTime until, std::string reason) {
  decided_.push_back({.settlement = {.id = parcel->task.id,
                                     .attempt = parcel->task.attempt,
                                     .outcome = ports::TaskSettlement::Outcome::retry,
                                     .retry_at = until,
                                     .reason = std::move(reason),
                                     .retry_queue = std::string(ports::kCallbackRetryQueue)},
                      .held = nullptr});
}

void CallbackDispatch::put_off_all(Line& line, UtcTime until, UtcTime now) {
  while (!line.waiting.empty()) put_off_paused(pop(line), until, now);
}

std::unique_ptr<CallbackDispatch::Parcel> CallbackDispatch::pop(Line& line) {
  std::unique_ptr<Parcel> parcel = std::move(line.waiting.front());
  line.waiting.pop_front();
  --waiting_.at(parcel->room);
  return parcel;
}

CallbackDispatch::Room CallbackDispatch::room_of(const Endpoint& of, Lane lane) {
  if (lane == kRetries) return kRetry;
  if (of.budget.is_prompt()) return kPrompt;
  if (of.budget.has_answered()) return kOther;
  // After a start nobody has been heard of: those that were failing before must not be in front of all others.
  const bool was_failing = of.state && of.state->health.failing_since;
  return was_failing ? kOther : kNew;
}

void CallbackDispatch::make_ready(Endpoint& of, Lane lane) {
  Line& line = of.lines.at(lane);
  const Room room = room_of(of, lane);
  if (line.waiting.empty() || (line.is_ready && line.ready_in == room)) return;
  // Whoever has just shown that it is well does not stand behind those that are not: its old turn is passed over.
  line.is_ready = true;
  line.ready_in = room;
  ++line.turns;
  ready_.at(room).emplace_back(&of, lane);
}

void CallbackDispatch::start_next(Endpoint& of, Lane lane, Room room, UtcTime now, Parcels& starting) {
  Line& line = of.lines.at(lane);
  --line.turns;
  if (!line.is_ready || line.ready_in != room) return;
  line.is_ready = false;
  if (line.waiting.empty()) return;
  if (auto until = of.budget.paused_until(now)) return put_off_all(line, *until, now);
  // Whoever ends makes room and the line ready again.
  if (!of.budget.may_start(now)) return;
  if (lane == kRetries && line.in_flight >= std::max(1, of.budget.limit() / 2)) return;
  std::unique_ptr<Parcel> parcel = pop(line);
  if (now > parcel->task.lease_until - kLeaseReserve) {
    put_off(std::move(parcel), now, "it waited too long for room");
  } else {
    parcel->room = room;
    ++in_flight_.at(room);
    ++line.in_flight;
    of.budget.started();
    starting.push_back(std::move(parcel));
  }
  make_ready(of, lane);
}

// Round and round the receivers of each room, so that none waits for another's heap.
CallbackDispatch::Parcels CallbackDispatch::pump() {
  Parcels starting;
  const UtcTime now = ports_.clock.now();
  for (Room room : {kPrompt, kNew, kOther, kRetry}) {
    auto& ready = ready_.at(room);
    while (!ready.empty() && in_flight_.at(room) < kInFlightOfRoom.at(room)) {
      auto [of, lane] = ready.front();
      ready.pop_front();
      start_next(*of, lane, room, now, starting);
    }
  }
  return starting;
}

void CallbackDispatch::send(Parcels starting) {
  for (std::unique_ptr<Parcel>& parcel : starting) {
    const UtcTime now = ports_.wall.now();
    CallbackSnapshot& snapshot = parcel->snapshot;
    const std::string id = webhook_id(snapshot.id);
    const std::string timestamp = std::to_string(to_micros(now) / 1'000'000);
    ports::HttpRequest request;
    request.method = "POST";
    request.url = snapshot.url;
    request.headers = {{"Content-Type", "application/json"},
                       {"Authorization", "Bearer " + snapshot.token},
                       {std::string(kWebhookIdHeader), id},
                       {std::string(kWebhookTimestampHeader), timestamp}};
    std::string signatures =
        webhook_signatures(parcel->state->secrets, ports_.clock.now(), id, timestamp, snapshot.body);
    if (!signatures.empty()) request.headers.emplace_back(kWebhookSignatureHeader, std::move(signatures));
    request.body = snapshot.body;
    request.connect_timeout = kCallbackTimeout;
    request.timeout = kCallbackTimeout;
    request.response_bytes_max = kCallbackAnswerBytesMax;
    // std::function wants what can be copied; done() takes it over.
    auto shared = std::make_shared<std::unique_ptr<Parcel>>(std::move(parcel));
    ports_.sender.start(std::move(request), [this, shared](Result<ports::HttpResponse> answer, Duration took) {
      done(std::move(*shared), answer, took);
    });
  }
}

void CallbackDispatch::done(std::unique_ptr<Parcel> parcel, const Result<ports::HttpResponse>& answer,
                            Duration took) {
  const UtcTime now = ports_.clock.now();
  CallbackVerdict verdict = judge(answer, now);
  const bool is_alive = verdict.is_good() || verdict.outcome == ports::CallbackOutcome::refused;
  Parcels starting;
  {
    std::lock_guard lock(mutex_);
    Endpoint& of = endpoint(parcel->snapshot.endpoint);
    of.budget.ended(is_alive, took, verdict.retry_after, now, ports_.random);
    --of.lines.at(parcel->lane).in_flight;
    --in_flight_.at(parcel->room);
    for (Lane lane : {kFirstTries, kRetries}) make_ready(of, lane);
    finished_.push_back({std::move(parcel), std::move(verdict), now, took});
    starting = pump();
  }
  ended_.notify_one();
  send(std::move(starting));
}

std::vector<ports::TaskSettlement> CallbackDispatch::collect(Duration timeout) {
  std::vector<Finished> finished;
  std::vector<Decided> decided;
  {
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, timeout, [&] { return !finished_.empty() || !decided_.empty(); });
    finished.swap(finished_);
    decided.swap(decided_);
  }
  std::vector<ports::TaskSettlement> out;
  if (finished.empty() && decided.empty()) return out;
  const bool is_recorded = record(finished, decided, out);
  std::unique_lock lock(mutex_);
  // What record() left over comes with the next call.
  std::move(finished.begin(), finished.end(), std::back_inserter(finished_));
  if (is_recorded) return out;
  // What was answered must be written down before it is settled.
  std::move(decided.begin(), decided.end(), std::back_inserter(decided_));
  ended_.wait_for(lock, kRecordPause, [] { return false; });
  return {};
}

}  // namespace postroom::flows
