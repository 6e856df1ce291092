#include "core/recipients/address_block.h"

#include <array>
#include <boost/json.hpp>
#include <optional>

#include "base/json.h"
#include "core/recipients/plain_text.h"
#include "core/recipients/postal_address.h"

namespace postroom::recipients {
namespace {

constexpr std::size_t kLine7 = 6;

// What was given for a line, printed; nothing when it is absent or null.
std::optional<std::string> given(const json::object& personalisation, const std::string& name) {
  std::optional<std::string> text;
  std::string wanted = column_key(name);
  for (const auto& [key, value] : personalisation) {
    if (column_key(key) != wanted) continue;
    if (value.is_null()) {
      text.reset();
    } else {
      text = value.is_string() ? std::string(value.get_string()) : write_json(value);
    }
  }
  return text;
}

}  // namespace

std::vector<AddressBlockLine> address_block(const json::object& personalisation) {
  std::vector<AddressBlockLine> block;
  PostalAddress address = PostalAddress::read(address_text(personalisation, AddressKeys::any_spelling));
  if (address.lines().size() >= kAddressLinesMin && address.lines().size() <= kAddressLinesMax) {
    for (const std::string& line : address.lines()) block.push_back({line});
    return block;
  }
  for (std::size_t i = 0; i < kAddressLinesMax; ++i) {
    std::string name = "address line " + std::to_string(i + 1);
    auto text = given(personalisation, name);
    if (!text && i == kLine7) {
      if (auto postcode = given(personalisation, "postcode")) text = format_postcode(*postcode).value_or(*postcode);
    }
    if (!text) {
      block.push_back({std::move(name), true});
      continue;
    }
    for (std::string_view line : split_lines(*text)) {
      std::string tidy = normalise_spaces(line);
      if (!tidy.empty()) block.push_back({std::move(tidy)});
    }
  }
  return block;
}

}  // namespace postroom::recipients
