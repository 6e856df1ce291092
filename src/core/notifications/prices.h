// What a message costs. Prices are whole millionths of a pound, so that sums are exact; only the API's answers
// turn them into decimals.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "core/notifications/letter_rates.h"
#include "core/notifications/types.h"

namespace postroom::notifications {

inline constexpr std::int64_t kMicrosPerPound = 1'000'000;

// One fragment of a text to the United Kingdom on that day; nothing before the first price.
std::optional<std::int64_t> sms_fragment_price(Date day);

// A letter of 1 to kPricedSheetsMax sheets, by the built-in table; nothing for other counts and before the first
// price.
std::optional<std::int64_t> letter_price(Date day, Postage postage, int sheets);

}  // namespace postroom::notifications
