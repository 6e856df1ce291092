// Fires schedules: writes each firing and its task in one commit, so that any number of schedulers, restarts
// and missed hours give every due time at most one task.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "worker/schedule.h"

namespace postroom::worker {

class Scheduler {
 public:
  Scheduler(std::vector<Schedule> schedules, ports::ScheduleStore& store, ports::LeaseStore& leases,
            const Clock& clock, TimeZone zone, std::string owner);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Looks once: if this process leads, fires what is due, once each at its latest due time (hours missed while
  // nothing ran are made up for by one run). A schedule seen for the first time starts from now. Returns how
  // many fired.
  Result<int> tick();
  // The earliest due time of any schedule after its last firing.
  Result<std::optional<UtcTime>> next_firing();

  // A thread that ticks every second of real time.
  void start();
  void stop();

  const std::vector<Schedule>& schedules() const { return schedules_; }

 private:
  Result<std::map<std::string, UtcTime, std::less<>>> last_fired();

  std::vector<Schedule> schedules_;
  ports::ScheduleStore& store_;
  ports::LeaseStore& leases_;
  const Clock& clock_;
  TimeZone zone_;
  std::string owner_;
  std::mutex mutex_;
  std::condition_variable stop_signal_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace postroom::worker
