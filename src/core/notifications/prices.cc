// The public price list, by the local day from which a price holds. Oldest first.
#include "core/notifications/prices.h"

#include <array>

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

enum class PriceClass { first, second, economy, abroad };

struct LetterPrice {
  Date from;
  PriceClass price_class;
  std::array<std::int64_t, kPricedSheetsMax> tenths_of_pence;  // by sheets, 0: none
};

constexpr std::array kLetterPrices{
    LetterPrice{on(2016, 4, 1), PriceClass::second, {300, 330, 360, 0, 0}},
    LetterPrice{on(2018, 7, 1), PriceClass::second, {300, 330, 360, 390, 420}},
    LetterPrice{on(2018, 10, 1), PriceClass::second, {300, 350, 400, 450, 500}},
    LetterPrice{on(2018, 10, 1), PriceClass::first, {560, 610, 660, 710, 760}},
    LetterPrice{on(2019, 10, 1), PriceClass::second, {350, 400, 450, 500, 550}},
    LetterPrice{on(2019, 10, 1), PriceClass::first, {610, 660, 710, 760, 810}},
    LetterPrice{on(2020, 7, 1), PriceClass::abroad, {840, 920, 1000, 1080, 1160}},
    LetterPrice{on(2021, 2, 1), PriceClass::second, {390, 440, 490, 540, 590}},
    LetterPrice{on(2021, 2, 1), PriceClass::first, {690, 740, 790, 840, 890}},
    LetterPrice{on(2021, 2, 1), PriceClass::abroad, {890, 970, 1050, 1130, 1210}},
    LetterPrice{on(2022, 3, 1), PriceClass::second, {410, 460, 510, 560, 610}},
    LetterPrice{on(2022, 3, 1), PriceClass::first, {630, 680, 730, 780, 830}},
    LetterPrice{on(2022, 3, 1), PriceClass::abroad, {960, 1040, 1120, 1200, 1280}},
    LetterPrice{on(2023, 1, 23), PriceClass::second, {470, 520, 570, 620, 670}},
    LetterPrice{on(2023, 1, 23), PriceClass::first, {720, 770, 820, 870, 920}},
    LetterPrice{on(2023, 1, 23), PriceClass::abroad, {1050, 1130, 1210, 1290, 1370}},
    LetterPrice{on(2023, 11, 1), PriceClass::second, {540, 590, 630, 680, 730}},
    LetterPrice{on(2023, 11, 1), PriceClass::first, {820, 860, 900, 960, 1000}},
    LetterPrice{on(2023, 11, 1), PriceClass::abroad, {1260, 1310, 1350, 1400, 1450}},
    LetterPrice{on(2024, 1, 2), PriceClass::abroad, {1440, 1490, 1530, 1580, 1630}},
    LetterPrice{on(2024, 7, 1), PriceClass::second, {610, 650, 680, 750, 790}},
    LetterPrice{on(2024, 7, 1), PriceClass::first, {970, 1010, 1050, 1110, 1150}},
    LetterPrice{on(2025, 2, 6), PriceClass::abroad, {1560, 1610, 1660, 1710, 1760}},
    LetterPrice{on(2025, 4, 1), PriceClass::second, {680, 720, 770, 820, 860}},
    LetterPrice{on(2025, 4, 1), PriceClass::first, {1490, 1530, 1570, 1630, 1670}},
    LetterPrice{on(2025, 4, 1), PriceClass::economy, {590, 640, 680, 730, 780}},
    LetterPrice{on(2026, 1, 5), PriceClass::second, {730, 770, 820, 870, 910}},
    LetterPrice{on(2026, 1, 5), PriceClass::economy, {640, 690, 730, 780, 820}},
    LetterPrice{on(2026, 1, 5), PriceClass::abroad, {1720, 1770, 1820, 1850, 1900}},
    LetterPrice{on(2026, 4, 7), PriceClass::first, {1560, 1610, 1660, 1710, 1760}},
    LetterPrice{on(2026, 5, 3), PriceClass::abroad, {1800, 1840, 1880, 1920, 1960}},
    LetterPrice{on(2026, 7, 1), PriceClass::economy, {638, 684, 724, 779, 823}},
};

constexpr std::int64_t kMicrosPerTenthOfPenny = 1000;

PriceClass class_of(Postage postage) {
  switch (postage) {
    case Postage::first: return PriceClass::first;
    case Postage::second: return PriceClass::second;
    case Postage::economy: return PriceClass::economy;
    case Postage::europe:
    case Postage::rest_of_world: return PriceClass::abroad;
  }
  return PriceClass::second;
}

}  // namespace

std::optional<std::int64_t> sms_fragment_price(Date day) {
  std::optional<std::int64_t> price;
  for (const SmsPrice& row : kSmsPrices) {
    if (row.from <= day) price = row.micros;
  }
  return price;
}

std::optional<std::int64_t> letter_price(Date day, Postage postage, int sheets) {
  if (sheets < 1 || sheets > kPricedSheetsMax) return std::nullopt;
  std::optional<std::int64_t> price;
  for (const LetterPrice& row : kLetterPrices) {
    if (row.from > day || row.price_class != class_of(postage)) continue;
    std::int64_t tenths = row.tenths_of_pence[static_cast<std::size_t>(sheets - 1)];
    if (tenths > 0) price = tenths * kMicrosPerTenthOfPenny;
  }
  return price;
}

}  // namespace postroom::notifications
