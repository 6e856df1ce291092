// Every vector of email_addresses.json is one case. Varied: local part, domain, invisible characters, lengths.
#include "core/recipients/email_address.h"

#include "core/recipients/vectors_test.h"

namespace postroom::recipients {
namespace {

TEST(EmailAddress, vectors) {
  json::array rows = read_vectors("email_addresses.json");
  ASSERT_EQ(rows.size(), 158u);
  for (const json::value& value : rows) {
    const json::object& row = value.as_object();
    std::string input = text_of(row, "input");
    SCOPED_TRACE(text_of(row, "category") + " '" + input + "'");
    if (auto formatted = optional_text(row, "formatted")) {
      EXPECT_EQ(normalise_email_text(input), *formatted);
      continue;
    }
    auto address = EmailAddress::parse(input);
    ASSERT_EQ(address.has_value(), row.at("valid").as_bool());
    if (!address) {
      EXPECT_EQ(address.error().kind, ErrorKind::invalid_input);
      continue;
    }
    EXPECT_EQ(address->text(), text_of(row, "validated"));
    EXPECT_EQ(address->normalised(), text_of(row, "normalised"));
  }
  std::printf("email_addresses.json: %zu cases\n", rows.size());
}

TEST(EmailAddress, hostile_input_is_refused) {
  EXPECT_FALSE(EmailAddress::parse(std::string(1'000'000, '@')));
  EXPECT_FALSE(EmailAddress::parse("a@" + std::string(1'000'000, 'b')));
  EXPECT_FALSE(EmailAddress::parse("a@\xff.org"));
  EXPECT_FALSE(EmailAddress::parse("a@é\xff.org"));
  EXPECT_FALSE(EmailAddress::parse(std::string_view("a\0b@e.org", 9)));
}

}  // namespace
}  // namespace postroom::recipients
