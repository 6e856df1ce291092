#include "flows/limits/daily_counter.h"

#include "base/log.h"

namespace postroom::flows {

std::shared_ptr<DailyCounter::Entry> DailyCounter::entry_of(ServiceId service) {
  {
    std::shared_lock lock(mutex_);
    if (auto found = entries_.find(service); found != entries_.end()) return found->second;
  }
  std::unique_lock lock(mutex_);
  if (entries_.size() >= kCountedServicesMax) entries_.clear();
  auto& entry = entries_[service];
  if (!entry) entry = std::make_shared<Entry>();
  return entry;
}

// With the entry locked: whoever asks meanwhile waits for this answer instead of asking too. A store that is away
// counts as an answer, or all would wait for it one after the other.
void DailyCounter::look_up(ServiceId service, Date day, Entry& entry) {
  auto counts = store_.daily_counts(service, day);
  if (!counts) log_warning("limits.store_away", {{"error", counts.error().message}});
  entry.read = counts.value_or(ports::DailyCounts{});
  entry.added = {};
  entry.day = day;
  entry.read_at = wall_.now();
  entry.is_known = true;
}

bool DailyCounter::has_room(ServiceId service, Date day, ports::DailyChannel channel, std::int64_t limit) {
  if (limit <= 0) return false;
  const std::shared_ptr<Entry> entry = entry_of(service);
  std::lock_guard lock(entry->mutex);
  const Duration age = wall_.now() - entry->read_at;
  const bool is_good = entry->is_known && entry->day == day && age >= Duration::zero() && age < kCountsGoodFor;
  if (is_good && entry->read[channel] + entry->added[channel] < limit) return true;
  if (is_good && entry->read[channel] >= limit && age < kFullGoodFor) return false;
  look_up(service, day, *entry);
  return entry->read[channel] < limit;
}

void DailyCounter::add(ServiceId service, const ports::DailyUse& use) {
  const std::shared_ptr<Entry> entry = entry_of(service);
  std::lock_guard lock(entry->mutex);
  if (!entry->is_known || entry->day != use.day) return;
  entry->added[use.channel] += use.count;
  entry->added[ports::DailyChannel::international_sms] += use.international_count;
}

void DailyCounter::forget(ServiceId service) {
  const std::shared_ptr<Entry> entry = entry_of(service);
  std::lock_guard lock(entry->mutex);
  entry->is_known = false;
}

}  // namespace postroom::flows
