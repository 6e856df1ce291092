#include "http/message.h"

#include <gtest/gtest.h>

namespace postroom::http {
namespace {

TEST(Message, QueryIsDecodedInOrder) {
  auto query = parse_query("a=1&b=two+words&a=%C3%A9&flag&&=x&c=a%3Db");
  HeaderList expected = {{"a", "1"}, {"b", "two words"}, {"a", "é"}, {"flag", ""}, {"", "x"}, {"c", "a=b"}};
  EXPECT_EQ(query, expected);
  EXPECT_TRUE(parse_query("").empty());
}

TEST(Message, HeadersCompareWithoutCase) {
  Request request;
  request.headers = {{"Content-TYPE", "text/plain"}, {"content-type", "second"}};
  EXPECT_EQ(request.header("content-Type"), "text/plain");
  EXPECT_EQ(request.header("Accept"), std::nullopt);
}

TEST(Message, CookiesAreFoundByName) {
  Request request;
  request.headers = {{"Cookie", "a=1; session=\"x=y\"; b"}, {"cookie", "late=2"}};
  EXPECT_EQ(request.cookie("a"), "1");
  EXPECT_EQ(request.cookie("session"), "x=y");
  EXPECT_EQ(request.cookie("late"), "2");
  EXPECT_EQ(request.cookie("b"), std::nullopt);
  EXPECT_EQ(request.cookie("sess"), std::nullopt);
}

TEST(Message, AskingForAnUnknownPathParameterIsABug) {
  Request request;
  request.path_parameters["id"] = "7";
  EXPECT_EQ(request.path_parameter("id"), "7");
  EXPECT_THROW(request.path_parameter("other"), std::logic_error);
}

}  // namespace
}  // namespace postroom::http
