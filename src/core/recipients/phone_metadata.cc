#include "core/recipients/phone_metadata.h"

#include <phonenumbers/phonenumberutil.h>

#include <optional>

#include "base/text.h"

namespace postroom::recipients {
namespace {

using i18n::phonenumbers::PhoneNumberUtil;
using Parsed = i18n::phonenumbers::PhoneNumber;

constexpr const char* kHomeRegion = "GB";
constexpr const char* kNoRegion = "ZZ";
constexpr int kHomeCountryCode = 44;

// The library's instance is built on first use (about 10 ms) and is safe to share between threads.
const PhoneNumberUtil& library() { return *PhoneNumberUtil::GetInstance(); }

PhoneError error_of(PhoneNumberUtil::ValidationResult result) {
  switch (result) {
    case PhoneNumberUtil::TOO_LONG: return PhoneError::too_long;
    case PhoneNumberUtil::TOO_SHORT:
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY: return PhoneError::too_short;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE: return PhoneError::unsupported_country_code;
    default: return PhoneError::invalid_number;
  }
}

std::optional<Parsed> parse_in(const std::string& text, const char* region) {
  Parsed parsed;
  if (library().Parse(text, region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  return parsed;
}

// A number of possible length: as read at home, else as an international number whose plus was left out.
tl::expected<Parsed, PhoneError> make_possible(const Parsed& parsed, const std::string& text) {
  PhoneNumberUtil::ValidationResult reason = library().IsPossibleNumberWithReason(parsed);
  if (reason == PhoneNumberUtil::IS_POSSIBLE) return parsed;
  if (auto foreign = parse_in("+" + text, kNoRegion)) {
    PhoneNumberUtil::ValidationResult again = library().IsPossibleNumberWithReason(*foreign);
    if (again == PhoneNumberUtil::IS_POSSIBLE || again == PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY) return *foreign;
  }
  return tl::unexpected(error_of(reason));
}

// The kinds that take texts.
std::optional<PhoneNumber::Kind> kind_of(PhoneNumberUtil::PhoneNumberType type) {
  switch (type) {
    case PhoneNumberUtil::FIXED_LINE: return PhoneNumber::Kind::fixed_line;
    case PhoneNumberUtil::MOBILE: return PhoneNumber::Kind::mobile;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE: return PhoneNumber::Kind::fixed_line_or_mobile;
    case PhoneNumberUtil::UAN: return PhoneNumber::Kind::uan;
    case PhoneNumberUtil::PERSONAL_NUMBER: return PhoneNumber::Kind::personal_number;
    default: return std::nullopt;
  }
}

// Ofcom keeps 07700 900000 to 900999 for fiction; the whole 07700 block is taken as such, in any country, because
// the reference system's users rely on it.
bool is_reserved(const Parsed& number) {
  std::string national = std::to_string(number.national_number());
  return national.size() > 4 && national.starts_with("7700");
}

std::string e164_digits(const Parsed& number) {
  std::string formatted;
  library().Format(number, PhoneNumberUtil::E164, &formatted);
  return formatted.starts_with('+') ? formatted.substr(1) : formatted;
}

}  // namespace

tl::expected<PhoneNumber, PhoneError> PhoneMetadata::read(std::string_view text, bool service_contact) {
  std::string copy(text);
  auto parsed = parse_in(copy, kHomeRegion);
  if (!parsed) return tl::unexpected(PhoneError::invalid_number);

  PhoneNumber number;
  std::uint64_t national = parsed->national_number();
  if (service_contact && national >= 100 && national <= 999) {
    if (national == 999 || national == 112) return tl::unexpected(PhoneError::unsupported_emergency_number);
    number.kind_ = PhoneNumber::Kind::short_number;
    number.is_home_ = true;
  } else {
    auto possible = make_possible(*parsed, copy);
    if (!possible) return tl::unexpected(possible.error());
    parsed = *possible;
    bool home = parsed->country_code() == kHomeCountryCode;
    bool reserved = is_reserved(*parsed);
    auto kind = library().IsValidNumber(*parsed) ? kind_of(library().GetNumberType(*parsed)) : std::nullopt;
    if (!kind && !reserved) return tl::unexpected(PhoneError::invalid_number);
    number.kind_ = kind.value_or(PhoneNumber::Kind::reserved);
    std::string region;
    if (home && !reserved) library().GetRegionCodeForNumber(*parsed, &region);
    number.is_home_ = reserved || region == kHomeRegion;
  }
  number.country_code_ = static_cast<std::uint16_t>(parsed->country_code());
  number.digits_ = e164_digits(*parsed);
  return number;
}

std::string PhoneMetadata::human_form(const PhoneNumber& number) {
  std::string e164 = "+" + number.normalised();
  auto parsed = parse_in(e164, kHomeRegion);
  if (!parsed) return e164;
  std::string formatted;
  library().Format(*parsed, number.is_uk_prefix() ? PhoneNumberUtil::NATIONAL : PhoneNumberUtil::INTERNATIONAL,
                   &formatted);
  return formatted;
}

}  // namespace postroom::recipients
