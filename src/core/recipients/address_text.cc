#include <boost/json.hpp>
#include <functional>

#include "base/json.h"
#include "base/text.h"
#include "core/recipients/plain_text.h"
#include "core/recipients/postal_address.h"

namespace postroom::recipients {
namespace {

// Slots of the keys, in the order of the lines of an address; line 7 and the postcode share the end.
constexpr std::size_t kLine7 = 6;
constexpr std::size_t kPostcode = 7;
constexpr std::array<std::string_view, 8> kExactKeys = {
    "address_line_1", "address_line_2", "address_line_3", "address_line_4",
    "address_line_5", "address_line_6", "address_line_7", "postcode",
};

std::optional<std::size_t> slot_of(std::string_view key, AddressKeys keys) {
  std::string compared = keys == AddressKeys::exact ? std::string(key) : column_key(key);
  for (std::size_t slot = 0; slot < kExactKeys.size(); ++slot) {
    if (compared == (keys == AddressKeys::exact ? std::string(kExactKeys[slot]) : column_key(kExactKeys[slot])))
      return slot;
  }
  return std::nullopt;
}

std::string printed(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "";
    case json::kind::bool_: return value.get_bool() ? "True" : "";
    case json::kind::string: return std::string(value.get_string());
    case json::kind::int64: return value.get_int64() == 0 ? "" : std::to_string(value.get_int64());
    case json::kind::uint64: return value.get_uint64() == 0 ? "" : std::to_string(value.get_uint64());
    case json::kind::double_: return value.get_double() == 0 ? "" : write_double(value.get_double());
    case json::kind::array: return value.get_array().empty() ? "" : write_json(value);
    case json::kind::object: return value.get_object().empty() ? "" : write_json(value);
  }
  return "";
}

std::string join_slots(const std::array<std::optional<std::string>, 8>& slots) {
  std::string text;
  for (std::size_t slot = 0; slot < kLine7; ++slot) text.append(slots[slot].value_or("")).push_back('\n');
  text += slots[slots[kLine7] ? kLine7 : kPostcode].value_or("");
  return text;
}

}  // namespace

std::string address_text(const json::object& personalisation, AddressKeys keys) {
  std::array<std::optional<std::string>, 8> slots;
  for (const auto& [key, value] : personalisation) {
    if (auto slot = slot_of(key, keys)) slots[*slot] = printed(value);
  }
  return join_slots(slots);
}

std::string address_text(const std::vector<std::pair<std::string, std::string>>& personalisation,
                         AddressKeys keys) {
  std::array<std::optional<std::string>, 8> slots;
  for (const auto& [key, value] : personalisation) {
    if (auto slot = slot_of(key, keys)) slots[*slot] = value;
  }
  return join_slots(slots);
}

}  // namespace postroom::recipients
