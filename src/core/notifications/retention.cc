#include "core/notifications/retention.h"

namespace postroom::notifications {

UtcTime retention_horizon(UtcTime now, int days, const TimeZone& zone) {
  return zone.to_utc(add_days(zone.local_date(now), -days), Duration{});
}

}  // namespace postroom::notifications
