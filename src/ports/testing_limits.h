// Limits and answers in memory that keep the ports' contracts, for tests of flows. Safe from several threads.
// `fault` makes the next calls fail.
#pragma once

#include <map>
#include <mutex>
#include <tuple>

#include "ports/answer_store.h"
#include "ports/limit_store.h"
#include "ports/testing.h"

namespace postroom::ports::testing {

class MemoryLimitStore final : public LimitStore {
 public:
  Fault fault;
  int asks = 0;   // for tokens
  int looks = 0;  // at counts

  Result<TokenGrant> take_tokens(ServiceId service, accounts::KeyType key, accounts::RequestRate rate, int wanted,
                                 UtcTime now) override {
    std::lock_guard lock(mutex_);
    ++asks;
    if (fault.strikes()) return fail(fault.error);
    auto [entry, is_new] = buckets_.try_emplace({service, key}, accounts::full_bucket(rate, now));
    const int taken = accounts::take_tokens(entry->second, rate, now, wanted);
    return TokenGrant{taken, entry->second};
  }
  Result<DailyCounts> daily_counts(ServiceId service, Date day) override {
    std::lock_guard lock(mutex_);
    ++looks;
    if (fault.strikes()) return fail(fault.error);
    return counts_[{service, day}];
  }
  Result<void> give_back(ServiceId service, const DailyUse& use) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    auto& count = counts_[{service, use.day}][use.channel];
    count = std::max<std::int64_t>(count - use.count, 0);
    return {};
  }
  Result<void> clean_up(UtcTime) override { return {}; }

  // As accept() does.
  bool count(ServiceId service, const DailyUse& use) {
    std::lock_guard lock(mutex_);
    DailyCounts& counts = counts_[{service, use.day}];
    if (counts[use.channel] + use.count > use.limit) return false;
    counts[use.channel] += use.count;
    counts[DailyChannel::international_sms] += use.international_count;
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<ServiceId, accounts::KeyType>, accounts::TokenBucket> buckets_;
  std::map<std::pair<ServiceId, Date>, DailyCounts> counts_;
};

class MemoryAnswerStore final : public AnswerStore {
 public:
  Result<std::optional<KeptAnswer>> find(const IdempotencyKey& key, BytesView request, UtcTime now) override {
    std::lock_guard lock(mutex_);
    auto found = answers_.find(place(key));
    if (found == answers_.end() || found->second.expires_at <= now) return std::optional<KeptAnswer>();
    const AnswerToKeep& answer = found->second;
    const bool is_same = answer.request == request;
    return std::optional(KeptAnswer{is_same, answer.status, is_same ? answer.body : ""});
  }
  Result<void> keep(const AnswerToKeep& answer) override {
    std::lock_guard lock(mutex_);
    auto found = answers_.find(place(answer.key));
    if (found != answers_.end() && found->second.expires_at > answer.accepted_at)
      return fail(ErrorKind::conflict, "an answer is kept");
    answers_.insert_or_assign(place(answer.key), answer);
    return {};
  }
  Result<int> remove_expired(UtcTime now) override {
    std::lock_guard lock(mutex_);
    return static_cast<int>(std::erase_if(answers_, [&](const auto& e) { return e.second.expires_at <= now; }));
  }

 private:
  using Place = std::tuple<ServiceId, accounts::KeyType, std::string>;
  static Place place(const IdempotencyKey& key) { return {key.service_id, key.key_type, key.text}; }
  std::mutex mutex_;
  std::map<Place, AnswerToKeep> answers_;
};

}  // namespace postroom::ports::testing
