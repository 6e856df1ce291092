// When recurring work is due. Local times are wall-clock readings in a zone: a reading that the clocks skip
// fires at the change, one that occurs twice fires once, the later time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time_zone.h"
#include "ports/task_queue.h"

namespace postroom::worker {

enum class Days { every_day, monday_to_friday };

struct Cadence {
  // Every `interval` since 1970-01-01T00:00Z and `phase`, when not zero; else daily at `local_time`.
  Duration interval{};
  Duration phase{};       // less than `interval`
  Duration local_time{};  // since midnight on the wall clock
  Days days = Days::every_day;

  static Cadence every(Duration interval, Duration phase = {}) { return {.interval = interval, .phase = phase}; }
  static Cadence daily(Duration local_time, Days days = Days::every_day) {
    return {.local_time = local_time, .days = days};
  }
};

// The first due time after `after`.
UtcTime next_due(const Cadence& cadence, UtcTime after, const TimeZone& zone);
// The last due time at or before `now`, if it lies after `after`.
std::optional<UtcTime> latest_due(const Cadence& cadence, UtcTime after, UtcTime now, const TimeZone& zone);
// "every 10 min" or "Mon-Fri 16:30 Europe/London".
std::string describe(const Cadence& cadence, const TimeZone& zone);

// One entry of the schedule table. What it enqueues carries the due time (RFC 3339) as its subject.
struct Schedule {
  std::string name;  // also the task's kind
  Cadence cadence;
  std::string queue = "periodic";
};

}  // namespace postroom::worker
