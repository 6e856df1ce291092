// Names of countries as people write them.
#include "core/recipients/countries.h"

#include "vectors.h"

namespace postroom::vectors {
namespace {

void check(const json::object& row) {
  auto country = recipients::find_country(text_of(row, "input"));
  EXPECT_EQ(country ? std::string(country->name) : "", text_of(row, "canonical"));
  EXPECT_EQ(country ? std::string(to_string(country->zone)) : "", text_of(row, "zone"));
}

const VectorFile kFile("countries", check);

}  // namespace
}  // namespace postroom::vectors
