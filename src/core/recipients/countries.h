// Country names as people write them on letters: English, Welsh, native, two-letter codes, common slips.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::recipients {

// Where a letter travels to. Wire values have hyphens: "rest-of-world".
enum class PostageZone : std::uint8_t { united_kingdom, europe, rest_of_world };
std::string_view to_string(PostageZone zone);

struct Country {
  std::string_view name;  // canonical English spelling, printed on the envelope; lives as long as the program
  PostageZone zone = PostageZone::united_kingdom;
};

// The country that a whole address line names, or nothing. Case, blanks, hyphens, dots, commas, brackets,
// apostrophes and accents do not matter. A line with a digit never is a country.
std::optional<Country> find_country(std::string_view line);

// "United Kingdom".
const Country& united_kingdom();

// How many spellings are known; the tables are data/countries.tsv and data/country_names.tsv.
std::size_t known_country_spellings();

}  // namespace postroom::recipients
