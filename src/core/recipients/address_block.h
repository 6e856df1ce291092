// The address as it stands on a letter, also while parts of it are missing.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

namespace postroom::recipients {

struct AddressBlockLine {
  std::string text;         // plain text; of a missing line, the name of its value
  bool is_missing = false;  // shown highlighted in previews

  friend bool operator==(const AddressBlockLine&, const AddressBlockLine&) = default;
};

// The normalised lines when there are three to seven. Otherwise what was given for lines 1 to 7, with the names
// of those that were not; the postcode stands in for line 7. Keys match in any spelling.
std::vector<AddressBlockLine> address_block(const boost::json::object& personalisation);

}  // namespace postroom::recipients
