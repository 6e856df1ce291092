#include "core/recipients/phone_number.h"

#include <array>
#include <optional>

#include "base/text.h"
#include "core/recipients/phone_metadata.h"
#include "core/recipients/plain_text.h"

namespace postroom::recipients {
namespace {

constexpr std::size_t kNationalDigits = 10;
constexpr std::size_t kPlainInputMax = 32;

// National blocks 7abc in which every number is an ordinary UK mobile by libphonenumber's metadata 8.12.57. The
// gaps hold other kinds (70 personal numbers, 76 pagers) or ranges of Jersey, Guernsey and the Isle of Man, which
// take the slow way. The test beside this file compares the table with the library.
struct Block {
  int first;
  int last;
};
constexpr std::array kMobileBlocks = {
    Block{7100, 7456}, Block{7458, 7508}, Block{7510, 7523}, Block{7525, 7599},
    Block{7701, 7780}, Block{7782, 7796}, Block{7798, 7828}, Block{7830, 7838},
    Block{7840, 7910}, Block{7912, 7936}, Block{7938, 7999},
};

// The digits of a text made of digits, blanks, brackets and hyphens, with at most one plus before the first
// digit; nothing for any other text.
struct PlainDigits {
  std::array<char, kPlainInputMax> digits;
  std::size_t count = 0;
  bool has_plus = false;

