// libcurl easy handles, kept with their open connections and lent to one thread at a time.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <vector>

namespace postroom::curl {

struct HandleCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleCloser>;

struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using StringList = std::unique_ptr<curl_slist, ListCloser>;

// Safe from several threads.
class HandlePool {
 public:
  explicit HandlePool(std::size_t idle_max) : idle_max_(idle_max) {
    // Thread-safe and counted since 7.84.
    curl_global_init(CURL_GLOBAL_DEFAULT);
  }
  ~HandlePool() {
    idle_.clear();
    curl_global_cleanup();
  }
  HandlePool(const HandlePool&) = delete;
  HandlePool& operator=(const HandlePool&) = delete;

  // A handle with all options at their defaults; null when out of memory. The last one given back comes first,
  // so that few connections stay warm instead of many going stale.
  Handle take() {
    std::lock_guard lock(mutex_);
    if (idle_.empty()) return Handle(curl_easy_init());
    Handle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }
  void give_back(Handle handle) {
    curl_easy_reset(handle.get());
    std::lock_guard lock(mutex_);
    if (idle_.size() < idle_max_) idle_.push_back(std::move(handle));
  }

 private:
  const std::size_t idle_max_;
  std::mutex mutex_;
  std::vector<Handle> idle_;
};

}  // namespace postroom::curl
