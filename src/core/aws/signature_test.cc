// The vectors that Amazon publishes for Signature Version 4 (aws-sig-v4-test-suite).
#include "core/aws/signature.h"

#include <gtest/gtest.h>

namespace postroom::aws {
namespace {

struct Vector {
  const char* name;
  AwsCall call;
  const char* signed_headers;
  const char* signature;
};

TEST(AwsSignature, PublishedVectors) {
  const AwsHeaders host = {{"Host", "example.amazonaws.com"}};
  const auto with = [&](AwsHeaders more) {
    AwsHeaders out = host;
    out.insert(out.end(), more.begin(), more.end());
    return out;
  };
  const Vector vectors[] = {
      {"get-vanilla",
       {"GET", "/", {}, host},
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-vanilla-query-order-key-case",
       {"GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}, host},
       "host;x-amz-date",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-utf8-query",
       {"GET", "/", {{"\xE1\x88\xB4", "bar"}}, host},
       "host;x-amz-date",
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-utf8",
       {"GET", "/\xE1\x88\xB4", {}, host},
       "host;x-amz-date",
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-header-value-trim",
       {"GET", "/", {}, with({{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}})},
       "host;my-header1;my-header2;x-amz-date",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"post-vanilla",
       {"POST", "/", {}, host},
       "host;x-amz-date",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-x-www-form-urlencoded",
       {"POST", "/", {}, with({{"Content-Type", "application/x-www-form-urlencoded"}}), "Param1=value1"},
       "content-type;host;x-amz-date",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
  };
  const AwsCredentials credentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
  for (const Vector& v : vectors) {
    const AwsHeaders added =
        sign(v.call, credentials, {"us-east-1", "service"}, *parse_rfc3339("2015-08-30T12:36:00Z"));
    ASSERT_EQ(added.size(), 2u) << v.name;
    EXPECT_EQ(added[0], (std::pair<std::string, std::string>("X-Amz-Date", "20150830T123600Z")));
    EXPECT_EQ(added[1].second,
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=" +
                  std::string(v.signed_headers) + ", Signature=" + v.signature)
        << v.name;
  }
}

// What botocore 1.44.8 (Amazon's own client library, botocore.auth.SigV4Auth) makes of these calls of SES. It also
// signs four of the vectors above as they stand there.
TEST(AwsSignature, CallsOfSesAsBotocoreSignsThem) {
  const AwsCall call{
      "POST",
      "/v2/email/outbound-emails",
      {},
      {{"Host", "email.eu-west-2.amazonaws.com"}, {"Content-Type", "application/json"}},
      R"({"Content":{"Raw":{"Data":"RnJvbTogYUBiDQoNCg=="}},"Destination":{"ToAddresses":["ann@example.org"]}})"};
  struct Case {
    const char* token;
    const char* signed_headers;
    const char* signature;
  };
  const Case cases[] = {
      {"", "content-type;host;x-amz-date", "de49727bdbad753f549b0fce4128f54ca885ba7c909cfeec12c3fd449a1b1bdb"},
      {"token/with+signs==", "content-type;host;x-amz-date;x-amz-security-token",
       "58f21f13cebff897c5a8b9efc04827145f134ba118aeb79a23422851985c5e28"}};
  for (const Case& c : cases) {
    const AwsHeaders added = sign(call, {"AKIDTEST", "a secret/with+signs", c.token}, {"eu-west-2", "ses"},
                                  *parse_rfc3339("2026-03-02T09:08:07Z"));
    EXPECT_EQ(added.back().second,
              "AWS4-HMAC-SHA256 Credential=AKIDTEST/20260302/eu-west-2/ses/aws4_request, SignedHeaders=" +
                  std::string(c.signed_headers) + ", Signature=" + c.signature);
  }
}

TEST(AwsSignature, TemporaryCredentialsSendTheirToken) {
  const AwsCall call{"POST", "/", {}, {{"Host", "h"}, {"A", "1"}, {"a", "2"}}, "{}"};
  const AwsHeaders added = sign(call, {"id", "secret", "token"}, {"r", "s"}, UtcTime{});
  ASSERT_EQ(added.size(), 3u);
  EXPECT_EQ(added[1], (std::pair<std::string, std::string>("X-Amz-Security-Token", "token")));
  EXPECT_NE(added[2].second.find("SignedHeaders=a;host;x-amz-date;x-amz-security-token,"), std::string::npos);
  EXPECT_EQ(added[2].second.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace postroom::aws
