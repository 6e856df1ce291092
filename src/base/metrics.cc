#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <deque>
#include <mutex>

namespace postroom {
namespace {

struct CounterImpl final : Counter {
  explicit CounterImpl(prometheus::Counter& inner_counter) : inner(inner_counter) {}
  void add(double by) override { inner.Increment(by); }
  prometheus::Counter& inner;
};
struct GaugeImpl final : Gauge {
  explicit GaugeImpl(prometheus::Gauge& inner_gauge) : inner(inner_gauge) {}
  void set(double value) override { inner.Set(value); }
  prometheus::Gauge& inner;
};
struct HistogramImpl final : Histogram {
  explicit HistogramImpl(prometheus::Histogram& inner_histogram) : inner(inner_histogram) {}
  void observe(double value) override { inner.Observe(value); }
  prometheus::Histogram& inner;
};

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  std::mutex mutex;
  std::map<void*, std::unique_ptr<CounterImpl>> counters;
  std::map<void*, std::unique_ptr<GaugeImpl>> gauges;
  std::map<void*, std::unique_ptr<HistogramImpl>> histograms;

  template <typename Wrapper, typename Inner>
  Wrapper& wrap(std::map<void*, std::unique_ptr<Wrapper>>& wrappers, Inner& inner) {
    std::lock_guard lock(mutex);
    auto& slot = wrappers[&inner];
    if (!slot) slot = std::make_unique<Wrapper>(inner);
    return *slot;
  }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, const MetricLabels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  return impl_->wrap(impl_->counters, family.Add(labels));
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
  return impl_->wrap(impl_->gauges, family.Add(labels));
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                              const MetricLabels& labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
  return impl_->wrap(impl_->histograms, family.Add(labels, bounds));
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(impl_->registry.Collect()); }

}  // namespace postroom
