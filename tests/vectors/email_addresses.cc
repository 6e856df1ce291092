// Email addresses: local part, domain, invisible characters, lengths.
#include "core/recipients/email_address.h"
#include "vectors.h"

namespace postroom::vectors {
namespace {

using namespace recipients;

void check(const json::object& row) {
  std::string input = text_of(row, "input");
  if (row.contains("formatted")) {
    EXPECT_EQ(normalise_email_text(input), text_of(row, "formatted"));
    return;
  }
  auto address = EmailAddress::parse(input);
  ASSERT_EQ(address.has_value(), row.at("valid").as_bool());
  if (!address) {
    EXPECT_EQ(address.error().kind, ErrorKind::invalid_input);
    return;
  }
  EXPECT_EQ(address->text(), text_of(row, "validated"));
  EXPECT_EQ(address->normalised(), text_of(row, "normalised"));
}

const VectorFile kFile("email_addresses", check);

}  // namespace
}  // namespace postroom::vectors
