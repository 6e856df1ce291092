// Character references of HTML (WHATWG HTML, section 13.5), of which only those with a semicolon count here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace postroom::content {

struct NamedEntity {
  std::string_view name;
  std::string_view text;
  bool legacy;  // HTML accepts it without a semicolon, too
};

std::span<const NamedEntity> named_entities();

// Decodes "&name;", "&#65;" and "&#x41;". A name that is unknown but begins with a legacy name is decoded up to
// there ("&notit;"). What has no semicolon stays.
std::string decode_entities(std::string_view text);

// HTML text that people wrote: "&amp;" and "&nbsp;" stay, other references are decoded, then & < > are escaped.
// Quotes are not, so the result must not go into an attribute as it is.
std::string escape_markup(std::string_view text);

// HTML text as the value of an attribute between double quotes: tags show as they were typed, references stay.
std::string attribute_value(std::string_view html);
// HTML without its tags; references stay.
std::string without_tags(std::string_view html);

}  // namespace postroom::content
