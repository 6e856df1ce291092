// The public price list, by the local day from which a price holds. Oldest first.
#include "core/notifications/prices.h"

#include <array>

#include "core/notifications/letter_rates.h"

namespace postroom::notifications {
namespace {

using std::chrono::year;

constexpr Date on(int y, unsigned month, unsigned day) {
  return Date{year{y}, std::chrono::month{month}, std::chrono::day{day}};
}

struct SmsPrice {
  Date from;
  std::int64_t micros;
};

constexpr std::array kSmsPrices{
    SmsPrice{on(2016, 5, 18), 16'500}, SmsPrice{on(2017, 4, 1), 15'800}, SmsPrice{on(2021, 4, 1), 16'000},
    SmsPrice{on(2022, 4, 1), 16'100},  SmsPrice{on(2022, 5, 1), 17'200}, SmsPrice{on(2023, 4, 1), 19'700},
    SmsPrice{on(2024, 4, 1), 22'700},  SmsPrice{on(2025, 4, 1), 23'300}, SmsPrice{on(2026, 4, 1), 24'000},
};

}  // namespace

std::optional<std::int64_t> sms_fragment_price(Date day) {
  std::optional<std::int64_t> price;
  for (const SmsPrice& row : kSmsPrices) {
    if (row.from <= day) price = row.micros;
  }
  return price;
}

std::optional<std::int64_t> letter_price(Date day, Postage postage, int sheets) {
  return LetterRates::built_in().price(day, postage, sheets);
}

}  // namespace postroom::notifications
