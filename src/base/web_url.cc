#include "base/web_url.h"

#include <algorithm>

#include "base/text.h"

namespace postroom {

bool is_web_url(std::string_view text) {
  if (text.size() > kWebUrlCharactersMax) return false;
  std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return false;
  std::string_view rest = text.substr(scheme);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || (!is_ascii_alnum(authority.front()) && authority.front() != '[') ||
      authority.find('@') != std::string_view::npos) {
    return false;
  }
  return std::all_of(rest.begin(), rest.end(), [](char c) {
    return is_ascii_alnum(c) || std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string_view::npos;
  });
}

}  // namespace postroom
