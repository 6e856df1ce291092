// Secrets and named texts in memory that keep their ports' contracts, for tests of flows. Safe from several
// threads. `fault` makes the next calls fail.
#pragma once

#include <map>
#include <mutex>

#include "ports/secret_store.h"
#include "ports/testing.h"

namespace postroom::ports::testing {

class MemorySecretStore final : public SecretStore {
 public:
  Fault fault;
  int replacements = 0;

  Result<std::optional<StoredSecret>> find(std::string_view name) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    auto found = secrets_.find(name);
    return found == secrets_.end() ? std::nullopt : std::optional(found->second);
  }
  Result<bool> replace(std::string_view name, std::int64_t expected, std::string_view content) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    StoredSecret& secret = secrets_[std::string(name)];
    if (secret.version != expected) return false;
    secret = {std::string(content), expected + 1};
    ++replacements;
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, StoredSecret, std::less<>> secrets_;
};

class MemoryStateStore final : public StateStore {
 public:
  Fault fault;

  Result<std::optional<std::string>> get(std::string_view name) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    auto found = texts_.find(name);
    return found == texts_.end() ? std::nullopt : std::optional(found->second);
  }
  Result<void> put(std::string_view name, std::string_view value) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    texts_[std::string(name)] = value;
    return {};
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace postroom::ports::testing
