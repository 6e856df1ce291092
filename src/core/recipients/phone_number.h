// Phone numbers that text messages go to: what callers type, and the facts billing and delivery need.
//
// Rules: UK national numbering plan (Ofcom) and ITU-T E.164, with libphonenumber's metadata for everything but
// the ordinary UK mobile, which is read by our own code in well under a microsecond (libphonenumber: 30-50).
// All functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/recipients/sms_rates.h"

namespace postroom::recipients {

// Why a text is not a number that can be texted. Wire values are the enumerators' names.
enum class PhoneError {
  unknown_character,             // letters or symbols
  too_short,                     // not enough digits
  too_long,                      // too many digits
  unsupported_country_code,      // no such country prefix, or no price for it
  invalid_number,                // right length, but no such number, or of a kind that takes no texts
  not_a_uk_mobile,               // the service's permissions do not allow it (see check_permissions)
  unsupported_emergency_number,  // service contact numbers only: 999 and 112
};

std::string_view to_string(PhoneError error);
// A short sentence part that follows the field's name: "has too many digits".
std::string_view describe(PhoneError error);

// What a service may text besides UK mobiles.
struct PhonePermissions {
  bool international = false;  // permission international_sms
  bool uk_landlines = false;   // permission sms_to_uk_landlines
};

// Longer texts are too_long without a look at their digits (E.164 allows 15).
inline constexpr std::size_t kPhoneInputBytesMax = 250;

class PhoneNumber {
 public:
  enum class Kind : std::uint8_t {
    mobile,
    fixed_line,
    fixed_line_or_mobile,  // countries whose numbers do not tell, such as the USA
    uan,                   // one number for a whole company, such as 03…
    personal_number,
    reserved,      // kept for film and fiction (07700 900000 and its kin)
    short_number,  // three digits; only from parse_service_contact
  };

  // Reads what people type: national and international forms, blanks, brackets, hyphens, and common slips such
  // as a stray zero before the plus. Permissions are not looked at.
  static tl::expected<PhoneNumber, PhoneError> parse(std::string_view input);

  // The same for the number a service publishes for itself: three-digit numbers but 999 and 112 are accepted.
  static tl::expected<PhoneNumber, PhoneError> parse_service_contact(std::string_view input);

  // E.164 without the plus, "447900900123".
  const std::string& normalised() const { return digits_; }
  // For people: national form at home ("07900 900123"), international elsewhere ("+33 6 12 34 56 78"). Slow
  // (30 microseconds); spacing follows the metadata library's release.
  std::string human_form() const;
  int country_code() const { return country_code_; }
  Kind kind() const { return kind_; }

  // Country code 44: the United Kingdom and the crown dependencies.
  bool is_uk_prefix() const { return country_code_ == 44; }
  // Jersey, Guernsey, Isle of Man: charged as foreign, yet no international permission is needed.
  bool is_crown_dependency() const { return is_uk_prefix() && !is_home_; }
  // Neither a number of the United Kingdom itself nor a reserved one. True for crown dependencies.
  bool is_international() const { return !is_home_; }
  // Takes from the service's allowance of international texts; crown dependencies do not.
  bool counts_as_international() const { return !is_uk_prefix(); }
  bool is_uk_landline() const {
    return is_uk_prefix() &&
           (kind_ == Kind::fixed_line || kind_ == Kind::fixed_line_or_mobile || kind_ == Kind::uan);
  }

  // The billing prefix: the country code, or for +1 the first four digits when the table has them.
  std::string_view prefix(const SmsRates& rates = SmsRates::built_in()) const;
  // Times the price of a fragment; 1 at home; 0 when the table has no entry (check_permissions refuses those).
  int rate_multiplier(const SmsRates& rates = SmsRates::built_in()) const;
  // The destination takes no alphanumeric sender names, so a numeric sender must be used.
  bool needs_numeric_sender(const SmsRates& rates = SmsRates::built_in()) const;

  friend bool operator==(const PhoneNumber& a, const PhoneNumber& b) { return a.digits_ == b.digits_; }

 private:
  friend class PhoneMetadata;
  PhoneNumber() = default;
  static tl::expected<PhoneNumber, PhoneError> parse_twice(std::string_view input, bool service_contact);

  std::string digits_;
  std::uint16_t country_code_ = 0;
  Kind kind_ = Kind::mobile;
  bool is_home_ = false;
};

// May a service with these permissions text the number? Success, or not_a_uk_mobile (permission missing) or
// unsupported_country_code (no price). The caller tells "no international texts" from "no landlines" by
// number.counts_as_international().
tl::expected<void, PhoneError> check_permissions(const PhoneNumber& number, PhonePermissions permissions,
                                                 const SmsRates& rates = SmsRates::built_in());

// The `to` column: `input` without zero-width and no-break blanks, trimmed; otherwise as the caller gave it.
std::string phone_as_given(std::string_view input);

}  // namespace postroom::recipients
