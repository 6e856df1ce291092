// When a letter will have arrived.
#pragma once

#include "base/time.h"
#include "base/time_zone.h"
#include "core/notifications/types.h"
#include "core/recipients/bank_holidays.h"

namespace postroom::notifications {

// The latest likely delivery of a letter accepted at `created_at`: printed on the first printing day after the
// working day it was accepted for (cut-off 17:30 local), then in the post as long as its postage takes at most.
// 16:00 local on that day; seconds and fractions are those of `created_at`, as clients of the API know it.
UtcTime estimated_delivery(UtcTime created_at, Postage postage, const TimeZone& zone,
                           const recipients::BankHolidays& holidays);

}  // namespace postroom::notifications
