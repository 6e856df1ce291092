// Callbacks in memory and a sender that is played by hand, for tests of flows. See testing_stores.h.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include "ports/callback_store.h"
#include "ports/http_sender.h"
#include "ports/inbound_store.h"
#include "ports/testing.h"

namespace postroom::ports::testing {

class MemoryCallbackStore final : public CallbackStore {
 public:
  Fault record_fault, state_fault;
  std::map<CallbackEventId, CallbackEvent> stored;
  std::vector<CallbackAttempt> made;
  std::map<CallbackEndpoint, CallbackHealth> health;
  std::vector<CallbackSecret> secrets;
  std::vector<NewTask> enqueued;

  Result<CallbackRecorded> record(std::span<const CallbackRecord> records, std::span<const CallbackTally> tallies,
                                  int attempts_max) override {
    std::lock_guard lock(mutex);
    if (record_fault.strikes()) return fail(record_fault.error);
    CallbackRecorded out;
    for (const CallbackRecord& r : records) {
      auto& event = stored.try_emplace(r.event.id, r.event).first->second;
      if (r.attempt) made.push_back(*r.attempt);
      event.attempts += r.attempt ? 1 : 0;
      event.changed_at = r.event.changed_at;
      event.state = r.event.state == CallbackState::retrying && event.attempts >= attempts_max
                        ? CallbackState::failed
                        : r.event.state;
      out.events.push_back(event);
    }
    for (const CallbackTally& t : tallies) {
      CallbackHealth& h = health[t.endpoint];
      h.endpoint = t.endpoint;
      if (t.has_recovered) h.failing_since.reset(), h.failures = 0;
      if (t.failures > 0) h.failing_since = h.failing_since.value_or(t.at), h.failures += t.failures;
      out.health.push_back(h);
    }
    return out;
  }
  Result<std::vector<CallbackEvent>> events(const CallbackEventQuery&) override {
    std::vector<CallbackEvent> out;
    for (const auto& [id, event] : stored) out.push_back(event);
    return out;
  }
  Result<std::vector<CallbackAttempt>> attempts(const CallbackAttemptQuery&) override { return made; }
  Result<void> replay(std::span<const CallbackEventId>, std::span<const NewTask>, UtcTime) override { return {}; }
  Result<CallbackEndpointState> state(const CallbackEndpoint& endpoint) override {
    std::lock_guard lock(mutex);
    if (state_fault.strikes()) return fail(state_fault.error);
    CallbackEndpointState out{.health = health[endpoint], .secrets = {}};
    for (const CallbackSecret& secret : secrets)
      if (secret.endpoint == endpoint) out.secrets.push_back(secret);
    return out;
  }
  Result<bool> switch_off(const CallbackEndpoint& endpoint, UtcTime at, std::string_view reason,
                          std::span<const NewTask> tasks) override {
    std::lock_guard lock(mutex);
    CallbackHealth& h = health[endpoint];
    if (h.off_since) return false;
    h.off_since = at;
    h.off_reason = reason;
    enqueued.insert(enqueued.end(), tasks.begin(), tasks.end());
    return true;
  }
  Result<bool> switch_on(const CallbackEndpoint& endpoint) override {
    std::lock_guard lock(mutex);
    return health.erase(endpoint) > 0;
  }
  Result<void> add_secret(const CallbackSecret& secret, std::optional<UtcTime>) override {
    secrets.push_back(secret);
    return {};
  }
  Result<void> remove_secret(const CallbackEndpoint&, const Uuid&) override { return {}; }
  Result<int> remove_old(UtcTime, UtcTime, UtcTime) override { return 0; }

  std::mutex mutex;
};

// Keeps requests until the test answers them.
class HeldSender final : public HttpSender {
 public:
  struct Request {
    HttpRequest request;
    Done done;
  };
  std::vector<Request> open;  // in the order started

  void start(HttpRequest request, Done done) override { open.push_back({std::move(request), std::move(done)}); }
  // The oldest.
  HttpRequest answer(Result<HttpResponse> response, Duration took = std::chrono::milliseconds{5}) {
    Request first = std::move(open.front());
    open.erase(open.begin());
    first.done(std::move(response), took);
    return first.request;
  }
  HttpRequest answer(int status) { return answer(HttpResponse{status, {}, {}}); }
};

// Texts only; no numbers.
class MemoryInboundTexts final : public InboundStore {
 public:
  std::map<receipts::InboundTextId, receipts::InboundText> texts;

  Result<void> add_number(const InboundNumber&) override { return {}; }
  Result<void> update_number(const InboundNumber&) override { return {}; }
  Result<std::optional<InboundNumber>> find_number(std::string_view) override {
    return std::optional<InboundNumber>{};
  }
  Result<std::vector<InboundNumber>> numbers() override { return std::vector<InboundNumber>{}; }
  Result<void> remove_number(std::string_view) override { return {}; }
  Result<bool> receive(const receipts::InboundText& text, std::span<const NewTask>) override {
    return texts.emplace(text.id, text).second;
  }
  Result<receipts::InboundText> find(receipts::InboundTextId id) override {
    if (!texts.contains(id)) return fail(ErrorKind::not_found, "no such text");
    return texts.at(id);
  }
  Result<std::vector<receipts::InboundText>> list(ServiceId, std::optional<receipts::InboundTextId>, int) override {
    return std::vector<receipts::InboundText>{};
  }
  Result<int> remove_older(UtcTime, int) override { return 0; }
};

}  // namespace postroom::ports::testing
