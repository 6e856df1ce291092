#include "base/time_zone.h"

#include <date/tz.h>

#include <stdexcept>

namespace postroom {

Result<TimeZone> TimeZone::load(std::string_view name) {
  try {
    return TimeZone{date::locate_zone(std::string(name)), std::string(name)};
  } catch (const std::runtime_error&) {
    return fail(ErrorKind::invalid_input, "time zone '" + std::string(name) +
                                              "' is unknown: use an IANA name such as Europe/London, and "
                                              "see that the tzdata package is installed");
  }
}

LocalTime TimeZone::to_local(UtcTime time) const { return LocalTime{zone_->to_local(time).time_since_epoch()}; }

Date TimeZone::local_date(UtcTime time) const {
  auto local = to_local(time).time_since_epoch();
  return Date{std::chrono::sys_days{std::chrono::floor<std::chrono::days>(local)}};
}

Duration TimeZone::time_of_day(UtcTime time) const {
  auto local = to_local(time).time_since_epoch();
  return local - std::chrono::floor<std::chrono::days>(local);
}

UtcTime TimeZone::to_utc(Date day, Duration time_of_day) const {
  auto since_epoch = std::chrono::sys_days{day}.time_since_epoch() + time_of_day;
  date::local_time<std::chrono::microseconds> local{since_epoch};
  // The first offset is the one before the change, if there is a change.
  return UtcTime{since_epoch} - zone_->get_info(local).first.offset;
}

}  // namespace postroom
