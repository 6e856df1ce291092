// Prices and abilities of text messages by destination. Operators may give their own table (data/sms_rates.tsv
// is the built-in one).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postroom::recipients {

inline constexpr int kRateMultiplierMax = 12;
inline constexpr std::size_t kSmsRatesMax = 2000;

enum class AlphaSenders : std::uint8_t { yes, no, registered, unknown };
enum class DeliveryReceipts : std::uint8_t { yes, carrier, no, unknown };

struct SmsRate {
  std::string prefix;  // digits: country code, or 1 and an area code
  int multiplier = 1;  // times the fragment price, 1 to kRateMultiplierMax
  AlphaSenders alpha = AlphaSenders::unknown;
  // Only `yes` means that a receipt says something about the phone; others are ignored.
  DeliveryReceipts receipts = DeliveryReceipts::unknown;
  std::vector<std::string> names;  // countries, for price lists
};

class SmsRates {
 public:
  // Tab-separated: prefix, multiplier, alpha, receipts, names joined by "; ". Lines that start with # and empty
  // lines are skipped. invalid_input names the line.
  static Result<SmsRates> parse(std::string_view tsv);
  // The table compiled in from data/sms_rates.tsv.
  static const SmsRates& built_in();

  // The entry of exactly this prefix, or null.
  const SmsRate* find(std::string_view prefix) const;
  // In ascending order of the prefix's digits.
  const std::vector<SmsRate>& all() const { return rates_; }

 private:
  std::vector<SmsRate> rates_;
};

}  // namespace postroom::recipients
