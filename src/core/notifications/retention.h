// When messages have been kept long enough.
#pragma once

#include "base/time_zone.h"

namespace postroom::notifications {

// Local midnight so many days ago: what was accepted before it has been kept for `days` whole days.
UtcTime retention_horizon(UtcTime now, int days, const TimeZone& zone);

}  // namespace postroom::notifications