  std::string_view view() const { return {digits.data(), count}; }
};

std::optional<PlainDigits> plain_digits(std::string_view text) {
  if (text.size() > kPlainInputMax) return std::nullopt;
  PlainDigits result;
  for (char c : text) {
    if (is_ascii_digit(c)) {
      result.digits[result.count++] = c;
    } else if (c == '+' && result.count == 0 && !result.has_plus) {
      result.has_plus = true;
    } else if (c != ' ' && c != '-' && c != '(' && c != ')') {
      return std::nullopt;
    }
  }
  return result;
}

// The ten national digits of an ordinary UK mobile written in one of the usual ways; nothing when the text must be
// read the slow way.
std::optional<std::string_view> national_mobile(const PlainDigits& plain) {
  std::string_view digits = plain.view();
  if (plain.has_plus) {
    if (digits.size() != kNationalDigits + 2 || !digits.starts_with("44")) return std::nullopt;
  } else if (digits.size() == kNationalDigits + 4) {
    if (!digits.starts_with("0044")) return std::nullopt;
  } else if (digits.size() == kNationalDigits + 2) {
    if (!digits.starts_with("44")) return std::nullopt;
  } else if (digits.size() == kNationalDigits + 1) {
    if (!digits.starts_with('0')) return std::nullopt;
  } else if (digits.size() != kNationalDigits) {
    return std::nullopt;
  }
  std::string_view national = digits.substr(digits.size() - kNationalDigits);
  if (national.front() != '7') return std::nullopt;
  return national;
}

bool is_mobile_block(std::string_view national) {
  int block = 0;
  for (char c : national.substr(0, 4)) block = block * 10 + (c - '0');
  for (const Block& range : kMobileBlocks) {
    if (block >= range.first && block <= range.last) return true;
  }
  return false;
}

bool is_allowed_character(char32_t c) {
  if (c < 0x80) {
    char ascii = static_cast<char>(c);
    return is_ascii_digit(ascii) || is_ascii_space(ascii) || ascii == '(' || ascii == ')' || ascii == '-' ||
           ascii == '+';
  }
  return is_zero_width(c) || is_no_break_blank(c);
}

tl::expected<PhoneNumber, PhoneError> attempt(std::string_view text, bool service_contact) {
  for (std::size_t position = 0; position < text.size();) {
    if (!is_allowed_character(next_code_point(text, position)))
      return tl::unexpected(PhoneError::unknown_character);
  }
  if (text.empty()) return tl::unexpected(PhoneError::too_short);
  if (text.size() > kPhoneInputBytesMax) return tl::unexpected(PhoneError::too_long);
  return PhoneMetadata::read(text, service_contact);
}

// What is left when the usual slips (stray plus, stray zeros, typographic dashes, invisible characters) are taken
// away. Zeros after a leading blank stay.
std::string without_slips(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  for (char c : text) {
    if (c != '+' && !(c == '0' && kept.empty())) kept.push_back(c);
  }
  return to_plain_ascii(kept);
}

}  // namespace

std::string_view to_string(PhoneError error) {
  switch (error) {
    case PhoneError::unknown_character: return "unknown_character";
    case PhoneError::too_short: return "too_short";
    case PhoneError::too_long: return "too_long";
    case PhoneError::unsupported_country_code: return "unsupported_country_code";
    case PhoneError::invalid_number: return "invalid_number";
    case PhoneError::not_a_uk_mobile: return "not_a_uk_mobile";
    case PhoneError::unsupported_emergency_number: return "unsupported_emergency_number";
  }
  return "invalid_number";
}

std::string_view describe(PhoneError error) {
  switch (error) {
    case PhoneError::unknown_character:
      return "may hold digits, spaces, brackets, hyphens and a plus sign only, no letters or symbols";
    case PhoneError::too_short: return "does not have enough digits";
    case PhoneError::too_long: return "has too many digits";
    case PhoneError::unsupported_country_code:
      return "does not start with the prefix of a country that can be texted";
    case PhoneError::invalid_number: return "is not a number that can be texted, check it";
    case PhoneError::not_a_uk_mobile: return "is not a UK mobile number";
    case PhoneError::unsupported_emergency_number: return "is an emergency number, give another";
  }
  return "is not a number that can be texted, check it";
}

tl::expected<PhoneNumber, PhoneError> PhoneNumber::parse(std::string_view input) {
  if (auto plain = plain_digits(input)) {
    if (auto national = national_mobile(*plain)) {
      bool reserved = national->starts_with("77009");
      if (reserved || is_mobile_block(*national)) {
        PhoneNumber number;
        number.digits_.reserve(kNationalDigits + 2);
        number.digits_.append("44").append(*national);
        number.country_code_ = 44;
        number.kind_ = reserved ? Kind::reserved : Kind::mobile;
        number.is_home_ = true;
        return number;
      }
    }
  }
  return parse_twice(input, false);
}

tl::expected<PhoneNumber, PhoneError> PhoneNumber::parse_service_contact(std::string_view input) {
  return parse_twice(input, true);
}

tl::expected<PhoneNumber, PhoneError> PhoneNumber::parse_twice(std::string_view input, bool service_contact) {
  if (auto number = attempt(input, service_contact)) return number;
  // The error of the second attempt is the one reported.
  return attempt(without_slips(input), service_contact);
}

std::string PhoneNumber::human_form() const { return PhoneMetadata::human_form(*this); }

std::string_view PhoneNumber::prefix(const SmsRates& rates) const {
  std::string_view digits = digits_;
  if (country_code_ == 1) return rates.find(digits.substr(0, 4)) ? digits.substr(0, 4) : digits.substr(0, 1);
  return digits.substr(0, country_code_ >= 100 ? 3 : country_code_ >= 10 ? 2 : 1);
}

int PhoneNumber::rate_multiplier(const SmsRates& rates) const {
  if (!is_international()) return 1;
  const SmsRate* rate = rates.find(prefix(rates));
  return rate ? rate->multiplier : 0;
}

bool PhoneNumber::needs_numeric_sender(const SmsRates& rates) const {
  const SmsRate* rate = rates.find(prefix(rates));
  return rate && rate->alpha == AlphaSenders::no;
}

tl::expected<void, PhoneError> check_permissions(const PhoneNumber& number, PhonePermissions permissions,
                                                 const SmsRates& rates) {
  if (number.counts_as_international() && !permissions.international)
    return tl::unexpected(PhoneError::not_a_uk_mobile);
  if (number.is_uk_landline() && !permissions.uk_landlines) return tl::unexpected(PhoneError::not_a_uk_mobile);
  // Home numbers need no look-up: the table's 44 entry prices the crown dependencies.
  if (number.is_uk_prefix() && !number.is_crown_dependency()) return {};
  if (!rates.find(number.prefix(rates))) return tl::unexpected(PhoneError::unsupported_country_code);
  return {};
}

std::string phone_as_given(std::string_view input) { return strip_obscure(input); }

}  // namespace postroom::recipients
