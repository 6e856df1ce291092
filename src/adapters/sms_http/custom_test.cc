// A provider described by settings. Varied: patterns, encodings, rules and answers. What must hold: no value breaks
// out of its place, and an answer means what the rules say.
#include "adapters/sms_http/custom.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postroom::sms_http {
namespace {

using testing::HasSubstr;

class FakeClient final : public ports::HttpClient {
 public:
  ports::HttpResponse answer{200, {}, "{}"};
  std::vector<ports::HttpRequest> requests;
  Result<ports::HttpResponse> send(const ports::HttpRequest& request) override {
    requests.push_back(request);
    return answer;
  }
};

ports::SmsMessage a_text(std::string text = "Hello") {
  return {.to = "447900900123",
          .sender = "COUNCIL",
          .text = std::move(text),
          .reference = "7a1f0b7e-3c55-4b3e-9d6f-0e3a0c9f1b11",
          .international = true,
          .fragments = 2};
}

TEST(MessagePattern, ValuesStayInTheirPlace) {
  const std::string hostile = "\"},{\"x\":\"&to=1<b>\n\\";
  auto json_body = MessagePattern::parse(R"({"to":"{to}","text":"{text}","parts":{fragments}})", Encoding::json);
  ASSERT_TRUE(json_body);
  auto document = parse_json(json_body->fill(a_text(hostile)));
  ASSERT_TRUE(document);
  EXPECT_EQ(get_string(document->get_object(), "text"), hostile);
  EXPECT_EQ(get_int(document->get_object(), "parts"), 2);
  EXPECT_EQ(document->get_object().size(), 3u);

  auto form = MessagePattern::parse("to={to}&text={text}&ref={reference}&intl={international}&enc={encoding}",
                                    Encoding::form);
  ASSERT_TRUE(form);
  EXPECT_EQ(
      form->fill(a_text("a b&c=ü+")),
      "to=447900900123&text=a%20b%26c%3D%C3%BC%2B&ref=7a1f0b7e-3c55-4b3e-9d6f-0e3a0c9f1b11&intl=true&enc=gsm7");

  auto xml = MessagePattern::parse("<m from=\"{sender}\">{text}</m>", Encoding::xml);
  ASSERT_TRUE(xml);
  EXPECT_THAT(xml->fill(a_text("<b>&\"")), testing::Not(HasSubstr("<b>")));
}

TEST(MessagePattern, OnlyKnownWordsInBracesArePlaceholders) {
  auto pattern = MessagePattern::parse("{}{ to }{\"to\":{to}}{", Encoding::plain);
  ASSERT_TRUE(pattern);
  EXPECT_EQ(pattern->fill(a_text()), "{}{ to }{\"to\":447900900123}{");
  auto unknown = MessagePattern::parse("x={phone}", Encoding::form);
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("{phone}"));
}

TEST(AnswerRule, ConditionsReadAnAnswer) {
  struct Case {
    const char* rule;
    ports::HttpResponse answer;
    bool all, any;
  };
  const Case cases[] = {
      {"", {200, {}, ""}, true, false},
      {"status=2xx", {204, {}, ""}, true, true},
      {"status=200|202", {201, {}, ""}, false, false},
      {"status=200; json:result.code=0|OK", {200, {}, R"({"result":{"code":0}})"}, true, true},
      {"status=200; json:result.code=0|OK", {200, {}, R"({"result":{"code":"OK"}})"}, true, true},
      {"status=200; json:result.code=0", {200, {}, R"({"result":{"code":1}})"}, false, true},
      {"json:messages.0.status=true", {200, {}, R"({"messages":[{"status":true}]})"}, true, true},
      {"json:a=1", {200, {}, "no json"}, false, false},
      {"body:QUEUED", {200, {}, "OK QUEUED 17"}, true, true},
      {"body:QUEUED", {200, {}, "ERR"}, false, false},
  };
  for (const Case& c : cases) {
    auto rule = AnswerRule::parse(c.rule);
    ASSERT_TRUE(rule) << c.rule;
    EXPECT_EQ(rule->all_hold(c.answer), c.all) << c.rule;
    EXPECT_EQ(rule->any_holds(c.answer), c.any) << c.rule;
  }
  for (const char* ill : {"status", "status=2", "status=abc", "json:=1", "body:", "else=1"})
    EXPECT_FALSE(AnswerRule::parse(ill)) << ill;
}

class CustomTest : public testing::Test {
 protected:
  CustomOptions options() {
    CustomOptions out;
    out.url = *MessagePattern::parse("https://sms.example/send?to={to}", Encoding::form);
    out.body = *MessagePattern::parse("{\"text\":\"{text}\"}", Encoding::json);
    out.headers = *parse_headers("Content-Type: application/json\nX-Key: abc:def\n");
    out.success = *AnswerRule::parse("json:code=0");
    out.rejected = *AnswerRule::parse("status=422; json:code=9");
    out.reference = "id";
    return out;
  }
  ports::SmsResult send(int status, std::string body) {
    client_.answer = {status, {}, std::move(body)};
    return CustomGateway(options(), client_).send(a_text());
  }
  FakeClient client_;
};

TEST_F(CustomTest, TheRequestIsAsDescribed) {
  ASSERT_TRUE(send(200, R"({"code":0,"id":"m-7"})"));
  const ports::HttpRequest& request = client_.requests.at(0);
  EXPECT_EQ(request.url, "https://sms.example/send?to=447900900123");
  EXPECT_EQ(request.body, R"({"text":"Hello"})");
  EXPECT_THAT(request.headers, testing::ElementsAre(testing::Pair("Content-Type", "application/json"),
                                                    testing::Pair("X-Key", "abc:def")));
}

TEST_F(CustomTest, RulesDecide) {
  EXPECT_EQ(send(200, R"({"code":0,"id":"m-7"})")->provider_reference, "m-7");
  EXPECT_EQ(send(200, R"({"code":0,"id":17})")->provider_reference, "17");
  EXPECT_EQ(send(200, R"({"code":0})")->provider_reference, "");
  EXPECT_EQ(send(422, "").error().kind, ErrorKind::rejected);
  EXPECT_EQ(send(200, R"({"code":9})").error().kind, ErrorKind::rejected);
  auto other = send(200, R"({"code":5})").error();
  EXPECT_EQ(other.kind, ErrorKind::retry_later);
  EXPECT_FALSE(other.maybe_taken);
  EXPECT_TRUE(send(504, "").error().maybe_taken);
  EXPECT_FALSE(send(400, "").error().maybe_taken);
}

TEST(Headers, AFaultDoesNotShowTheLine) {
  auto headers = parse_headers("X-Key: 1\nBearer secret");
  ASSERT_FALSE(headers);
  EXPECT_THAT(headers.error().message, testing::Not(HasSubstr("secret")));
  EXPECT_THAT(headers.error().message, HasSubstr("header 2"));
}

}  // namespace
}  // namespace postroom::sms_http
