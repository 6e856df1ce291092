// Posts callbacks: takes claimed tasks, keeps each receiver within its budget, records what came of each attempt.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "flows/callbacks/attempt_rules.h"
#include "flows/callbacks/endpoint_budget.h"
#include "flows/callbacks/inbound_callback.h"
#include "ports/http_sender.h"
#include "ports/notification_store.h"

namespace postroom::flows {

struct CallbackDispatchPorts {
  ports::ServiceStore& services;
  ports::CallbackStore& callbacks;
  ports::InboundStore& texts;
  ports::NotificationStore& notifications;
  ports::HttpSender& sender;
  const Clock& clock;
  const Clock& wall;  // receivers compare a signature's time with theirs
  Random& random;
  Metrics& metrics;
  // Tasks that tell a service's managers that its endpoint was switched off, and why.
  std::function<std::vector<ports::NewTask>(const ports::CallbackEndpoint&, std::string_view why)> notices;
};

// Safe from several threads. A task that was taken comes back as one settlement from collect(), within its lease
// unless the store is away.
class CallbackDispatch {
 public:
  // Tasks that wait here for receivers of one kind; what is more waits in the store. If all of them were silent,
  // these would be through before their leases end.
  static constexpr std::size_t kWaitingMax = 2'000;
  // Settings and state of an endpoint are read again after so long.
  static constexpr Duration kStateAgeMax = std::chrono::seconds{2};

  explicit CallbackDispatch(CallbackDispatchPorts ports);
  // The sender must have ended all requests before.
  ~CallbackDispatch();
  CallbackDispatch(const CallbackDispatch&) = delete;
  CallbackDispatch& operator=(const CallbackDispatch&) = delete;

  // How many more tasks of that queue may be taken now.
  int room(std::string_view queue) const;
  void take(std::vector<ports::ClaimedTask> tasks);
  // Waits until something has come to an end, `timeout` of real time at most, and records it.
  std::vector<ports::TaskSettlement> collect(Duration timeout);
  // The endpoint was changed: its state is read anew.
  void forget(const ports::CallbackEndpoint& endpoint);

 private:
  // Requests in flight are counted apart, so that receivers in trouble never take the place of those that are well.
  enum Room { kPrompt, kNew, kOther, kRetry, kRooms };
  enum Lane { kFirstTries, kRetries, kLanes };
  struct Parcel;
  struct Line;
  struct Endpoint;
  struct Decided {
    ports::TaskSettlement settlement;
    std::unique_ptr<Parcel>
        held;  // set: to be recorded as held (its endpoint is off) or failed (it has no address)
    ports::CallbackState state = ports::CallbackState::held;
  };
  struct Finished;
  using Parcels = std::vector<std::unique_ptr<Parcel>>;
  using State = std::shared_ptr<const ports::CallbackEndpointState>;

  Result<std::unique_ptr<Parcel>> prepare(ports::ClaimedTask& task);
  Result<std::optional<CallbackSnapshot>> snapshot_of(const ports::ClaimedTask& task);
  Result<State> state_of(const ports::CallbackEndpoint& endpoint);
  void decide_failed(const ports::ClaimedTask& task, const Error& error);

  // With mutex_ held.
  Endpoint& endpoint(const ports::CallbackEndpoint& key);
  void admit(std::unique_ptr<Parcel> parcel, UtcTime now);
  void put_off(std::unique_ptr<Parcel> parcel, UtcTime until, std::string reason);
  void put_off_paused(std::unique_ptr<Parcel> parcel, UtcTime until, UtcTime now);
  void put_off_all(Line& line, UtcTime until, UtcTime now);
  void keep(std::unique_ptr<Parcel> parcel, ports::CallbackState state);
  std::unique_ptr<Parcel> pop(Line& line);
  static Room room_of(const Endpoint& endpoint, Lane lane);
  void make_ready(Endpoint& endpoint, Lane lane);
  void start_next(Endpoint& endpoint, Lane lane, Room room, UtcTime now, Parcels& starting);
  Parcels pump();

  void send(Parcels starting);
  void done(std::unique_ptr<Parcel> parcel, const Result<ports::HttpResponse>& answer, Duration took);
  bool record(std::vector<Finished>& finished, std::vector<Decided>& decided,
              std::vector<ports::TaskSettlement>& out);
  ports::TaskSettlement settlement_of(const Finished& finished, const ports::CallbackEvent& stored);
  void judge_health(const std::vector<ports::CallbackHealth>& health, const std::vector<Finished>& finished);
  void switch_off(const ports::CallbackEndpoint& endpoint, std::string_view why);
  Histogram& duration_of(accounts::CallbackType type, ports::CallbackOutcome outcome);

  CallbackDispatchPorts ports_;
  InboundCallbacks inbound_;
  std::array<std::array<Histogram*, 5>, 4> durations_{};

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<ports::CallbackEndpoint, std::unique_ptr<Endpoint>> endpoints_;
  std::array<std::deque<std::pair<Endpoint*, Lane>>, kRooms> ready_;
  std::array<int, kRooms> in_flight_{};
  std::array<std::size_t, kRooms> waiting_{};
  std::vector<Finished> finished_;
  std::vector<Decided> decided_;
};

}  // namespace postroom::flows
