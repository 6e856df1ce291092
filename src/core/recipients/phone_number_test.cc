// What people type as phone numbers: every vector of phone_numbers.json is one case. Varied: spelling, country,
// kind of number, permissions. Also: the table of the fast path agrees with the metadata library.
#include "core/recipients/phone_number.h"

#include <chrono>

#include "core/recipients/phone_metadata.h"
#include "core/recipients/vectors_test.h"

namespace postroom::recipients {
namespace {

std::string code_of(const tl::expected<void, PhoneError>& result) {
  return result ? "" : std::string(to_string(result.error()));
}

void expect_facts(const PhoneNumber& number, const json::object& row) {
  EXPECT_EQ(number.normalised(), text_of(row, "normalised"));
  if (!row.contains("international")) return;
  EXPECT_EQ(number.is_international(), row.at("international").as_bool());
  EXPECT_EQ(number.is_crown_dependency(), row.at("crown_dependency").as_bool());
  EXPECT_EQ(number.is_uk_prefix(), row.at("is_uk_prefix").as_bool());
  EXPECT_EQ(number.prefix(), text_of(row, "country_prefix"));
  EXPECT_EQ(number.rate_multiplier(), get_int(row, "rate_multiplier").value_or(0));
  if (row.at("numeric_sender").is_bool()) {
    EXPECT_EQ(number.needs_numeric_sender(), row.at("numeric_sender").as_bool());
  }
  const json::object& validate = row.at("validate").as_object();
  EXPECT_EQ(code_of(check_permissions(number, {false, false})), text_of(validate, "uk_only"));
  EXPECT_EQ(code_of(check_permissions(number, {true, false})), text_of(validate, "international"));
  EXPECT_EQ(code_of(check_permissions(number, {false, true})), text_of(validate, "landline"));
  EXPECT_EQ(code_of(check_permissions(number, {true, true})), text_of(validate, "both"));
}

TEST(PhoneNumber, vectors) {
  json::array rows = read_vectors("phone_numbers.json");
  ASSERT_EQ(rows.size(), 326u);
  for (const json::value& value : rows) {
    const json::object& row = value.as_object();
    std::string input = text_of(row, "input");
    SCOPED_TRACE(text_of(row, "category") + " '" + input + "'");
    auto number = get_bool(row, "service_contact_number").value_or(false)
                      ? PhoneNumber::parse_service_contact(input)
                      : PhoneNumber::parse(input);
    // Where newer metadata knows more ranges, its answer is as good.
    if (const json::value* newer = row.if_contains("newer_metadata"); newer && number) {
      EXPECT_EQ(number->normalised(), text_of(newer->as_object(), "normalised"));
      continue;
    }
    EXPECT_EQ(number ? "" : std::string(to_string(number.error())), text_of(row, "error"));
    if (number) expect_facts(*number, row);
  }
  std::printf("phone_numbers.json: %zu cases\n", rows.size());
}

// Two numbers of each of the 1,000 blocks 7abc; a newer library may move ranges, then the table must follow.
TEST(PhoneNumber, fast_path_agrees_with_the_metadata) {
  for (int block = 7000; block <= 7999; ++block) {
    for (const char* tail : {"000000", "712345", "987654"}) {
      std::string text = "0" + std::to_string(block) + tail;
      auto fast = PhoneNumber::parse(text);
      auto slow = PhoneMetadata::read(text, false);
      ASSERT_EQ(fast.has_value(), slow.has_value()) << text;
      if (!fast) continue;
      EXPECT_EQ(fast->normalised(), slow->normalised()) << text;
      EXPECT_EQ(fast->is_international(), slow->is_international()) << text;
      EXPECT_EQ(fast->kind(), slow->kind()) << text;
    }
  }
}

TEST(PhoneNumber, plain_spellings_read_as_the_metadata_reads_them) {
  for (const char* text : {"07900900123", "7900900123", "447900900123", "+447900900123", "00447900900123",
                           "(07900) 900-123", "+44-7900 900 123", " 07900 900123 ", "+ 44 7900900123",
                           "-07900900123-", "+(44)7900900123", "0 0 44 7900900123"}) {
    auto fast = PhoneNumber::parse(text);
    auto slow = PhoneMetadata::read(text, false);
    ASSERT_TRUE(fast) << text;
    EXPECT_EQ(fast->normalised(), "447900900123") << text;
    if (slow) {
      EXPECT_EQ(fast->normalised(), slow->normalised()) << text;
    }
  }
}

TEST(PhoneNumber, ordinary_mobile_is_read_without_the_library) {
  auto start = std::chrono::steady_clock::now();
  constexpr int kRounds = 20'000;
  for (int i = 0; i < kRounds; ++i) ASSERT_TRUE(PhoneNumber::parse("07900 900123"));
  auto each = (std::chrono::steady_clock::now() - start) / kRounds;
  // The library needs 30 microseconds or more; a debug build of ours under one.
  EXPECT_LT(each, std::chrono::microseconds(10));
}

TEST(PhoneNumber, human_form) {
  EXPECT_EQ(PhoneNumber::parse("+447456123987")->human_form(), "07456 123987");
  EXPECT_EQ(PhoneNumber::parse("020 7946 0123")->human_form(), "020 7946 0123");
  EXPECT_EQ(PhoneNumber::parse("0033612345678")->human_form(), "+33 6 12 34 56 78");
}

TEST(PhoneNumber, hostile_input_is_refused) {
  EXPECT_EQ(PhoneNumber::parse(std::string(1'000'000, '1')).error(), PhoneError::too_long);
  EXPECT_EQ(PhoneNumber::parse(std::string(1'000'000, '0')).error(), PhoneError::too_short);
  EXPECT_EQ(PhoneNumber::parse(std::string(1'000'000, 'x')).error(), PhoneError::unknown_character);
  EXPECT_EQ(PhoneNumber::parse("07900\xff 900123").error(), PhoneError::unknown_character);
  EXPECT_EQ(PhoneNumber::parse(std::string_view("07900900\0 23", 12)).error(), PhoneError::unknown_character);
}

TEST(PhoneNumber, errors_have_texts_of_their_own) {
  for (auto error : {PhoneError::unknown_character, PhoneError::too_short, PhoneError::too_long,
                     PhoneError::unsupported_country_code, PhoneError::invalid_number, PhoneError::not_a_uk_mobile,
                     PhoneError::unsupported_emergency_number}) {
    EXPECT_FALSE(to_string(error).empty());
    EXPECT_FALSE(describe(error).empty());
  }
  EXPECT_EQ(phone_as_given(" \u200b07900\u00a0900123\n"), "07900900123");
}

}  // namespace
}  // namespace postroom::recipients
