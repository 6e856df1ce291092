#include "backend.h"

#include <gtest/gtest.h>

namespace postroom::contract {
namespace {

std::vector<RegisteredBackend>& registry() {
  static std::vector<RegisteredBackend> backends;
  return backends;
}

}  // namespace

bool register_backend(std::string name, BackendFactory factory) {
  registry().push_back({std::move(name), std::move(factory)});
  return true;
}

const std::vector<RegisteredBackend>& registered_backends() { return registry(); }

const std::vector<RegisteredBackend>& available_backends() {
  static const std::vector<RegisteredBackend> available = [] {
    std::vector<RegisteredBackend> out;
    for (const RegisteredBackend& backend : registry()) {
      if (std::holds_alternative<std::unique_ptr<Backend>>(backend.factory())) out.push_back(backend);
    }
    return out;
  }();
  return available;
}

// The suites below run on the available backends; this says why one is missing.
class EveryBackend : public testing::TestWithParam<RegisteredBackend> {};

TEST_P(EveryBackend, can_be_started) {
  auto backend = GetParam().factory();
  if (auto* missing = std::get_if<Unavailable>(&backend)) {
    GTEST_SKIP() << GetParam().name << " is left out: " << missing->reason;
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EveryBackend);
INSTANTIATE_TEST_SUITE_P(on, EveryBackend, testing::ValuesIn(registered_backends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace postroom::contract
