// Targets of links that people typed, as the value of an HTML attribute.
#pragma once

#include <string>
#include <string_view>

namespace postroom::content {

// `target` is HTML-escaped text. Percent-encodes what is special in URLs and attributes, and puts "http://" before
// what has none of the schemes that mail may link to, which also makes "javascript:" harmless.
std::string link_href(std::string_view target);

}  // namespace postroom::content
