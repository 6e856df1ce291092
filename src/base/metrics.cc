#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <unordered_map>

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
  template <typename Wrapper>
  using ByKey = std::unordered_map<std::string, std::unique_ptr<Wrapper>>;

  prometheus::Registry registry;
  std::mutex mutex;
  ByKey<CounterImpl> counters;
  ByKey<GaugeImpl> gauges;
  ByKey<HistogramImpl> histograms;

  // The library looks through all families and hashes every label anew, which is dear where each message asks.
  template <typename Wrapper, typename Make>
  Wrapper& find_or_make(ByKey<Wrapper>& known, const std::string& name, const MetricLabels& labels,
                        const Make& make) {
    std::string key = name;
    for (const auto& [label, value] : labels) key.append(1, '\0').append(label).append(1, '\0').append(value);
    std::lock_guard lock(mutex);
    auto& slot = known[std::move(key)];
    if (!slot) slot = std::make_unique<Wrapper>(make());
    return *slot;
  }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, const MetricLabels& labels) {
  return impl_->find_or_make(impl_->counters, name, labels, [&]() -> prometheus::Counter& {
    return prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels);
  });
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
  return impl_->find_or_make(impl_->gauges, name, labels, [&]() -> prometheus::Gauge& {
    return prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels);
  });
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                              const MetricLabels& labels) {
  return impl_->find_or_make(impl_->histograms, name, labels, [&]() -> prometheus::Histogram& {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry).Add(labels, bounds);
  });
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(impl_->registry.Collect()); }

}  // namespace postroom
