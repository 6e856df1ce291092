// Local time in an IANA zone, for everything a person or the print house reads off a wall clock.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace date {
class time_zone;
}

namespace postroom {

// A wall-clock reading without a zone.
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;

// Immutable and safe from several threads.
class TimeZone {
 public:
  // invalid_input when the system's zone data lacks `name`.
  static Result<TimeZone> load(std::string_view name);

  LocalTime to_local(UtcTime time) const;
  Date local_date(UtcTime time) const;
  // Time since local midnight as the wall clock shows it.
  Duration time_of_day(UtcTime time) const;
  // The instant a wall clock shows `date` `time_of_day`. A reading that occurs twice gives the earlier; one that
  // the clocks skip is read as if they had not changed yet.
  UtcTime to_utc(Date date, Duration time_of_day) const;
  const std::string& name() const { return name_; }

 private:
  TimeZone(const date::time_zone* zone, std::string name) : zone_(zone), name_(std::move(name)) {}
  const date::time_zone* zone_;
  std::string name_;
};

}  // namespace postroom
