// A bounded cache whose entries are good for a fixed time. Sharded, so that readers on many threads do not meet.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include "base/time.h"

namespace postroom {

// Values are immutable and shared. Safe from several threads. A shard that is full is emptied: with short lives
// that costs less than keeping order.
template <typename Key, typename Value, typename Hash = std::hash<Key>>
class TtlCache {
 public:
  using Pointer = std::shared_ptr<const Value>;

  TtlCache(Duration ttl, std::size_t entries_max) : ttl_(ttl), shard_entries_max_(entries_max / kShards + 1) {}

  // Null when there is none, or it is older than the ttl. A clock that was set back makes entries too old.
  Pointer find(const Key& key, UtcTime now) const {
    const Shard& home = shard(key);
    std::shared_lock lock(home.mutex);
    auto found = home.entries.find(key);
    if (found == home.entries.end()) return nullptr;
    Duration age = now - found->second.loaded_at;
    if (age < Duration::zero() || age >= ttl_) return nullptr;
    return found->second.value;
  }

  void put(const Key& key, Pointer value, UtcTime now) {
    Shard& home = shard(key);
    std::unique_lock lock(home.mutex);
    if (home.entries.size() >= shard_entries_max_ && !home.entries.contains(key)) home.entries.clear();
    home.entries.insert_or_assign(key, Entry{std::move(value), now});
  }

 private:
  static constexpr std::size_t kShards = 16;
  struct Entry {
    Pointer value;
    UtcTime loaded_at;
  };
  struct Shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<Key, Entry, Hash> entries;
  };

  Shard& shard(const Key& key) { return shards_[Hash{}(key) % kShards]; }
  const Shard& shard(const Key& key) const { return shards_[Hash{}(key) % kShards]; }

  Duration ttl_;
  std::size_t shard_entries_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace postroom
