// What services have used of their limits.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "core/accounts/api_key.h"
#include "core/accounts/token_bucket.h"
#include "core/notifications/types.h"

namespace postroom::ports {

// Counts of days longer ago are forgotten.
inline constexpr int kDailyCountsKeptDays = 35;
// Buckets that nobody has taken from for so long are full, whatever the rate.
inline constexpr Duration kBucketsKept = std::chrono::hours{1};

// What a day's messages are counted by: the types, and texts abroad once more by themselves.
enum class DailyChannel { email, sms, letter, international_sms };
inline constexpr int kDailyChannels = 4;
// "international_sms", as callers read it.
std::string_view to_string(DailyChannel channel);
DailyChannel daily_channel_of(notifications::NotificationType type);

// Messages accepted for one service on one UTC day.
struct DailyCounts {
  std::array<std::int64_t, kDailyChannels> counts{};
  std::int64_t& operator[](DailyChannel channel) { return counts[static_cast<std::size_t>(channel)]; }
  std::int64_t operator[](DailyChannel channel) const { return counts[static_cast<std::size_t>(channel)]; }
};

// What an acceptance takes from its service's day.
struct DailyUse {
  Date day;  // UTC
  DailyChannel channel = DailyChannel::sms;
  int count = 1;
  std::int64_t limit = 0;       // what the day's count may come to at most
  int international_count = 0;  // of them texts abroad, counted by themselves too
  std::int64_t international_limit = 0;
};

// Tokens for a process to give out, and the bucket they came from.
struct TokenGrant {
  int taken = 0;
  accounts::TokenBucket left;
};

// Safe from several threads and processes. retry_later when the database is busy or away.
class LimitStore {
 public:
  virtual ~LimitStore() = default;

  // Takes up to `wanted` tokens from the bucket of a service's keys of one type, which all processes share; what
  // was taken stays taken after a crash. A bucket never asked for is full.
  virtual Result<TokenGrant> take_tokens(ServiceId service, accounts::KeyType key, accounts::RequestRate rate,
                                         int wanted, UtcTime now) = 0;

  virtual Result<DailyCounts> daily_counts(ServiceId service, Date day) = 0;
  // Messages that were counted and are not sent after all. A count never goes below zero.
  virtual Result<void> give_back(ServiceId service, const DailyUse& use) = 0;
  // Forgets what is too old to matter.
  virtual Result<void> clean_up(UtcTime now) = 0;
};

}  // namespace postroom::ports
