// Varied: the setting's text and the Authorization header, around one good pair.
#include "auth/basic_credentials.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace postroom::auth {
namespace {

using Verdict = BasicCredentials::Verdict;

std::string basic(std::string_view pair) { return "Basic " + to_base64(pair); }

TEST(BasicCredentials, EachPairIsGood) {
  auto credentials = BasicCredentials::parse(" mmg:old  mmg:new:er ");
  ASSERT_TRUE(credentials);
  EXPECT_FALSE(credentials->empty());
  EXPECT_EQ(credentials->check(basic("mmg:old")), Verdict::right);
  EXPECT_EQ(credentials->check(basic("mmg:new:er")), Verdict::right);
  EXPECT_EQ(credentials->check("basic " + to_base64("mmg:old")), Verdict::right);
}

TEST(BasicCredentials, PairsAreNotMixed) {
  auto credentials = BasicCredentials::parse("a:1 b:2");
  for (const char* pair : {"a:2", "b:1", "a:", ":1", ":", "a:1 ", "A:1", "a:1 b:2"}) {
    EXPECT_EQ(credentials->check(basic(pair)), Verdict::wrong) << pair;
  }
}

TEST(BasicCredentials, WhatCannotBeReadIsMissing) {
  auto credentials = BasicCredentials::parse("a:1");
  EXPECT_EQ(credentials->check(std::nullopt), Verdict::missing);
  for (const char* header : {"", "Basic", "Basic ", "Basic !!!", "Bearer YToxCg==", "YTox"}) {
    EXPECT_EQ(credentials->check(header), Verdict::missing) << header;
  }
  EXPECT_EQ(credentials->check(basic("no colon")), Verdict::missing);
}

TEST(BasicCredentials, NoneAreNone) {
  auto credentials = BasicCredentials::parse("  ");
  ASSERT_TRUE(credentials);
  EXPECT_TRUE(credentials->empty());
  EXPECT_EQ(credentials->check(basic("a:1")), Verdict::wrong);
}

TEST(BasicCredentials, HalfPairsAreRefused) {
  for (const char* text : {"a", "a:", ":1", "a:1 b", ":"}) {
    EXPECT_EQ(BasicCredentials::parse(text).error().kind, ErrorKind::invalid_input) << text;
  }
  std::string many;
  for (int i = 0; i < 21; ++i) many += "a:1 ";
  EXPECT_FALSE(BasicCredentials::parse(many));
}

}  // namespace
}  // namespace postroom::auth
