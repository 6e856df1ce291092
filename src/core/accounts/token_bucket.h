// The limit on requests a minute: a bucket of tokens that fills steadily and from which each request takes one.
// A request that finds none takes none, so that who asks too fast is served at exactly the rate.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace postroom::accounts {

// A token in the bucket's unit. A microsecond adds as many units as requests a minute are allowed, so that nothing
// is ever rounded.
inline constexpr std::int64_t kTokenUnits = 60'000'000;
// More tokens than this are never there at once, whatever the rate.
inline constexpr int kBurstMax = 999;
// Processes' clocks may differ by so much. A clock that is further back than that was set back.
inline constexpr Duration kClockSkewMax = std::chrono::seconds{5};

struct RequestRate {
  int per_minute = 0;  // 0: nothing is allowed
  // Requests at once from a full bucket: a third of a minute's, one at least, kBurstMax at most.
  int burst() const;

  friend bool operator==(const RequestRate&, const RequestRate&) = default;
};

struct TokenBucket {
  std::int64_t level = 0;  // in units
  UtcTime at;              // when it was that

  friend bool operator==(const TokenBucket&, const TokenBucket&) = default;
};

TokenBucket full_bucket(RequestRate rate, UtcTime now);
// The bucket as it is at `now`. A time before the bucket's own adds nothing.
TokenBucket bucket_at(TokenBucket bucket, RequestRate rate, UtcTime now);
// Whole tokens that are there at `now`.
int tokens_at(const TokenBucket& bucket, RequestRate rate, UtcTime now);
// Takes up to `wanted` tokens and tells how many.
int take_tokens(TokenBucket& bucket, RequestRate rate, UtcTime now, int wanted);
// From `now` until there is a token: zero when there is one; Duration::max() when there never will be.
Duration time_to_token(const TokenBucket& bucket, RequestRate rate, UtcTime now);

}  // namespace postroom::accounts
