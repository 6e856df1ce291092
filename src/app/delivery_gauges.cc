#include "app/delivery_gauges.h"

#include "app/flow_parts.h"

namespace postroom::app {
namespace {

using notifications::NotificationType;

void set_ages(Parts& parts) {
  auto oldest = parts.flows->delivery_care->oldest();
  if (!oldest) return;
  const UtcTime now = parts.clock.now();
  for (const char* type : {"sms", "email"}) {
    for (const char* state : {"created", "sending"}) {
      auto found = oldest->find(std::string(type) + " " + state);
      const double seconds =
          found == oldest->end() ? 0 : std::chrono::duration<double>(now - found->second).count();
      parts.metrics
          .gauge("postroom_oldest_message_seconds",
                 "Age of the oldest message in a state, as seen at the last full hour; 0: none",
                 {{"notification_type", type}, {"state", state}})
          .set(seconds);
    }
  }
}

}  // namespace

void set_delivery_gauges(Parts& parts) {
  set_ages(parts);
  const Date yesterday = add_days(parts.zone.local_date(parts.clock.now()), -1);
  auto times = parts.database->delivery_care().processing_times(yesterday, yesterday);
  if (!times) return;
  for (const ports::ProcessingTime& time : *times) {
    const auto& q = time.quickness;
    parts.metrics
        .gauge("postroom_within_10_seconds_ratio", "Part of yesterday's messages that left within 10 seconds",
               {{"notification_type", std::string(to_string(time.type))}})
        .set(q.total == 0 ? 1 : static_cast<double>(q.quick) / static_cast<double>(q.total));
  }
}

}  // namespace postroom::app
