// What the house must refuse. Varied: one thing wrong in each request.
#include "fakes/sms_house.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace postroom::fakes {
namespace {

constexpr std::string_view kId = "7a1f0b7e-3c55-4b3e-9d6f-0e3a0c9f1b11";

ports::HttpRequest an_mmg_request() {
  return {.method = "POST",
          .url = "https://house.example/send",
          .headers = {{"Content-Type", "application/json"}, {"Authorization", "Basic secret"}},
          .body = R"({"reqType":"BULK","MSISDN":"447900900123","msg":"Hi","sender":"COUNCIL","cid":")" +
                  std::string(kId) + R"(","multi":true})"};
}

ports::HttpRequest a_firetext_request() {
  return {.method = "POST",
          .url = "https://house.example/send",
          .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
          .body = "apiKey=secret&from=COUNCIL&to=447900900123&message=Hi%21&reference=" + std::string(kId)};
}

TEST(SmsHouse, TakesWhatIsRight) {
  SmsHouse mmg({.kind = SmsHouseKind::mmg});
  EXPECT_EQ(mmg.send(an_mmg_request())->status, 200);
  SmsHouse firetext({.kind = SmsHouseKind::firetext});
  EXPECT_NE(firetext.send(a_firetext_request())->body.find("\"code\":0"), std::string::npos);
  EXPECT_EQ(firetext.texts().at(0).text, "Hi!");
  EXPECT_TRUE(mmg.faults().empty() && firetext.faults().empty());
}

TEST(SmsHouse, RefusesWhatIsNot) {
  struct Change {
    const char *from, *to;
  };
  for (auto [from, to] :
       {Change{"BULK", "bulk"}, Change{"447900900123", "+447900900123"}, Change{"\"Hi\"", "\"\""},
        Change{"7a1f0b7e", "x"}, Change{"true", "1"}, Change{"\"multi\"", "\"more\":1,\"multi\""}}) {
    SmsHouse house({.kind = SmsHouseKind::mmg});
    ports::HttpRequest request = an_mmg_request();
    request.body.replace(request.body.find(from), std::string_view(from).size(), to);
    EXPECT_EQ(house.send(request)->status, 400) << to;
    EXPECT_EQ(house.faults().size(), 1u) << to;
    EXPECT_TRUE(house.texts().empty()) << to;
  }
  SmsHouse house({.kind = SmsHouseKind::mmg});
  ports::HttpRequest request = an_mmg_request();
  request.headers[1].second = "Basic other";
  EXPECT_EQ(house.send(request)->status, 403);
  request = an_mmg_request();
  request.headers[0].second = "application/json; charset=utf-8";
  EXPECT_EQ(house.send(request)->status, 400);
  request = an_mmg_request();
  request.url += "?x";
  EXPECT_EQ(house.send(request)->status, 400);
}

TEST(SmsHouse, FormsMustBeEncodedThroughout) {
  for (const char* good : {"a=b", "a=b+c&d=%C3%BC", "a="}) EXPECT_TRUE(strict_form(good)) << good;
  for (const char* bad : {"a=b c", "a=ü", "a=%2", "a=%zz", "a", "a=1&a=2", "a=b=c", "a=b&", "a=\"b\""})
    EXPECT_FALSE(strict_form(bad)) << bad;
  EXPECT_EQ(strict_form("a=x+y%2B")->at(0).second, "x y+");
}

}  // namespace
}  // namespace postroom::fakes
