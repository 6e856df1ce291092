// The table of the fast path agrees with the metadata library; hostile input. What people type is checked against
// tests/data/phone_numbers.json, in tests/vectors.
#include "core/recipients/phone_number.h"

#include <gtest/gtest.h>

#include <chrono>

#include "core/recipients/phone_metadata.h"

namespace postroom::recipients {
namespace {

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
