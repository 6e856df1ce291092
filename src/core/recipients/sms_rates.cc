#include "core/recipients/sms_rates.h"

#include <algorithm>

#include "base/text.h"
#include "core/recipients/data_tables.h"

namespace postroom::recipients {
namespace {

constexpr std::size_t kPrefixDigitsMax = 7;

Error line_error(std::size_t line, std::string_view what) {
  return Error{ErrorKind::invalid_input, "SMS rates line " + std::to_string(line) + ": " + std::string(what)};
}

std::optional<AlphaSenders> alpha_of(std::string_view text) {
  if (equals_ignoring_case(text, "yes")) return AlphaSenders::yes;
  if (equals_ignoring_case(text, "no")) return AlphaSenders::no;
  if (equals_ignoring_case(text, "registered")) return AlphaSenders::registered;
  if (equals_ignoring_case(text, "unknown")) return AlphaSenders::unknown;
  return std::nullopt;
}

std::optional<DeliveryReceipts> receipts_of(std::string_view text) {
  if (equals_ignoring_case(text, "yes")) return DeliveryReceipts::yes;
  if (equals_ignoring_case(text, "carrier")) return DeliveryReceipts::carrier;
  if (equals_ignoring_case(text, "no")) return DeliveryReceipts::no;
  if (equals_ignoring_case(text, "unknown")) return DeliveryReceipts::unknown;
  return std::nullopt;
}

Result<SmsRate> rate_of(const std::vector<std::string>& cells, std::size_t line) {
  if (cells.size() != 5) return fail(line_error(line, "must have prefix, multiplier, alpha, receipts and names"));
  SmsRate rate;
  rate.prefix = cells[0];
  if (rate.prefix.empty() || rate.prefix.size() > kPrefixDigitsMax ||
      !std::all_of(rate.prefix.begin(), rate.prefix.end(), is_ascii_digit))
    return fail(line_error(line, "the prefix must be 1 to 7 digits"));
  auto multiplier = parse_int<int>(cells[1]);
  if (!multiplier || *multiplier < 1 || *multiplier > kRateMultiplierMax)
    return fail(line_error(line, "the multiplier must be 1 to " + std::to_string(kRateMultiplierMax)));
  rate.multiplier = *multiplier;
  auto alpha = alpha_of(cells[2]);
  if (!alpha) return fail(line_error(line, "alpha must be yes, no, registered or unknown"));
  rate.alpha = *alpha;
  auto receipts = receipts_of(cells[3]);
  if (!receipts) return fail(line_error(line, "receipts must be yes, carrier, no or unknown"));
  rate.receipts = *receipts;
  for (const std::string& name : split(cells[4], ';')) {
    if (auto trimmed = trim(name); !trimmed.empty()) rate.names.emplace_back(trimmed);
  }
  return rate;
}

}  // namespace

Result<SmsRates> SmsRates::parse(std::string_view tsv) {
  SmsRates table;
  std::size_t number = 0;
  for (const std::string& line : split(tsv, '\n')) {
    ++number;
    if (trim(line).empty() || line.starts_with('#')) continue;
    if (table.rates_.size() == kSmsRatesMax)
      return fail(line_error(number, "a table has at most " + std::to_string(kSmsRatesMax) + " prefixes"));
    POSTROOM_TRY(rate, rate_of(split(trim(line), '\t'), number));
    table.rates_.push_back(std::move(rate));
  }
  auto by_prefix = [](const SmsRate& a, const SmsRate& b) { return a.prefix < b.prefix; };
  std::sort(table.rates_.begin(), table.rates_.end(), by_prefix);
  auto twice = std::adjacent_find(table.rates_.begin(), table.rates_.end(),
                                  [](const SmsRate& a, const SmsRate& b) { return a.prefix == b.prefix; });
  if (twice != table.rates_.end())
    return fail(ErrorKind::invalid_input, "SMS rates: prefix " + twice->prefix + " has two lines, keep one");
  return table;
}

const SmsRates& SmsRates::built_in() {
  // A table that does not parse is a fault of the build, which the tests find; it then prices nothing.
  static const SmsRates table = parse(data_tables::sms_rates()).value_or(SmsRates{});
  return table;
}

const SmsRate* SmsRates::find(std::string_view prefix) const {
  auto found = std::lower_bound(rates_.begin(), rates_.end(), prefix,
                                [](const SmsRate& rate, std::string_view wanted) { return rate.prefix < wanted; });
  return found != rates_.end() && found->prefix == prefix ? &*found : nullptr;
}

}  // namespace postroom::recipients
