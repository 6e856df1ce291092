#include "core/notifications/delivery_estimate.h"

namespace postroom::notifications {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPrintCutoff = 17h + 30min;
constexpr Duration kDeliveryTime = 16h;

int transit_days_max(Postage postage) {
  switch (postage) {
    case Postage::first: return 0;
    case Postage::second: return 4;
    case Postage::economy: return 6;
    case Postage::europe: return 5;
    case Postage::rest_of_world: return 7;
  }
  return 0;
}

}  // namespace

UtcTime estimated_delivery(UtcTime created_at, Postage postage, const TimeZone& zone,
                           const recipients::BankHolidays& holidays) {
  using recipients::WorkingDays;
  Date processing_day = zone.local_date(created_at);
  if (zone.time_of_day(created_at) >= kPrintCutoff) processing_day = add_days(processing_day, 1);
  Date printing_day = recipients::next_working_day(processing_day, WorkingDays::weekdays, holidays);
  WorkingDays post = postage == Postage::first ? WorkingDays::first_class : WorkingDays::weekdays;
  Date delivery_day = recipients::add_working_days(printing_day, 1 + transit_days_max(postage), post, holidays);
  Duration below_minute = created_at - std::chrono::floor<std::chrono::minutes>(created_at);
  return zone.to_utc(delivery_day, kDeliveryTime + below_minute);
}

}  // namespace postroom::notifications
