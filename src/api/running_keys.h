// Idempotency keys of requests that this process is at work on.
#pragma once

#include <mutex>
#include <string>
#include <unordered_set>

namespace postroom::api {

// Safe from several threads. Holds as many as there are worker threads.
class RunningKeys {
 public:
  // False when it runs already.
  bool add(const std::string& key) {
    std::lock_guard lock(mutex_);
    return keys_.insert(key).second;
  }
  void remove(const std::string& key) {
    std::lock_guard lock(mutex_);
    keys_.erase(key);
  }

 private:
  std::mutex mutex_;
  std::unordered_set<std::string> keys_;
};

}  // namespace postroom::api
