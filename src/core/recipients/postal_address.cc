#include "core/recipients/postal_address.h"

#include <algorithm>

#include "base/text.h"
#include "core/recipients/plain_text.h"

namespace postroom::recipients {
namespace {

constexpr std::size_t kPostcodeCharactersMax = 8;  // "GIR00AA" and one to spare
constexpr std::size_t kInwardCode = 3;             // a digit and two letters
constexpr std::string_view kInwardLetters = "ABDEFGHJLNPQRSTUWXYZ";
constexpr std::string_view kForbiddenStarts = "@()=[]\"\\/,<>~";

// Postcode areas of Royal Mail, with those of the crown dependencies, BFPO (BF) and non-geographic ones, sorted.
constexpr std::array<std::string_view, 127> kPostcodeAreas = {
    "AB", "AL", "B",  "BA", "BB", "BD", "BF", "BH", "BL", "BN",  "BR", "BS", "BT", "BX", "CA", "CB",
    "CF", "CH", "CM", "CO", "CR", "CT", "CV", "CW", "DA", "DD",  "DE", "DG", "DH", "DL", "DN", "DT",
    "DY", "E",  "EC", "EH", "EN", "EX", "FK", "FY", "G",  "GIR", "GL", "GU", "GY", "HA", "HD", "HG",
    "HP", "HR", "HS", "HU", "HX", "IG", "IM", "IP", "IV", "JE",  "KA", "KT", "KW", "KY", "L",  "LA",
    "LD", "LE", "LL", "LN", "LS", "LU", "M",  "ME", "MK", "ML",  "N",  "NE", "NG", "NN", "NP", "NR",
    "NW", "OL", "OX", "PA", "PE", "PH", "PL", "PO", "PR", "RG",  "RH", "RM", "S",  "SA", "SE", "SG",
    "SK", "SL", "SM", "SN", "SO", "SP", "SR", "SS", "ST", "SW",  "SY", "TA", "TD", "TF", "TN", "TQ",
    "TR", "TS", "TW", "UB", "W",  "WA", "WC", "WD", "WF", "WN",  "WR", "WS", "WV", "YO", "ZE",
};

std::string letters_and_digits_of_postcode(std::string_view text) {
  std::string kept;
  for (std::size_t position = 0; position < text.size() && kept.size() <= kPostcodeCharactersMax;) {
    std::size_t start = position;
    char32_t c = next_code_point(text, position);
    if ((c < 0x80 && is_ascii_space(static_cast<char>(c))) || is_zero_width(c) || is_no_break_blank(c)) continue;
    kept.append(text, start, position - start);
  }
  return to_upper(kept);
}

bool is_postcode_area(std::string_view text) {
  return !text.empty() && std::find(kPostcodeAreas.begin(), kPostcodeAreas.end(), text) != kPostcodeAreas.end();
}

// Lines with white space tidied and trailing commas gone; none is empty.
std::vector<std::string> tidy_lines(std::string_view text) {
  std::vector<std::string> lines;
  for (std::string_view raw : split_lines(text)) {
    std::string line = normalise_spaces(raw);
    std::size_t end = line.find_last_not_of(" ,");
    line.resize(end == std::string::npos ? 0 : end + 1);
    if (!line.empty()) lines.push_back(remove_blanks_before_punctuation(line));
  }
  return lines;
}

// "BFPO", "bfpo c/o 12", "BFPO12": the number's digits, "" without a number, nothing when the line says more.
std::optional<std::string> bfpo_of(std::string_view line) {
  if (line.size() < 4 || !equals_ignoring_case(line.substr(0, 4), "bfpo")) return std::nullopt;
  std::string_view rest = trim(line.substr(4));
  if (rest.size() >= 3 && equals_ignoring_case(rest.substr(0, 3), "c/o")) rest = trim(rest.substr(3));
  if (!std::all_of(rest.begin(), rest.end(), is_ascii_digit)) return std::nullopt;
  return std::string(rest);
}

std::string without_leading_zeros(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return digits;
}

// Takes BFPO lines out when one of them has a number, and gives the first number.
std::optional<std::string> take_bfpo(std::vector<std::string>& lines) {
  std::optional<std::string> number;
  for (const std::string& line : lines) {
    auto digits = bfpo_of(line);
    if (!digits || digits->empty()) continue;
    number = without_leading_zeros(*digits);
    break;
  }
  if (number) std::erase_if(lines, [](const std::string& line) { return bfpo_of(line).has_value(); });
  return number;
}

// Takes the country's line off the end; for the United Kingdom the whole run of its names.
Country take_country(std::vector<std::string>& lines) {
  if (lines.empty()) return united_kingdom();
  auto country = find_country(lines.back());
  if (!country) return united_kingdom();
  lines.pop_back();
  if (country->zone != PostageZone::united_kingdom) return *country;
  while (!lines.empty()) {
    auto above = find_country(lines.back());
    if (!above || above->zone != PostageZone::united_kingdom) break;
    lines.pop_back();
  }
  return united_kingdom();
}

bool has_alphanumeric(std::string_view line) { return std::any_of(line.begin(), line.end(), is_ascii_alnum); }

bool says_no_fixed_abode(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (equals_ignoring_case(line, "nfa")) return true;
    std::string lowered = to_lower(line);
    if (lowered.find("no fixed abode") != std::string::npos ||
        lowered.find("no fixed address") != std::string::npos)
      return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(AddressError error) {
  switch (error) {
    case AddressError::too_few_lines: return "too_few_lines";
    case AddressError::too_many_lines: return "too_many_lines";
    case AddressError::first_two_lines_need_alphanumeric: return "first_two_lines_need_alphanumeric";
    case AddressError::bfpo_with_country: return "bfpo_with_country";
    case AddressError::last_line_not_postcode: return "last_line_not_postcode";
    case AddressError::last_line_not_postcode_or_country: return "last_line_not_postcode_or_country";
    case AddressError::invalid_start_character: return "invalid_start_character";
    case AddressError::no_fixed_abode: return "no_fixed_abode";
  }
  return "too_few_lines";
}

std::string_view describe(AddressError error) {
  switch (error) {
    case AddressError::too_few_lines: return "The address needs at least 3 lines, give more of it";
    case AddressError::too_many_lines: return "The address may have no more than 7 lines, join or leave out some";
    case AddressError::first_two_lines_need_alphanumeric:
      return "Lines 1 and 2 of the address must each have an alphanumeric character (A to Z or 0 to 9)";
    case AddressError::bfpo_with_country:
      return "The last line of a BFPO address must not be a country, leave it out";
    case AddressError::last_line_not_postcode: return "The last line of the address must be a real UK postcode";
    case AddressError::last_line_not_postcode_or_country:
      return "The last line of the address must be a real UK postcode or the name of a country";
    case AddressError::invalid_start_character:
      return "No line of the address may start with any of @ ( ) = [ ] \" \\ / , < > ~";
    case AddressError::no_fixed_abode: return "The address must be a real one: letters cannot go to no fixed abode";
  }
  return "The address is not valid";
}

std::optional<std::string> format_postcode(std::string_view text) {
  std::string code = letters_and_digits_of_postcode(text);
  if (code.size() > kPostcodeCharactersMax || code.size() < kInwardCode + 2) return std::nullopt;
  std::string_view outward = std::string_view(code).substr(0, code.size() - kInwardCode);
  std::string_view inward = std::string_view(code).substr(code.size() - kInwardCode);
  if (!is_ascii_digit(inward[0]) || kInwardLetters.find(inward[1]) == std::string_view::npos ||
      kInwardLetters.find(inward[2]) == std::string_view::npos)
    return std::nullopt;
  // Area, one digit, and perhaps one more digit or letter.
  std::size_t digit = outward.find_first_of("0123456789");
  if (digit == std::string_view::npos || outward.size() - digit > 2) return std::nullopt;
  if (!is_ascii_alnum(outward.back()) || !is_postcode_area(outward.substr(0, digit))) return std::nullopt;
  return std::string(outward) + " " + std::string(inward);
}

tl::expected<PostalAddress, AddressError> PostalAddress::parse(std::string_view text, bool allow_international) {
  PostalAddress address = read(text);
  if (auto error = address.check(allow_international)) return tl::unexpected(*error);
  return address;
}

PostalAddress PostalAddress::read(std::string_view text) {
  PostalAddress address;
  address.lines_ = tidy_lines(text);
  address.bfpo_ = take_bfpo(address.lines_);
  address.country_ = take_country(address.lines_);
  if (!address.is_international() && !address.lines_.empty()) {
    address.postcode_ = format_postcode(address.lines_.back());
    if (address.postcode_) address.lines_.back() = *address.postcode_;
  }
  if (address.bfpo_) address.lines_.push_back("BFPO " + *address.bfpo_);
  if (address.is_international()) address.lines_.emplace_back(address.country_.name);
  return address;
}

std::optional<AddressError> PostalAddress::check(bool allow_international) const {
  if (lines_.size() < kAddressLinesMin) return AddressError::too_few_lines;
  if (lines_.size() > kAddressLinesMax) return AddressError::too_many_lines;
  if (!has_alphanumeric(lines_[0]) || !has_alphanumeric(lines_[1]))
    return AddressError::first_two_lines_need_alphanumeric;
  if (bfpo_ && is_international()) return AddressError::bfpo_with_country;
  bool ends_well = postcode_ || bfpo_ || (is_international() && allow_international);
  if (!ends_well)
    return allow_international ? AddressError::last_line_not_postcode_or_country
                               : AddressError::last_line_not_postcode;
  for (const std::string& line : lines_) {
    if (kForbiddenStarts.find(line.front()) != std::string_view::npos) return AddressError::invalid_start_character;
  }
  if (says_no_fixed_abode(lines_)) return AddressError::no_fixed_abode;
  return std::nullopt;
}

std::string PostalAddress::joined(std::string_view separator) const { return join(lines_, separator); }

std::vector<std::pair<std::string, std::string>> PostalAddress::as_personalisation() const {
  constexpr std::size_t kFreeLines = 6;
  std::array<std::string, kFreeLines> free;
  std::vector<std::string> upper = lines_;
  std::string postcode;
  std::string last;
  if (!upper.empty()) {
    last = upper.back();
    upper.pop_back();
  }
  if (!bfpo_) {
    postcode = last;
  } else if (postcode_ && !upper.empty() && !is_international()) {
    postcode = upper.back();
    upper.pop_back();
    free.back() = postcode;
  }
  for (std::size_t i = 0; i < std::min(upper.size(), kFreeLines); ++i) free[i] = upper[i];

  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t i = 0; i < kFreeLines; ++i) pairs.emplace_back("address_line_" + std::to_string(i + 1), free[i]);
  pairs.emplace_back("postcode", postcode);
  pairs.emplace_back("address_line_7", last);
  return pairs;
}

std::string PostalAddress::normalised() const {
  std::string text = lower_unicode(joined("\n"));
  std::string kept;
  kept.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    std::size_t start = position;
    if (!is_unicode_space(next_code_point(text, position))) kept.append(text, start, position - start);
  }
  return kept;
}

std::string_view pdf_failure_code(const PostalAddress& address, AddressError error) {
  if (address.lines().empty()) return "address-is-empty";
  switch (error) {
    case AddressError::too_few_lines: return "not-enough-address-lines";
    case AddressError::too_many_lines: return "too-many-address-lines";
    case AddressError::first_two_lines_need_alphanumeric: return "invalid-address-line-1-or-2";
    case AddressError::bfpo_with_country: return "has-country-for-bfpo-address";
    case AddressError::last_line_not_postcode:
      return address.is_international() ? "cant-send-international-letters" : "not-a-real-uk-postcode";
    case AddressError::last_line_not_postcode_or_country: return "not-a-real-uk-postcode-or-country";
    case AddressError::invalid_start_character: return "invalid-char-in-address";
    case AddressError::no_fixed_abode: return "no-fixed-abode-address";
  }
  return "address-is-empty";
}

}  // namespace postroom::recipients
