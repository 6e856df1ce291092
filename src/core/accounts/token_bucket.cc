#include "core/accounts/token_bucket.h"

#include <algorithm>

namespace postroom::accounts {
namespace {

std::int64_t full_level(RequestRate rate) { return rate.burst() * kTokenUnits; }

}  // namespace

int RequestRate::burst() const {
  if (per_minute <= 0) return 0;
  // Up, and without the sum that a huge rate would overflow.
  return std::min(per_minute / 3 + (per_minute % 3 != 0 ? 1 : 0), kBurstMax);
}

TokenBucket full_bucket(RequestRate rate, UtcTime now) { return {full_level(rate), now}; }

TokenBucket bucket_at(TokenBucket bucket, RequestRate rate, UtcTime now) {
  const std::int64_t full = full_level(rate);
  const Duration elapsed = now - bucket.at;
  if (elapsed > Duration::zero()) {
    const std::int64_t missing = full - bucket.level;
    // Compared before multiplying: a year of a large rate would not fit.
    const bool is_filled = rate.per_minute > 0 && elapsed.count() >= missing / rate.per_minute + 1;
    bucket.level = is_filled ? full : bucket.level + elapsed.count() * std::max(rate.per_minute, 0);
    bucket.at = now;
  } else if (elapsed < -kClockSkewMax) {
    bucket.at = now;
  }
  bucket.level = std::clamp<std::int64_t>(bucket.level, 0, full);
  return bucket;
}

int tokens_at(const TokenBucket& bucket, RequestRate rate, UtcTime now) {
  return static_cast<int>(bucket_at(bucket, rate, now).level / kTokenUnits);
}

int take_tokens(TokenBucket& bucket, RequestRate rate, UtcTime now, int wanted) {
  bucket = bucket_at(bucket, rate, now);
  const int taken = std::min(wanted, static_cast<int>(bucket.level / kTokenUnits));
  bucket.level -= taken * kTokenUnits;
  return taken;
}

Duration time_to_token(const TokenBucket& bucket, RequestRate rate, UtcTime now) {
  if (rate.per_minute <= 0) return Duration::max();
  const TokenBucket present = bucket_at(bucket, rate, now);
  if (present.level >= kTokenUnits) return Duration::zero();
  // Another process's clock may be ahead: its bucket starts to fill when ours has come there.
  const Duration ahead = std::max(present.at - now, Duration::zero());
  const std::int64_t missing = kTokenUnits - present.level;
  return ahead + Duration{(missing + rate.per_minute - 1) / rate.per_minute};
}

}  // namespace postroom::accounts
