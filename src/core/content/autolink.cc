#include "core/content/autolink.h"

#include <algorithm>

#include "core/content/link_target.h"
#include "core/content/url_finder.h"

namespace postroom::content {
namespace {

constexpr std::string_view kPunctuation = ".,:;!?'\"";

// `url` without the punctuation of the sentence at its end; a closing bracket belongs to the sentence when the
// address has no opening one for it.
std::string_view without_punctuation(std::string_view url) {
  auto surplus = std::ranges::count(url, ')') - std::ranges::count(url, '(');
  while (!url.empty()) {
    if (url.back() == ')' && surplus > 0) {
      --surplus;
    } else if (kPunctuation.find(url.back()) == std::string_view::npos) {
      break;
    }
    url.remove_suffix(1);
  }
  return url;
}

}  // namespace

std::string autolink(std::string_view html) {
  std::string out;
  UrlFinder finder(html);
  std::size_t position = 0;
  while (auto piece = finder.next(position)) {
    out.append(html.substr(position, piece->begin - position));
    std::string_view url = without_punctuation(html.substr(piece->begin, piece->end - piece->begin));
    out.append("<a href=\"").append(link_href(url)).append("\">").append(url).append("</a>");
    position = piece->begin + url.size();
  }
  return out.append(html.substr(position));
}

std::string_view first_link(std::string_view text) {
  auto piece = UrlFinder(text).next(0);
  return piece ? without_punctuation(text.substr(piece->begin, piece->end - piece->begin)) : std::string_view();
}

}  // namespace postroom::content
