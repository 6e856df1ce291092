// Addresses of web pages, as people write them into settings.
#pragma once

#include <string_view>

namespace postroom {

inline constexpr std::size_t kWebUrlCharactersMax = 2'000;

// http:// or https:// in lower case, a host, and nothing but what RFC 3986 allows in a URL: so it can stand in an
// attribute, a header or a Markdown link without escaping more than &. No user and password.
bool is_web_url(std::string_view text);

}  // namespace postroom
