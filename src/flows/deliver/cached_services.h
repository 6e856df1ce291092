// Services as they were a moment ago, so that each message of a batch does not ask the store.
#pragma once

#include <chrono>
#include <memory>

#include "base/clock.h"
#include "base/ttl_cache.h"
#include "core/accounts/service.h"
#include "ports/account_store.h"

namespace postroom::flows {

// What is done to a service counts from this long after it at the latest.
inline constexpr std::chrono::seconds kServiceCacheTtl{2};
inline constexpr std::size_t kServiceCacheEntriesMax = 1024;

// Safe from several threads. Both must outlive the cache.
class CachedServices {
 public:
  CachedServices(ports::ServiceStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  // As ServiceStore::find; never null.
  Result<std::shared_ptr<const accounts::Service>> find(ServiceId id) {
    const UtcTime now = clock_.now();
    if (auto cached = cache_.find(id, now)) return cached;
    POSTROOM_TRY(service, store_.find(id));
    auto shared = std::make_shared<const accounts::Service>(std::move(service));
    cache_.put(id, shared, now);
    return shared;
  }
  // Stores the change, which counts here at once.
  Result<void> update(const accounts::Service& service) {
    POSTROOM_CHECK(store_.update(service));
    cache_.put(service.id, std::make_shared<const accounts::Service>(service), clock_.now());
    return {};
  }

 private:
  ports::ServiceStore& store_;
  const Clock& clock_;
  TtlCache<ServiceId, accounts::Service> cache_{kServiceCacheTtl, kServiceCacheEntriesMax};
};

}  // namespace postroom::flows
