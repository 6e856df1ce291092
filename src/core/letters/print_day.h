// Which evening's run a letter belongs to. One half-open rule for folders, candidates, cancelling and checks.
#pragma once

#include <optional>

#include "base/time.h"
#include "base/time_zone.h"

namespace postroom::letters {

// Wall-clock time of day, in the print zone, from which a letter belongs to the next day's run.
inline constexpr Duration kPrintCutoffDefault = std::chrono::hours{17} + std::chrono::minutes{30};

// The zone and the cut-off that every rule about print days needs. The zone must outlive it.
struct PrintCalendar {
  const TimeZone& zone;
  Duration cutoff = kPrintCutoffDefault;
};

// The instant at which `day`'s run closes. Windows are 23 or 25 hours long when the clocks change.
UtcTime print_deadline(Date day, const PrintCalendar& calendar);

// The day whose run includes a letter accepted at `created_at`: print_deadline(day - 1) <= created_at <
// print_deadline(day). Every day has a run, weekends and holidays too.
Date print_day(UtcTime created_at, const PrintCalendar& calendar);

// Folder of a day's letters: "2018-02-02/".
std::string day_folder(Date day);

// The run may start by itself from this long after the cut-off until that long after it (half-open), by the
// wall clock. A late run must not close a day's letters without a person knowing.
inline constexpr Duration kCollateOpensAfter = std::chrono::minutes{20};
inline constexpr Duration kCollateClosesAfter = std::chrono::minutes{80};

// The deadline of the run that is to start now; nothing outside the window.
std::optional<UtcTime> collate_deadline_due(UtcTime now, const PrintCalendar& calendar);

}  // namespace postroom::letters
