// Stored forms, failure codes, hostile input. More is checked against tests/data/postal_addresses.json, in
// tests/vectors.
#include "core/recipients/postal_address.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>

#include "base/json.h"

namespace postroom::recipients {
namespace {

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
