// Varied: kinds of metrics and labels. The same name and labels must be the same metric, and the text what
// Prometheus reads.
#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace postroom {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
  Metrics metrics;
  metrics.counter("postroom_tasks_total", "Tasks run", {{"kind", "a"}}).add();
  metrics.counter("postroom_tasks_total", "Tasks run", {{"kind", "a"}}).add(2);
  metrics.counter("postroom_tasks_total", "Tasks run", {{"kind", "b\"\\"}}).add();
  metrics.gauge("postroom_waiting", "Tasks waiting").set(7);
  metrics.gauge("postroom_waiting", "Tasks waiting").set(4);
  Histogram& seconds = metrics.histogram("postroom_request_seconds", "Time", {0.1, 1});
  for (double value : {0.05, 0.1, 0.5, 3.0}) seconds.observe(value);
  std::string text = metrics.text();
  for (const char* line :
       {"# HELP postroom_tasks_total Tasks run", "# TYPE postroom_tasks_total counter",
        "postroom_tasks_total{kind=\"a\"} 3", "postroom_tasks_total{kind=\"b\\\"\\\\\"} 1", "postroom_waiting 4",
        "# TYPE postroom_request_seconds histogram", "postroom_request_seconds_bucket{le=\"0.1\"} 2",
        "postroom_request_seconds_bucket{le=\"1\"} 3", "postroom_request_seconds_bucket{le=\"+Inf\"} 4",
        "postroom_request_seconds_count 4"}) {
    EXPECT_TRUE(has_line(text, line)) << line << " in\n" << text;
  }
}

TEST(Metrics, ReferencesStayTheSame) {
  Metrics metrics;
  Counter& one = metrics.counter("x_total", "X", {{"a", "1"}});
  for (int i = 0; i < 100; ++i) metrics.counter("x_total", "X", {{"a", std::to_string(i)}});
  EXPECT_EQ(&one, &metrics.counter("x_total", "X", {{"a", "1"}}));
}

TEST(Metrics, CountFromSeveralThreads) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) metrics.counter("x_total", "X").add();
    });
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(has_line(metrics.text(), "x_total 2000"));
}

}  // namespace
}  // namespace postroom
