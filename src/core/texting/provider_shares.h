// How the traffic of texts is shared among providers, and how the shares move.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"

namespace postroom::texting {

inline constexpr int kShareMax = 100;
inline constexpr int kShareStep = 10;

// A text is slow that took, or has taken so far, this long from hand-over to the phone.
inline constexpr Duration kSlowAfter = std::chrono::minutes{5};
inline constexpr Duration kSlowWindow = std::chrono::minutes{15};  // texts created in the last …
inline constexpr int kSlowPercent = 15;                            // of a provider's texts, and it counts as slow
inline constexpr int kSlowAlertPercent = 10;                       // of all texts
inline constexpr int kSlowAlertTimes = 10;                         // looks in a row

inline constexpr Duration kErrorWindow = std::chrono::seconds{60};
inline constexpr int kErrorsMax = 50;  // in the window; one more costs a share

// A share that changed less than this ago is left alone.
inline constexpr Duration kGuardAfterSlow = std::chrono::minutes{5};
inline constexpr Duration kGuardAfterErrors = std::chrono::minutes{1};
inline constexpr Duration kGuardAtRest = std::chrono::minutes{15};

struct ProviderShare {
  std::string name;
  int share = 0;
  bool is_active = true;
  UtcTime changed_at;
};

struct ShareMove {
  std::string name;
  int to = 0;
  friend bool operator==(const ShareMove&, const ShareMove&) = default;
};

// One step from `name` to the other active ones, evenly where there are several. Nothing when it is not active, is
// the only one, or one of the active changed less than `guard` ago.
std::vector<ShareMove> take_step_from(std::string_view name, std::span<const ProviderShare> providers,
                                      Duration guard, UtcTime now);

// One step of every share towards its resting point. Nothing when any changed less than kGuardAtRest ago. Providers
// without a resting point stay.
std::vector<ShareMove> step_to_rest(std::span<const ProviderShare> providers,
                                    const std::map<std::string, int, std::less<>>& resting, UtcTime now);

struct Pace {
  std::string provider;
  std::int64_t texts = 0;
  std::int64_t slow = 0;
};
// Those of `active` that are slow; nobody when none or all are. One without texts is not slow.
std::vector<std::string> slow_providers(std::span<const Pace> paces, std::span<const std::string> active);
// Of all texts, whole percent downwards; 0 without traffic.
int slow_percent(std::span<const Pace> paces);

// All places of `weights` in the order to be tried: each next one drawn by weight from those left. Places of weight
// 0 come last, in random order. Weights below 0 count as 0.
std::vector<std::size_t> draw_order(std::span<const int> weights, Random& random);

}  // namespace postroom::texting
