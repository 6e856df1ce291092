// Postal addresses of letters: three to seven lines, ending in a UK postcode, a BFPO number or a country.
// All functions are pure, thread-safe and linear in the input.
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/recipients/countries.h"

namespace postroom::recipients {

inline constexpr std::size_t kAddressLinesMin = 3;
inline constexpr std::size_t kAddressLinesMax = 7;

// In the order of checking.
enum class AddressError {
  too_few_lines,
  too_many_lines,
  first_two_lines_need_alphanumeric,
  bfpo_with_country,
  last_line_not_postcode,             // the service may not send abroad
  last_line_not_postcode_or_country,  // the service may
  invalid_start_character,
  no_fixed_abode,
};
std::string_view to_string(AddressError error);
// One sentence for the caller of the API, naming the limit and the remedy.
std::string_view describe(AddressError error);

class PostalAddress {
 public:
  // Normalises and checks. `text` holds the lines separated by line ends of any kind.
  static tl::expected<PostalAddress, AddressError> parse(std::string_view text, bool allow_international);

  // Normalises only: for previews and for addresses read from PDFs. The result may fail check().
  static PostalAddress read(std::string_view text);

  // The first rule that the address breaks.
  std::optional<AddressError> check(bool allow_international) const;

  // As printed: white space tidied, names of the UK at the end removed, postcode spaced, country in its
  // canonical spelling, "BFPO n" last. Empty when nothing was given.
  const std::vector<std::string>& lines() const { return lines_; }
  std::string joined(std::string_view separator) const;
  std::string single_line() const { return joined(", "); }

  // "SW1A 1AA"; absent abroad and when the last line is no postcode.
  const std::optional<std::string>& postcode() const { return postcode_; }
  // British Forces Post Office number, decimal digits without leading zeros.
  const std::optional<std::string>& bfpo_number() const { return bfpo_; }
  // The United Kingdom when no other country is named.
  const Country& country() const { return country_; }
  PostageZone postage_zone() const { return country_.zone; }
  bool is_international() const { return country_.zone != PostageZone::united_kingdom; }

  // Stored form of a letter that came as a PDF: address_line_1 to _6, postcode, address_line_7, all present.
  std::vector<std::pair<std::string, std::string>> as_personalisation() const;
  // For searching: all lines, lower case, without white space.
  std::string normalised() const;

 private:
  PostalAddress() = default;
  std::vector<std::string> lines_;
  std::optional<std::string> postcode_;
  std::optional<std::string> bfpo_;
  Country country_;
};

enum class AddressKeys {
  exact,         // API: "address_line_1", nothing else
  any_spelling,  // spreadsheets: "Address Line 1"
};

// The address text inside personalisation: lines 1 to 7 when a key of line 7 is present (even empty), else lines
// 1 to 6 and the postcode. Null, false, 0, "", [] and {} are empty; other values are printed.
std::string address_text(const boost::json::object& personalisation, AddressKeys keys = AddressKeys::exact);
std::string address_text(const std::vector<std::pair<std::string, std::string>>& personalisation,
                         AddressKeys keys = AddressKeys::exact);

// Formats a UK postcode ("sw1a1aa" to "SW1A 1AA"); nothing when the text is none. Existence is not checked.
std::optional<std::string> format_postcode(std::string_view text);

// The failure code stored for a letter that came as a PDF ("not-enough-address-lines"). Only when the PDF holds
// no address text at all: "address-is-empty".
std::string_view pdf_failure_code(const PostalAddress& address, AddressError error);

}  // namespace postroom::recipients
