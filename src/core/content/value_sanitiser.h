// Makes values harmless for emails: no links, no Markdown. The caller names the values that strangers can write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace postroom::content {

// Removes URL-like pieces (a bare domain gets blanks after its dots instead) and backslash-escapes the
// characters that Markdown gives a meaning.
std::string sanitise_value(std::string_view value);

struct SanitisedValue {
  std::string name;  // as in the personalisation
  std::string unsanitised;
  std::string sanitised;
};

// Sanitises, in place, the text values of `personalisation` whose name is (by key) among `names`; other values
// stay. Returns those that changed.
std::vector<SanitisedValue> sanitise_content_for(json::object& personalisation,
                                                 const std::vector<std::string>& names);

}  // namespace postroom::content
