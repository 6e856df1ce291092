// Varies form, algorithm, signature and claims of tokens around their limits; only a well-formed HS256 token with
// the right key and a time within 30 seconds passes.
#include "auth/jwt.h"

#include <gtest/gtest.h>

namespace postroom::auth {
namespace {

constexpr std::string_view kSecret = "f0e4c2f7-6c58-4e7a-a1bb-2a0b2f4d9f10";
constexpr std::int64_t kNow = 1'770'000'000;
const UtcTime kNowTime{std::chrono::seconds{kNow}};
const json::object kHeader{{"typ", "JWT"}, {"alg", "HS256"}};

std::optional<ClaimFault> fault_of(const json::object& claims) {
  auto token = Token::parse(make_token(kHeader, claims, kSecret));
  EXPECT_TRUE(token);
  return check_claims(*token, kNowTime);
}

TEST(Jwt, KnownTokenVerifies) {
  // RFC 7515 appendix A.1, whose key is given in base64url.
  auto key =
      from_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  auto token = Token::parse(
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  ASSERT_TRUE(key && token);
  EXPECT_TRUE(token->has_supported_algorithm());
  EXPECT_TRUE(token->verify_signature(*key));
  EXPECT_FALSE(token->verify_signature(kSecret));
  EXPECT_EQ(token->claim("iss")->get_string(), "joe");
}

TEST(Jwt, MalformedTokensAreRefused) {
  std::string good = make_token(kHeader, {{"iss", "a"}}, kSecret);
  EXPECT_TRUE(Token::parse(good));
  for (std::string bad :
       {std::string(), std::string("a.b.c"), std::string("not.a.jwt"), good + ".x", good.substr(0, good.rfind('.')),
        "*" + good, good + "*", to_base64url("[]") + ".e30.", "e30." + to_base64url("[1]") + ".",
        "e30." + to_base64url("{") + ".", std::string(9000, 'a')}) {
    EXPECT_FALSE(Token::parse(bad)) << bad.substr(0, 80);
  }
}

TEST(Jwt, EveryChangedByteBreaksTheSignature) {
  std::string good = make_token(kHeader, {{"iss", "a"}, {"iat", kNow}}, kSecret);
  for (std::size_t i = 0; i + 1 < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    auto token = Token::parse(bad);
    EXPECT_FALSE(token && token->verify_signature(kSecret)) << "byte " << i;
  }
}

TEST(Jwt, OnlyHs256IsSupported) {
  for (std::string_view algorithm : {"hs256", "HS384", "HS512", "none", "RS256", ""}) {
    auto token = Token::parse(make_token({{"alg", algorithm}}, {{"iss", "a"}}, kSecret));
    ASSERT_TRUE(token);
    EXPECT_FALSE(token->has_supported_algorithm()) << algorithm;
  }
  auto without = Token::parse(make_token(json::object{}, {{"iss", "a"}}, kSecret));
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->has_supported_algorithm());
}

struct ClaimRow {
  json::object claims;
  std::optional<ClaimFault> fault;
};

TEST(Jwt, ClaimsAreChecked) {
  auto with = [](std::string_view name, json::value value) {
    json::object claims{{"iat", kNow}};
    claims[name] = std::move(value);
    return claims;
  };
  using enum ClaimFault;
  const ClaimRow rows[] = {
      {with("iat", kNow - 31), clock},
      {with("iat", kNow - 30), {}},
      {with("iat", kNow + 30), {}},
      {with("iat", kNow + 31), clock},
      {with("iat", static_cast<double>(kNow) + 30.9), {}},
      {with("iat", kNow * 1000), clock},
      {with("iat", 1e300), clock},
      {with("iat", "soon"), clock},
      {with("iat", nullptr), clock},
      {with("iat", json::array{}), clock},
      {with("iat", json::object{}), clock},
      {{{"iss", "a"}}, no_issued_at},
      {with("nbf", kNow + 30), {}},
      {with("nbf", kNow + 31), clock},
      {with("nbf", "x"), other},
      {with("exp", kNow - 30), other},
      {with("exp", kNow - 29), {}},
      {with("exp", 1e300), {}},
      {with("exp", "x"), other},
      {with("exp", nullptr), other},
      {with("aud", "postroom"), other},
      {with("aud", ""), {}},
      {with("aud", nullptr), {}},
      {with("aud", json::array{"x"}), other},
      {with("sub", "x"), {}},
      {with("sub", 5), other},
      {with("jti", json::array{}), other},
      {with("scope", "x"), {}},
  };
  for (const ClaimRow& row : rows) EXPECT_EQ(fault_of(row.claims), row.fault) << write_json(row.claims);
}

}  // namespace
}  // namespace postroom::auth
