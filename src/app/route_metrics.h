// Requests counted and timed by route. Finding a metric by its labels costs ten times what counting does, so each
// is looked up once.
#pragma once

#include <map>
#include <shared_mutex>
#include <string_view>

#include "base/metrics.h"

namespace postroom::app {

// Safe from several threads.
class RouteMetrics {
 public:
  explicit RouteMetrics(Metrics& metrics) : metrics_(metrics) {}
  // `route` is a pattern, never a path: paths hold ids. Its characters must stay where they are.
  void count(std::string_view route, int status, double seconds);

 private:
  struct Pair {
    Counter* requests = nullptr;
    Histogram* seconds = nullptr;
  };
  Pair find(std::string_view route, int status);

  Metrics& metrics_;
  std::shared_mutex mutex_;
  std::map<std::pair<const char*, int>, Pair> pairs_;
};

}  // namespace postroom::app
