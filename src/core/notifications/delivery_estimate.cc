#include "core/notifications/delivery_estimate.h"

namespace postroom::notifications {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPrintCutoff = 17h + 30min;
constexpr Duration kPrintedByTime = 15h;
constexpr Duration kDeliveryTime = 16h;

// Delivery days between the one after printing and delivery.
struct Transit {
  int days_min;
  int days_max;
};

Transit transit_of(Postage postage) {
  switch (postage) {
    case Postage::first: return {0, 0};
    case Postage::second: return {3, 4};
    case Postage::economy: return {3, 6};
    case Postage::europe: return {3, 5};
    case Postage::rest_of_world: return {5, 7};
  }
  return {0, 0};
}

}  // namespace

LetterTimings letter_timings(UtcTime created_at, Postage postage, const TimeZone& zone,
                             const recipients::BankHolidays& holidays) {
  using recipients::WorkingDays;
  Date processing_day = zone.local_date(created_at);
  if (zone.time_of_day(created_at) >= kPrintCutoff) processing_day = add_days(processing_day, 1);
  Date printing_day = recipients::next_working_day(processing_day, WorkingDays::weekdays, holidays);
  WorkingDays post = postage == Postage::first ? WorkingDays::first_class : WorkingDays::weekdays;
  Duration below_minute = created_at - std::chrono::floor<std::chrono::minutes>(created_at);
  auto delivery = [&](int days) {
    Date day = recipients::add_working_days(printing_day, 1 + days, post, holidays);
    return zone.to_utc(day, kDeliveryTime + below_minute);
  };
  Transit transit = transit_of(postage);
  return {.printed_by = zone.to_utc(printing_day, kPrintedByTime + below_minute),
          .earliest_delivery = delivery(transit.days_min),
          .latest_delivery = delivery(transit.days_max)};
}

UtcTime estimated_delivery(UtcTime created_at, Postage postage, const TimeZone& zone,
                           const recipients::BankHolidays& holidays) {
  return letter_timings(created_at, postage, zone, holidays).latest_delivery;
}

}  // namespace postroom::notifications
