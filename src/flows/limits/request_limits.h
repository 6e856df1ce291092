// The limit on requests a minute, exact over all processes. The buckets live in the store; a process takes tokens
// from them in batches and gives those out without asking.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include "base/clock.h"
#include "core/accounts/token_bucket.h"
#include "ports/limit_store.h"

namespace postroom::flows {

// A batch is this part of a full bucket. What one process has taken and not used, others lack.
inline constexpr int kBatchShare = 10;
// From this rate on a batch would be outdated before it is used: it may be half a bucket and is good for a while,
// by which the burst may be exceeded. Such a caller gets a thousand requests a second in any case.
inline constexpr int kFastRequestsPerMinute = 60'000;
inline constexpr int kFastBatchShare = 2;
inline constexpr Duration kFastBatchTime = std::chrono::milliseconds{100};
// Who waits for another's question to the store is let through after so long: the store is in trouble, and stopping
// all mail would make that worse.
inline constexpr std::chrono::seconds kStoreWaitMax{2};
// A store that was away is asked again after so long, and everybody is admitted meanwhile.
inline constexpr Duration kStorePause = std::chrono::seconds{1};
// Buckets that a process remembers; beyond that it forgets all, and with them what it has taken.
inline constexpr std::size_t kBucketsMax = 100'000;

// Safe from several threads.
class RequestLimits {
 public:
  // `clock` is the product's time, so that a sandbox can be moved through a minute; `wall` is real time.
  RequestLimits(ports::LimitStore& store, const Clock& clock, const Clock& wall)
      : store_(store), clock_(clock), wall_(wall) {}

  // Nothing when the request is admitted; else how long until there may be a token again. Admitted too while the
  // store is away.
  std::optional<Duration> take(ServiceId service, accounts::KeyType key, accounts::RequestRate rate);

 private:
  struct Bucket {
    std::mutex mutex;
    std::condition_variable answered;
    int stock = 0;                 // taken from the store, not given out yet
    accounts::TokenBucket shared;  // as the store said last; may hold less by now, never more
    bool is_known = false;
    bool is_asking = false;            // somebody is at the store
    std::optional<UtcTime> failed_at;  // of the last question, when it had no answer
  };
  using Key = std::pair<ServiceId, accounts::KeyType>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<ServiceId>{}(key.first) * 3 + static_cast<std::size_t>(key.second);
    }
  };

  std::shared_ptr<Bucket> bucket_of(const Key& key);
  void ask(std::unique_lock<std::mutex>& lock, Bucket& bucket, const Key& key, accounts::RequestRate rate);
  static void drop_outdated(Bucket& bucket, accounts::RequestRate rate, UtcTime now);

  ports::LimitStore& store_;
  const Clock& clock_;
  const Clock& wall_;
  std::shared_mutex mutex_;
  std::unordered_map<Key, std::shared_ptr<Bucket>, KeyHash> buckets_;
};

}  // namespace postroom::flows
