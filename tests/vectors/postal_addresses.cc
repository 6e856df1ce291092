// Postal addresses: white space, postcode, country, BFPO, keys of personalisation.
#include "core/recipients/postal_address.h"

#include "vectors.h"

namespace postroom::vectors {
namespace {

using namespace recipients;

std::string code_of(const std::optional<AddressError>& error) {
  return error ? std::string(to_string(*error)) : "";
}

void check_facts(const PostalAddress& address, const json::object& row) {
  std::vector<std::string> lines = texts_of(row, "normalised_lines");
  if (lines == std::vector<std::string>{""}) lines.clear();  // how the vectors write "no lines at all"
  EXPECT_EQ(address.lines(), lines);
  if (row.contains("line_count")) {
    EXPECT_EQ(address.lines().size(), size_of(row, "line_count"));
  }
  EXPECT_EQ(address.postcode(), get_string(row, "postcode"));
  EXPECT_EQ(address.country().name, text_of(row, "country"));
  if (row.contains("postage_zone")) {
    EXPECT_EQ(to_string(address.postage_zone()), text_of(row, "postage_zone"));
  }
  if (row.contains("international")) {
    EXPECT_EQ(address.is_international(), flag_of(row, "international"));
  }
  if (const json::value* bfpo = row.if_contains("bfpo_number")) {
    std::string expected = bfpo->is_int64() ? std::to_string(bfpo->get_int64()) : text_of(row, "bfpo_number");
    EXPECT_EQ(address.bfpo_number().value_or(""), expected);
  }
  if (auto line = get_string(row, "single_line")) {
    EXPECT_EQ(address.single_line(), *line);
  }
  EXPECT_EQ(code_of(address.check(false)), text_of(row, "first_error"));
  EXPECT_EQ(!address.check(false), row.at("valid").as_bool());
  if (row.contains("first_error_if_international_allowed")) {
    EXPECT_EQ(code_of(address.check(true)), text_of(row, "first_error_if_international_allowed"));
    EXPECT_EQ(!address.check(true), row.at("valid_if_international_allowed").as_bool());
  }
  if (const json::value* expected = row.if_contains("as_personalisation"); expected && expected->is_object()) {
    json::object pairs;
    for (auto& [key, value] : address.as_personalisation()) pairs[key] = value;
    EXPECT_EQ(pairs, expected->as_object());
  }
}

void check(const json::object& row) {
  if (row.contains("input")) {
    check_facts(PostalAddress::read(text_of(row, "input")), row);
    EXPECT_EQ(PostalAddress::parse(text_of(row, "input"), false).has_value(), flag_of(row, "valid"));
    return;
  }
  auto keys = text_of(row, "keys_matched") == "exactly" ? AddressKeys::exact : AddressKeys::any_spelling;
  check_facts(PostalAddress::read(address_text(row.at("personalisation").as_object(), keys)), row);
}

const VectorFile kFile("postal_addresses", check);

}  // namespace
}  // namespace postroom::vectors
