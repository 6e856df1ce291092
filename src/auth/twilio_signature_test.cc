// The example of Twilio's documentation, and what must not pass.
#include "auth/twilio_signature.h"

#include <gtest/gtest.h>

#include <vector>

namespace postroom::auth {
namespace {

const std::vector<std::pair<std::string, std::string>> kFields{{"Digits", "1234"},
                                                               {"To", "+18005551212"},
                                                               {"From", "+14158675310"},
                                                               {"Caller", "+14158675310"},
                                                               {"CallSid", "CA1234567890ABCDE"}};
constexpr std::string_view kUrl = "https://example.com/myapp.php?foo=1&bar=2";

TEST(TwilioSignature, TheDocumentedExample) {
  EXPECT_EQ(twilio_signature("12345", kUrl, kFields), "L/OH5YylLD5NRKLltdqwSvS0BnU=");
  EXPECT_TRUE(is_twilio_signature("L/OH5YylLD5NRKLltdqwSvS0BnU=", "12345", kUrl, kFields));
}

TEST(TwilioSignature, AnythingElseIsWrong) {
  const std::string right = twilio_signature("12345", kUrl, kFields);
  EXPECT_FALSE(is_twilio_signature(right, "12346", kUrl, kFields));
  EXPECT_FALSE(is_twilio_signature(right, "12345", "https://example.com/myapp.php?foo=1", kFields));
  auto fields = kFields;
  fields[0].second = "1235";
  EXPECT_FALSE(is_twilio_signature(right, "12345", kUrl, fields));
  EXPECT_FALSE(is_twilio_signature("", "12345", kUrl, kFields));
  EXPECT_FALSE(is_twilio_signature(twilio_signature("", kUrl, kFields), "", kUrl, kFields));
}

}  // namespace
}  // namespace postroom::auth
