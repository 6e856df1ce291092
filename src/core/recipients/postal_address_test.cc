// Every vector of postal_addresses.json is one case. Varied: white space, postcode, country, BFPO, keys.
#include "core/recipients/postal_address.h"

#include <chrono>

#include "core/recipients/vectors_test.h"

namespace postroom::recipients {
namespace {

// The vectors write "no lines at all" as one empty line.
std::vector<std::string> expected_lines(const json::object& row) {
  std::vector<std::string> lines = get_strings(row, "normalised_lines");
  if (lines == std::vector<std::string>{""}) lines.clear();
  return lines;
}

std::string code_of(const std::optional<AddressError>& error) {
  return error ? std::string(to_string(*error)) : "";
}

void expect_facts(const PostalAddress& address, const json::object& row) {
  EXPECT_EQ(address.lines(), expected_lines(row));
  EXPECT_EQ(address.postcode(), optional_text(row, "postcode"));
  EXPECT_EQ(address.country().name, text_of(row, "country"));
  if (row.contains("postage_zone")) {
    EXPECT_EQ(to_string(address.postage_zone()), text_of(row, "postage_zone"));
  }
  if (row.contains("international")) {
    EXPECT_EQ(address.is_international(), row.at("international").as_bool());
  }
  if (const json::value* bfpo = row.if_contains("bfpo_number")) {
    std::string expected = bfpo->is_int64() ? std::to_string(bfpo->as_int64()) : text_of(row, "bfpo_number");
    EXPECT_EQ(address.bfpo_number().value_or(""), expected);
  }
  if (auto line = optional_text(row, "single_line")) {
    EXPECT_EQ(address.single_line(), *line);
  }
  EXPECT_EQ(code_of(address.check(false)), text_of(row, "first_error"));
  EXPECT_EQ(!address.check(false), row.at("valid").as_bool());
  if (row.contains("first_error_if_international_allowed")) {
    EXPECT_EQ(code_of(address.check(true)), text_of(row, "first_error_if_international_allowed"));
  }
  if (const json::value* expected = row.if_contains("as_personalisation"); expected && expected->is_object()) {
    json::object pairs;
    for (auto& [key, value] : address.as_personalisation()) pairs[key] = value;
    EXPECT_EQ(pairs, expected->as_object());
  }
}

TEST(PostalAddress, vectors) {
  json::array rows = read_vectors("postal_addresses.json");
  ASSERT_EQ(rows.size(), 285u);
  for (const json::value& value : rows) {
    const json::object& row = value.as_object();
    SCOPED_TRACE(json::serialize(row.contains("input") ? row.at("input") : row.at("personalisation")));
    if (row.contains("input")) {
      expect_facts(PostalAddress::read(text_of(row, "input")), row);
      EXPECT_EQ(PostalAddress::parse(text_of(row, "input"), false).has_value(), row.at("valid").as_bool());
      continue;
    }
    auto keys = text_of(row, "keys_matched") == "exactly" ? AddressKeys::exact : AddressKeys::any_spelling;
    expect_facts(PostalAddress::read(address_text(row.at("personalisation").as_object(), keys)), row);
  }
  std::printf("postal_addresses.json: %zu cases\n", rows.size());
}

TEST(PostalAddress, pairs_read_like_json) {
  std::vector<std::pair<std::string, std::string>> pairs = {
      {"address_line_1", "Ada"}, {"address_line_2", "1 Mill Lane"}, {"postcode", "ls14ap"}, {"name", "x"}};
  EXPECT_EQ(PostalAddress::read(address_text(pairs)).single_line(), "Ada, 1 Mill Lane, LS1 4AP");
  pairs.emplace_back("address_line_7", "");
  EXPECT_EQ(PostalAddress::read(address_text(pairs)).single_line(), "Ada, 1 Mill Lane");
}

TEST(PostalAddress, printed_values_of_json) {
  json::object personalisation = {{"address_line_1", 12.5},
                                  {"address_line_2", true},
                                  {"address_line_3", json::array{}},
                                  {"address_line_4", json::array{"a"}}};
  EXPECT_EQ(PostalAddress::read(address_text(personalisation)).lines(),
            (std::vector<std::string>{"12.5", "True", "[\"a\"]"}));
}

TEST(PostalAddress, normalised_text_for_searching) {
  EXPECT_EQ(PostalAddress::read("Ada É\n1 Mill  Lane\nls1 4ap").normalised(), "adaé1milllanels14ap");
}

TEST(PostalAddress, failure_codes_of_pdf_letters) {
  struct Case {
    const char* text;
    bool international;
    const char* code;
  };
  for (const Case& c : {Case{"", false, "address-is-empty"}, Case{"a\nb", false, "not-enough-address-lines"},
                        Case{"a\nb\nc\nd\ne\nf\ng\nLS1 4AP", false, "too-many-address-lines"},
                        Case{"?\nb\nLS1 4AP", false, "invalid-address-line-1-or-2"},
                        Case{"a\nb\nBFPO 1\nFrance", false, "has-country-for-bfpo-address"},
                        Case{"a\nb\nFrance", false, "cant-send-international-letters"},
                        Case{"a\nb\nc", false, "not-a-real-uk-postcode"},
                        Case{"a\nb\nc", true, "not-a-real-uk-postcode-or-country"},
                        Case{"a\n(b\nLS1 4AP", false, "invalid-char-in-address"},
                        Case{"a\nnfa\nLS1 4AP", false, "no-fixed-abode-address"}}) {
    PostalAddress address = PostalAddress::read(c.text);
    auto error = address.check(c.international);
    ASSERT_TRUE(error) << c.text;
    EXPECT_EQ(pdf_failure_code(address, *error), c.code);
    EXPECT_FALSE(describe(*error).empty());
  }
}

TEST(PostalAddress, long_input_takes_linear_time) {
  auto start = std::chrono::steady_clock::now();
  for (const std::string& part : {std::string(" ,"), std::string("UK\n"), std::string("BFPO 1\n"),
                                  std::string("a , ."), std::string("\u200b")}) {
    std::string text;
    while (text.size() < 200'000) text += part;
    EXPECT_TRUE(PostalAddress::read(text).check(true)) << part;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace postroom::recipients
