// What an HTML parser makes of a text (libgumbo, which parses as browsers do).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postroom::properties {

struct HtmlTree {
  // Elements as a nested list with the names of their attributes: "p[style](br a[href style]())".
  std::string shape;
  std::string text;                     // all text nodes, joined
  std::vector<std::string> elements;    // every element's name
  std::vector<std::string> attributes;  // every attribute's name
  std::vector<std::string> links;       // every href
};

// `html` is the inside of a body, or a whole document.
HtmlTree parse_html(std::string_view html);

}  // namespace postroom::properties
