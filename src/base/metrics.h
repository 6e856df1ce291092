// Counters, gauges and histograms in Prometheus text form. Look a metric up once and keep the reference:
// finding it by label costs far more than counting.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace postroom {

using MetricLabels = std::map<std::string, std::string>;

// Safe from several threads.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(double by = 1) = 0;
};
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) = 0;
};
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
};

// Owns its metrics; references stay valid as long as it lives. Safe from several threads. The same name and
// labels give the same metric. Labels are few and fixed: never ids, never anything personal.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Counter& counter(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  // `bounds` are the upper ends of the buckets, in the unit that the name ends in (_seconds, _bytes).
  Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                       const MetricLabels& labels = {});
  // Prometheus text exposition format 0.0.4.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postroom
