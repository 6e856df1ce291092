// Hostile input. More is checked against tests/data/email_addresses.json, in tests/vectors.
#include "core/recipients/email_address.h"

#include <gtest/gtest.h>

namespace postroom::recipients {
namespace {

TEST(EmailAddress, hostile_input_is_refused) {
  EXPECT_FALSE(EmailAddress::parse(std::string(1'000'000, '@')));
  EXPECT_FALSE(EmailAddress::parse("a@" + std::string(1'000'000, 'b')));
  EXPECT_FALSE(EmailAddress::parse("a@\xff.org"));
  EXPECT_FALSE(EmailAddress::parse("a@é\xff.org"));
  EXPECT_FALSE(EmailAddress::parse(std::string_view("a\0b@e.org", 9)));
}

}  // namespace
}  // namespace postroom::recipients
