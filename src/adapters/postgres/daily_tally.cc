#include "adapters/postgres/daily_tally.h"

#include <algorithm>

#include "adapters/store_common/codes.h"
#include "adapters/store_common/tasks.h"

namespace postroom::postgres {
namespace {

constexpr std::string_view kAdd =
    "INSERT INTO daily_count AS d (service_id, day, channel, count, ceiling) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (service_id, day, channel) DO UPDATE SET count = d.count + excluded.count, "
    "ceiling = excluded.ceiling";

}  // namespace

void DailyTally::add(ServiceId service, const ports::DailyUse& use) {
  const std::int64_t day = store_common::day_number(use.day);
  add(service, day, use.channel, use.count, use.limit);
  if (use.international_count > 0) {
    add(service, day, ports::DailyChannel::international_sms, use.international_count, use.international_limit);
  }
}

void DailyTally::add(ServiceId service, std::int64_t day, ports::DailyChannel channel, std::int64_t count,
                     std::int64_t limit) {
  auto [entry, is_new] = sums_.try_emplace({service, day, store_common::code_of(channel)}, Sum{0, limit});
  entry->second.count += count;
  // Somebody may just have changed it.
  entry->second.limit = std::min(entry->second.limit, limit);
}

void DailyTally::send(Connection& connection) const {
  for (const auto& [key, sum] : sums_) {
    const auto& [service, day, channel] = key;
    connection.send(kAdd, service, day, channel, sum.count, sum.limit);
  }
}

void DailyTally::receive(Connection& connection) const {
  for (std::size_t i = 0; i < sums_.size(); ++i) connection.receive();
}

}  // namespace postroom::postgres
