#include "core/texting/provider_shares.h"

#include <algorithm>
#include <numeric>

namespace postroom::texting {
namespace {

bool changed_since(const ProviderShare& provider, UtcTime now, Duration guard) {
  return now - provider.changed_at < guard;
}

const Pace* find_pace(std::span<const Pace> paces, std::string_view name) {
  for (const Pace& pace : paces) {
    if (pace.provider == name) return &pace;
  }
  return nullptr;
}

bool is_slow(const Pace* pace) {
  return pace != nullptr && pace->texts > 0 && pace->slow * 100 >= pace->texts * kSlowPercent;
}

// A place drawn by weight from `left`; every place alike when all weights are 0.
std::size_t draw(std::span<const int> weights, std::span<const std::size_t> left, Random& random) {
  auto weight = [&](std::size_t place) { return static_cast<std::uint32_t>(std::max(weights[place], 0)); };
  std::uint32_t sum = 0;
  for (std::size_t place : left) sum += weight(place);
  if (sum == 0) return random.below(static_cast<std::uint32_t>(left.size()));
  std::uint32_t at = random.below(sum);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (at < weight(left[i])) return i;
    at -= weight(left[i]);
  }
  return left.size() - 1;
}

}  // namespace

std::vector<ShareMove> take_step_from(std::string_view name, std::span<const ProviderShare> providers,
                                      Duration guard, UtcTime now) {
  const ProviderShare* from = nullptr;
  std::vector<const ProviderShare*> others;
  for (const ProviderShare& provider : providers) {
    if (!provider.is_active) continue;
    if (changed_since(provider, now, guard)) return {};
    if (provider.name == name)
      from = &provider;
    else
      others.push_back(&provider);
  }
  if (from == nullptr || others.empty()) return {};
  std::vector<ShareMove> moves;
  auto move = [&moves](const ProviderShare& provider, int to) {
    to = std::clamp(to, 0, kShareMax);
    if (to != provider.share) moves.push_back({provider.name, to});
  };
  move(*from, from->share - kShareStep);
  const int count = static_cast<int>(others.size());
  for (int i = 0; i < count; ++i) {
    const int part = kShareStep / count + (i < kShareStep % count ? 1 : 0);
    move(*others[static_cast<std::size_t>(i)], others[static_cast<std::size_t>(i)]->share + part);
  }
  return moves;
}

std::vector<ShareMove> step_to_rest(std::span<const ProviderShare> providers,
                                    const std::map<std::string, int, std::less<>>& resting, UtcTime now) {
  std::vector<ShareMove> moves;
  for (const ProviderShare& provider : providers) {
    if (changed_since(provider, now, kGuardAtRest)) return {};
    auto target = resting.find(provider.name);
    if (target == resting.end() || target->second == provider.share) continue;
    const int step = std::clamp(target->second - provider.share, -kShareStep, kShareStep);
    moves.push_back({provider.name, provider.share + step});
  }
  return moves;
}

std::vector<std::string> slow_providers(std::span<const Pace> paces, std::span<const std::string> active) {
  std::vector<std::string> slow;
  for (const std::string& name : active) {
    if (is_slow(find_pace(paces, name))) slow.push_back(name);
  }
  if (slow.size() == active.size()) slow.clear();
  return slow;
}

int slow_percent(std::span<const Pace> paces) {
  std::int64_t texts = 0;
  std::int64_t slow = 0;
  for (const Pace& pace : paces) {
    texts += pace.texts;
    slow += pace.slow;
  }
  return texts == 0 ? 0 : static_cast<int>(slow * 100 / texts);
}

std::vector<std::size_t> draw_order(std::span<const int> weights, Random& random) {
  std::vector<std::size_t> left(weights.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  std::vector<std::size_t> order;
  while (!left.empty()) {
    const std::size_t drawn = draw(weights, left, random);
    order.push_back(left[drawn]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(drawn));
  }
  return order;
}

}  // namespace postroom::texting
