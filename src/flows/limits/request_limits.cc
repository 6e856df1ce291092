#include "flows/limits/request_limits.h"

#include <algorithm>

#include "base/log.h"

namespace postroom::flows {
namespace {

using accounts::RequestRate;

bool is_fast(RequestRate rate) { return rate.per_minute >= kFastRequestsPerMinute; }

int batch_of(RequestRate rate) {
  return std::max(rate.burst() / (is_fast(rate) ? kFastBatchShare : kBatchShare), 1);
}

}  // namespace

std::shared_ptr<RequestLimits::Bucket> RequestLimits::bucket_of(const Key& key) {
  {
    std::shared_lock lock(mutex_);
    if (auto found = buckets_.find(key); found != buckets_.end()) return found->second;
  }
  std::unique_lock lock(mutex_);
  if (buckets_.size() >= kBucketsMax) buckets_.clear();
  auto& bucket = buckets_[key];
  if (!bucket) bucket = std::make_shared<Bucket>();
  return bucket;
}

// What was taken still is part of the bucket: together with what is left in the store it must not come to more than
// a full one.
void RequestLimits::drop_outdated(Bucket& bucket, RequestRate rate, UtcTime now) {
  if (bucket.stock == 0) return;
  const Duration grace = is_fast(rate) ? kFastBatchTime : Duration::zero();
  bucket.stock = std::min(bucket.stock, rate.burst() - accounts::tokens_at(bucket.shared, rate, now - grace));
}

void RequestLimits::ask(std::unique_lock<std::mutex>& lock, Bucket& bucket, const Key& key, RequestRate rate) {
  bucket.is_asking = true;
  lock.unlock();
  auto grant = store_.take_tokens(key.first, key.second, rate, batch_of(rate), clock_.now());
  if (!grant) log_warning("limits.store_away", {{"error", grant.error().message}});
  lock.lock();
  bucket.is_asking = false;
  bucket.failed_at = grant ? std::nullopt : std::optional(wall_.now());
  if (grant) {
    bucket.stock += grant->taken;
    bucket.shared = grant->left;
    bucket.is_known = true;
  }
  bucket.answered.notify_all();
}

std::optional<Duration> RequestLimits::take(ServiceId service, accounts::KeyType key_type, RequestRate rate) {
  if (rate.burst() == 0) return Duration::max();
  const Key key{service, key_type};
  const std::shared_ptr<Bucket> bucket = bucket_of(key);
  std::unique_lock lock(bucket->mutex);
  while (true) {
    const UtcTime now = clock_.now();
    drop_outdated(*bucket, rate, now);
    const Duration wait = bucket->is_known ? accounts::time_to_token(bucket->shared, rate, now) : Duration::zero();
    if (bucket->stock > 0) {
      --bucket->stock;
      // Whoever sees the stock run low gets more, while the others go on with what is left.
      const bool is_low = bucket->stock < batch_of(rate) / 2;
      if (is_low && !bucket->is_asking && !bucket->failed_at && wait == Duration::zero())
        ask(lock, *bucket, key, rate);
      return std::nullopt;
    }
    if (bucket->failed_at && wall_.now() - *bucket->failed_at < kStorePause) return std::nullopt;
    if (wait > Duration::zero()) return wait;
    if (!bucket->is_asking) {
      ask(lock, *bucket, key, rate);
    } else if (!bucket->answered.wait_for(lock, kStoreWaitMax, [&] { return !bucket->is_asking; })) {
      return std::nullopt;
    }
  }
}

}  // namespace postroom::flows
