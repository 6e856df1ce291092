#include "worker/schedule.h"

#include <fmt/format.h>

namespace postroom::worker {
namespace {

bool runs_on(Days days, Date date) {
  if (days == Days::every_day) return true;
  auto weekday = weekday_of(date);
  return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday;
}

}  // namespace

UtcTime next_due(const Cadence& cadence, UtcTime after, const TimeZone& zone) {
  if (cadence.interval > Duration{0}) {
    auto periods = (after.time_since_epoch() - cadence.phase) / cadence.interval;
    return UtcTime{(periods + 1) * cadence.interval + cadence.phase};
  }
  for (Date day = zone.local_date(after);; day = add_days(day, 1)) {
    if (!runs_on(cadence.days, day)) continue;
    UtcTime due = zone.to_utc(day, cadence.local_time);
    if (due > after) return due;
  }
}

std::optional<UtcTime> latest_due(const Cadence& cadence, UtcTime after, UtcTime now, const TimeZone& zone) {
  if (cadence.interval > Duration{0}) {
    UtcTime due{(now.time_since_epoch() - cadence.phase) / cadence.interval * cadence.interval + cadence.phase};
    if (due > after) return due;
    return std::nullopt;
  }
  // A week back always holds a day that runs.
  for (int back = 0; back <= 7; ++back) {
    Date day = add_days(zone.local_date(now), -back);
    if (!runs_on(cadence.days, day)) continue;
    UtcTime due = zone.to_utc(day, cadence.local_time);
    if (due > now) continue;
    if (due > after) return due;
    return std::nullopt;
  }
  return std::nullopt;
}

std::string describe(const Cadence& cadence, const TimeZone& zone) {
  if (cadence.interval > Duration{0}) {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(cadence.interval).count();
    auto phase = std::chrono::duration_cast<std::chrono::minutes>(cadence.phase).count();
    if (cadence.interval == std::chrono::hours{24} && phase > 0)
      return fmt::format("daily {:02}:{:02} UTC", phase / 60, phase % 60);
    return seconds % 60 == 0 ? fmt::format("every {} min", seconds / 60) : fmt::format("every {} s", seconds);
  }
  auto minutes = std::chrono::duration_cast<std::chrono::minutes>(cadence.local_time).count();
  return fmt::format("{} {:02}:{:02} {}", cadence.days == Days::every_day ? "daily" : "Mon-Fri", minutes / 60,
                     minutes % 60, zone.name());
}

}  // namespace postroom::worker
