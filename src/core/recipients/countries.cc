#include "core/recipients/countries.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "core/recipients/data_tables.h"
#include "core/recipients/plain_text.h"

namespace postroom::recipients {
namespace {

constexpr std::string_view kUnitedKingdom = "United Kingdom";
// Longer lines are no country (the longest spelling has about 60 characters).
constexpr std::size_t kCountryLineBytesMax = 200;

std::optional<PostageZone> zone_of(std::string_view text) {
  for (auto zone : {PostageZone::united_kingdom, PostageZone::europe, PostageZone::rest_of_world}) {
    if (to_string(zone) == text) return zone;
  }
  return std::nullopt;
}

// What spellings are compared by; see find_country.
std::string name_key(std::string_view name) {
  std::string spelled = replace_all(replace_all(name, "&", "and"), "+", "and");
  std::string lowered = replace_all(lower_unicode(spelled), "’", "");
  std::erase_if(lowered, [](char c) { return std::string_view(" _-',.()").find(c) != std::string_view::npos; });
  std::string plain = to_plain_ascii(lowered);
  // Names in other scripts stay as they are.
  return plain.find('?') == std::string::npos ? plain : lowered;
}

// The rows of a table: cells of each line that is neither empty nor a comment. Views into the compiled-in text.
std::vector<std::vector<std::string_view>> rows_of(std::string_view tsv) {
  std::vector<std::vector<std::string_view>> rows;
  for (std::string_view line : split_lines(tsv)) {
    if (line.empty() || line.front() == '#') continue;
    auto& cells = rows.emplace_back();
    for (std::size_t start = 0;;) {
      std::size_t tab = line.find('\t', start);
      cells.push_back(line.substr(start, tab == std::string_view::npos ? tab : tab - start));
      if (tab == std::string_view::npos) break;
      start = tab + 1;
    }
  }
  return rows;
}

class CountryTable {
 public:
  CountryTable() {
    std::unordered_map<std::string_view, Country> canonical;
    for (const auto& cells : rows_of(data_tables::countries())) {
      auto zone = cells.size() >= 2 ? zone_of(cells[1]) : std::nullopt;
      if (!zone) continue;
      Country country{cells[0], *zone};
      canonical.emplace(cells[0], country);
      spellings_.emplace(name_key(cells[0]), country);
    }
    for (const auto& cells : rows_of(data_tables::country_names())) {
      if (cells.size() < 2) continue;
      if (auto found = canonical.find(cells[1]); found != canonical.end())
        spellings_.emplace(name_key(cells[0]), found->second);
    }
  }

  const Country* find(const std::string& key) const {
    auto found = spellings_.find(key);
    return found == spellings_.end() ? nullptr : &found->second;
  }
  std::size_t size() const { return spellings_.size(); }

 private:
  std::unordered_map<std::string, Country> spellings_;
};

const CountryTable& table() {
  static const CountryTable countries;
  return countries;
}

}  // namespace

std::string_view to_string(PostageZone zone) {
  switch (zone) {
    case PostageZone::united_kingdom: return "united-kingdom";
    case PostageZone::europe: return "europe";
    case PostageZone::rest_of_world: return "rest-of-world";
  }
  return "united-kingdom";
}

std::optional<Country> find_country(std::string_view line) {
  if (line.empty() || line.size() > kCountryLineBytesMax) return std::nullopt;
  if (std::any_of(line.begin(), line.end(), is_ascii_digit)) return std::nullopt;
  std::string key = name_key(line);
  if (key.empty()) return std::nullopt;
  // "Gambia" is "The Gambia"; Welsh names may lack their article.
  for (std::string_view article : {"", "the", "yr", "y"}) {
    if (const Country* country = table().find(std::string(article) + key)) return *country;
  }
  return std::nullopt;
}

const Country& united_kingdom() {
  static const Country home{kUnitedKingdom, PostageZone::united_kingdom};
  return home;
}

std::size_t known_country_spellings() { return table().size(); }

}  // namespace postroom::recipients
