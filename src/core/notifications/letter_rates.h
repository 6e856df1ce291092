// Prices of letters by day, postage and sheets: data, not code.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/notifications/types.h"

namespace postroom::notifications {

inline constexpr int kPricedSheetsMax = 5;
inline constexpr std::size_t kLetterRatesMax = 2'000;

class LetterRates {
 public:
  // Tab-separated: first day (local), postage (first, second, economy, or abroad for europe and rest-of-world),
  // then the price of 1 to kPricedSheetsMax sheets in pounds with at most three decimals, "-" where there is none.
  // Lines that start with # and empty lines are skipped; their order does not matter. invalid_input names the line.
  static Result<LetterRates> parse(std::string_view tsv);
  // The table compiled in from data/letter_rates.tsv.
  static const LetterRates& built_in();

  // Millionths of a pound, of the last line that holds on `day` and prices so many sheets; nothing when none does.
  std::optional<std::int64_t> price(Date day, Postage postage, int sheets) const;
  std::size_t size() const;  // lines

 private:
  enum class Class { first, second, economy, abroad };
  static Class class_of(Postage postage);
  static std::optional<Class> parse_class(std::string_view text);

  struct Line {
    Date from;
    std::array<std::int64_t, kPricedSheetsMax> micros;  // 0: none
  };
  static Result<void> add_line(LetterRates& table, std::string_view text, std::size_t number);
  std::map<Class, std::vector<Line>> lines_;  // oldest first
};

}  // namespace postroom::notifications
