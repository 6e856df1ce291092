#include "adapters/smtp/domain_pace.h"

#include <algorithm>

namespace postroom::smtp {

bool DomainPace::may_keep_place(Time now) {
  if (places_.size() >= kPlacesMax)
    std::erase_if(places_, [&](const auto& entry) { return entry.second + kPlaceKept < now; });
  return places_.size() < kPlacesMax;
}

DomainPace::Time::duration DomainPace::next(const std::string& domain, const std::string& message, Time now,
                                            Time::duration patience) {
  if (per_minute_ == 0) return Time::duration::zero();
  const auto interval = std::chrono::duration_cast<Time::duration>(std::chrono::minutes(1)) / per_minute_;
  std::lock_guard lock(mutex_);
  if (auto kept = places_.find(message); kept != places_.end()) {
    const auto wait = std::max(kept->second - now, Time::duration::zero());
    const bool is_void = kept->second + kPlaceKept < now;
    if (is_void || wait <= patience) places_.erase(kept);
    if (!is_void) return wait;
  }
  if (due_.size() >= kDomainsMax) std::erase_if(due_, [&](const auto& entry) { return entry.second <= now; });
  Time& due = due_[domain];
  due = std::max(due, now);
  const auto wait = std::max(due - now - interval * (kBurst - 1), Time::duration::zero());
  if (wait > patience) {
    if (wait > kAheadMax || !may_keep_place(now)) return std::min<Time::duration>(wait, kAheadMax);
    places_[message] = now + wait;
  }
  due += interval;
  return wait;
}

void SilentDomains::add(const std::string& domain, std::string reason, Time now) {
  std::lock_guard lock(mutex_);
  if (silences_.size() >= kDomainsMax)
    std::erase_if(silences_, [&](const auto& entry) { return entry.second.until <= now; });
  if (silences_.size() < kDomainsMax) silences_[domain] = {now + kRest, std::move(reason)};
}

void SilentDomains::remove(const std::string& domain) {
  std::lock_guard lock(mutex_);
  silences_.erase(domain);
}

std::string SilentDomains::find(const std::string& domain, Time now) {
  std::lock_guard lock(mutex_);
  auto found = silences_.find(domain);
  if (found == silences_.end()) return {};
  if (now < found->second.until) return found->second.reason;
  silences_.erase(found);
  return {};
}

}  // namespace postroom::smtp
