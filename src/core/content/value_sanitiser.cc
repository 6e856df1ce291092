#include "core/content/value_sanitiser.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "core/content/personalisation.h"
#include "core/content/url_finder.h"

namespace postroom::content {
namespace {

constexpr std::string_view kMarkdownCharacters = "`*_()\\{}[]<>#+-.!|";

bool is_bare_domain(std::string_view piece) {
  return std::ranges::all_of(piece, [](char c) { return is_ascii_alnum(c) || c == '.' || c == '-'; });
}

std::string without_links(std::string_view value) {
  std::string out;
  UrlFinder finder(value);
  std::size_t position = 0;
  while (auto piece = finder.next(position)) {
    out += value.substr(position, piece->begin - position);
    std::string_view url = value.substr(piece->begin, piece->end - piece->begin);
    if (is_bare_domain(url)) out += replace_all(url, ".", ". ");
    position = piece->end;
  }
  out += value.substr(position);
  return out;
}

}  // namespace

std::string sanitise_value(std::string_view value) {
  std::string out;
  for (char c : without_links(value)) {
    if (kMarkdownCharacters.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::vector<SanitisedValue> sanitise_content_for(json::object& personalisation,
                                                 const std::vector<std::string>& names) {
  std::unordered_set<std::string> keys;
  for (const std::string& name : names) keys.insert(personalisation_key(name));
  std::vector<SanitisedValue> changed;
  for (auto& member : personalisation) {
    if (!member.value().is_string() || !keys.contains(personalisation_key(member.key()))) continue;
    std::string_view value = member.value().get_string();
    std::string sanitised = sanitise_value(value);
    if (sanitised == value) continue;
    changed.push_back({std::string(member.key()), std::string(value), sanitised});
    member.value() = sanitised;
  }
  return changed;
}

}  // namespace postroom::content
