// When a letter will be printed and will have arrived.
#pragma once

#include "base/time.h"
#include "base/time_zone.h"
#include "core/notifications/types.h"
#include "core/recipients/bank_holidays.h"

namespace postroom::notifications {

struct LetterTimings {
  UtcTime printed_by;         // 15:00 local on the printing day
  UtcTime earliest_delivery;  // 16:00 local
  UtcTime latest_delivery;    // 16:00 local

  bool is_printed(UtcTime now) const { return now > printed_by; }
};

// Of a letter accepted at `created_at`: printed on the first printing day after the working day it was accepted
// for, whose cut-off is 17:30 local, then in the post for the working days of its postage.
// Seconds and fractions are those of `created_at`, as clients of the API know it.
LetterTimings letter_timings(UtcTime created_at, Postage postage, const TimeZone& zone,
                             const recipients::BankHolidays& holidays);

// latest_delivery of letter_timings().
UtcTime estimated_delivery(UtcTime created_at, Postage postage, const TimeZone& zone,
                           const recipients::BankHolidays& holidays);

}  // namespace postroom::notifications
