#include "core/content/link_target.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace postroom::content {
namespace {

constexpr std::array<std::string_view, 6> kSchemes = {"ftp:", "file:", "http:", "https:", "mailto:", "tel:"};

}  // namespace

std::string link_href(std::string_view target) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(target.size() + 8);
  bool has_scheme = std::ranges::any_of(kSchemes, [&](std::string_view scheme) {
    return equals_ignoring_case(target.substr(0, scheme.size()), scheme);
  });
  if (!has_scheme) out += "http://";
  for (char c : target) {
    if (is_ascii_alnum(c) || std::string_view("_.-~:/?#=&;%").find(c) != std::string_view::npos) {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace postroom::content
