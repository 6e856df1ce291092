// Phone numbers: spelling, country, kind, permissions, what they cost.
#include "core/recipients/phone_number.h"
#include "vectors.h"

namespace postroom::vectors {
namespace {

using namespace recipients;

std::string code_of(const tl::expected<void, PhoneError>& result) {
  return result ? "" : std::string(to_string(result.error()));
}

void check_facts(const PhoneNumber& number, const json::object& row) {
  EXPECT_EQ(number.normalised(), text_of(row, "normalised"));
  if (!row.contains("international")) return;
  EXPECT_EQ(number.is_international(), flag_of(row, "international"));
  EXPECT_EQ(number.is_crown_dependency(), flag_of(row, "crown_dependency"));
  EXPECT_EQ(number.is_uk_prefix(), flag_of(row, "is_uk_prefix"));
  EXPECT_EQ(number.prefix(), text_of(row, "country_prefix"));
  EXPECT_EQ(number.rate_multiplier(), get_int(row, "rate_multiplier").value_or(0));
  if (row.at("numeric_sender").is_bool()) {
    EXPECT_EQ(number.needs_numeric_sender(), flag_of(row, "numeric_sender"));
  }
  const json::object& validate = row.at("validate").as_object();
  EXPECT_EQ(code_of(check_permissions(number, {false, false})), text_of(validate, "uk_only"));
  EXPECT_EQ(code_of(check_permissions(number, {true, false})), text_of(validate, "international"));
  EXPECT_EQ(code_of(check_permissions(number, {false, true})), text_of(validate, "landline"));
  EXPECT_EQ(code_of(check_permissions(number, {true, true})), text_of(validate, "both"));
}

void check(const json::object& row) {
  std::string input = text_of(row, "input");
  auto number = flag_of(row, "service_contact_number") ? PhoneNumber::parse_service_contact(input)
                                                       : PhoneNumber::parse(input);
  // Where newer metadata knows more ranges, its answer is as good.
  if (const json::value* newer = row.if_contains("newer_metadata"); newer != nullptr && number) {
    EXPECT_EQ(number->normalised(), text_of(newer->as_object(), "normalised"));
    return;
  }
  EXPECT_EQ(number ? "" : std::string(to_string(number.error())), text_of(row, "error"));
  if (number) check_facts(*number, row);
}

const VectorFile kFile("phone_numbers", check);

}  // namespace
}  // namespace postroom::vectors
