#include "worker/scheduler.h"

#include "base/log.h"

namespace postroom::worker {
namespace {

constexpr std::string_view kLeaderLease = "scheduler";
constexpr Duration kLeaderLeaseTime = std::chrono::seconds{30};
constexpr Duration kTickEvery = std::chrono::seconds{1};

}  // namespace

Scheduler::Scheduler(std::vector<Schedule> schedules, ports::ScheduleStore& store, ports::LeaseStore& leases,
                     const Clock& clock, TimeZone zone, std::string owner)
    : schedules_(std::move(schedules)),
      store_(store),
      leases_(leases),
      clock_(clock),
      zone_(std::move(zone)),
      owner_(std::move(owner)) {}

Scheduler::~Scheduler() { stop(); }

Result<std::map<std::string, UtcTime, std::less<>>> Scheduler::last_fired() {
  POSTROOM_TRY(fired, store_.last_fired());
  std::map<std::string, UtcTime, std::less<>> out;
  for (auto& entry : fired) out[entry.name] = entry.at;
  return out;
}

Result<int> Scheduler::tick() {
  UtcTime now = clock_.now();
  POSTROOM_TRY(leads, leases_.acquire(kLeaderLease, owner_, now, kLeaderLeaseTime));
  if (!leads) return 0;
  POSTROOM_TRY(fired, last_fired());
  int count = 0;
  for (const Schedule& schedule : schedules_) {
    auto last = fired.find(schedule.name);
    if (last == fired.end()) {
      POSTROOM_CHECK(store_.fire(schedule.name, std::nullopt, now, {}));
      continue;
    }
    auto due = latest_due(schedule.cadence, last->second, now, zone_);
    if (!due) continue;
    ports::NewTask task{
        .queue = schedule.queue, .kind = schedule.name, .subject = format_rfc3339(*due), .run_at = *due};
    POSTROOM_TRY(first, store_.fire(schedule.name, last->second, *due, std::span(&task, 1)));
    if (first) {
      ++count;
      log_debug("schedule.fired", {{"schedule", schedule.name}, {"due", task.subject}});
    }
  }
  return count;
}

Result<std::optional<UtcTime>> Scheduler::next_firing() {
  POSTROOM_TRY(fired, last_fired());
  std::optional<UtcTime> earliest;
  for (const Schedule& schedule : schedules_) {
    auto last = fired.find(schedule.name);
    if (last == fired.end()) continue;
    UtcTime due = next_due(schedule.cadence, last->second, zone_);
    if (!earliest || due < *earliest) earliest = due;
  }
  return earliest;
}

void Scheduler::start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    do {
      lock.unlock();
      if (auto ticked = tick(); !ticked) log_warning("schedule.tick_failed", {{"error", ticked.error().message}});
      lock.lock();
    } while (!stop_signal_.wait_for(lock, kTickEvery, [&] { return stopping_; }));
  });
}

void Scheduler::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_signal_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  if (auto released = leases_.release(kLeaderLease, owner_); !released) {
    log_warning("schedule.release_failed", {{"error", released.error().message}});
  }
}

}  // namespace postroom::worker
