#include "app/route_metrics.h"

#include <mutex>
#include <string>

namespace postroom::app {

RouteMetrics::Pair RouteMetrics::find(std::string_view route, int status) {
  std::pair key{route.data(), status};
  {
    std::shared_lock lock(mutex_);
    auto known = pairs_.find(key);
    if (known != pairs_.end()) return known->second;
  }
  std::string name(route);
  Pair pair{&metrics_.counter("postroom_http_requests_total", "API requests, by route and status",
                              {{"route", name}, {"status", std::to_string(status)}}),
            &metrics_.histogram("postroom_http_request_seconds", "Time to answer an API request, by route",
                                {0.001, 0.005, 0.02, 0.1, 0.5, 2, 10}, {{"route", name}})};
  std::unique_lock lock(mutex_);
  return pairs_.try_emplace(key, pair).first->second;
}

void RouteMetrics::count(std::string_view route, int status, double seconds) {
  Pair pair = find(route, status);
  pair.requests->add();
  pair.seconds->observe(seconds);
}

}  // namespace postroom::app
