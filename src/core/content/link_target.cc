#include "core/content/link_target.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace postroom::content {
namespace {

constexpr std::array<std::string_view, 6> kSchemes = {"ftp:", "file:", "http:", "https:", "mailto:", "tel:"};

}  // namespace

std::string link_href(std::string_view target) {
  bool has_scheme = std::ranges::any_of(kSchemes, [&](std::string_view scheme) {
    return equals_ignoring_case(target.substr(0, scheme.size()), scheme);
  });
  return (has_scheme ? "" : "http://") + percent_encode(target, ":/?#=&;%");
}

}  // namespace postroom::content
