// Both mailers and the queue before a fake client. Varied: the message, the settings, and what is answered.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/email_http/json_mailer.h"
#include "adapters/email_http/ses_mailer.h"
#include "adapters/email_http/sqs_queue.h"
#include "base/bytes.h"

namespace postroom::email_http {
namespace {

using testing::HasSubstr;
using testing::Not;

class FakeClient final : public ports::HttpClient {
 public:
  ports::HttpResponse answer{.status = 200, .headers = {}, .body = R"({"MessageId":"m-1","data":{"id":17}})"};
  std::vector<ports::HttpRequest> requests;
  Result<ports::HttpResponse> send(const ports::HttpRequest& request) override {
    requests.push_back(request);
    return answer;
  }
};

class FakeWriter final : public ports::MessageWriter {
 public:
  Result<std::string> write(const ports::EmailMessage& message) override {
    return "raw of " + message.message_reference;
  }
};

ports::EmailMessage sample() {
  return {.to = "resident@example.net",
          .from_name = "Council \"A\"",
          .from_address = "no-reply@council.example",
          .return_path = "bounces+1@council.example",
          .subject = "Hello ((to))",
          .text_body = "line\nline",
          .message_reference = "ref-1",
          .date = UtcTime{}};
}

struct Answer {
  int status;
  const char *type, *body;
  ErrorKind kind;
};

class EmailHttp : public testing::Test {
 protected:
  FakeClient client_;
  FakeWriter writer_;
  MovableClock clock_{*parse_rfc3339("2026-03-02T09:15:00Z")};
  SesMailer ses_{
      {.region = "eu-west-2", .endpoint = {}, .credentials = {"AKID", "SECRET", ""}, .configuration_set = "cs"},
      writer_,
      client_,
      clock_};
};

TEST_F(EmailHttp, SesGetsTheMessageWholeAndSigned) {
  auto receipt = ses_.send(sample());
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->provider, "ses");
  EXPECT_EQ(receipt->provider_reference, "m-1");
  ASSERT_EQ(client_.requests.size(), 1u);
  const ports::HttpRequest& request = client_.requests[0];
  EXPECT_EQ(request.url, "https://email.eu-west-2.amazonaws.com/v2/email/outbound-emails");
  const auto body = parse_json(request.body)->get_object();
  EXPECT_EQ(from_base64(body.at("Content").at("Raw").at("Data").as_string()), "raw of ref-1");
  EXPECT_EQ(body.at("Destination").at("ToAddresses").at(0), "resident@example.net");
  EXPECT_EQ(body.at("FeedbackForwardingEmailAddress"), "bounces+1@council.example");
  EXPECT_EQ(body.at("ConfigurationSetName"), "cs");
  std::string authorization;
  for (const auto& [name, value] : request.headers)
    if (name == "Authorization") authorization = value;
  EXPECT_THAT(authorization, HasSubstr("Credential=AKID/20260302/eu-west-2/ses/aws4_request, "
                                       "SignedHeaders=content-type;host;x-amz-date, Signature="));
  EXPECT_THAT(authorization, Not(HasSubstr("SECRET")));
}

TEST_F(EmailHttp, SesFaultsSayWhoseTheyAre) {
  const Answer answers[] = {
      {400, "BadRequestException", "{}", ErrorKind::invalid_input},
      {400, "MessageRejected:http://x/", "{}", ErrorKind::invalid_input},
      {400, "", R"({"__type":"aws#MessageRejected","message":"not verified: resident@example.net"})",
       ErrorKind::invalid_input},
      {413, "", "", ErrorKind::invalid_input},
      {429, "TooManyRequestsException", "{}", ErrorKind::retry_later},
      {400, "LimitExceededException", "{}", ErrorKind::retry_later},
      {400, "ThrottlingException", "{}", ErrorKind::retry_later},
      {400, "SendingPausedException", "{}", ErrorKind::retry_later},
      {400, "AccountSuspendedException", "{}", ErrorKind::retry_later},
      {403, "SignatureDoesNotMatch", "{}", ErrorKind::retry_later},
      {404, "NotFoundException", "{}", ErrorKind::retry_later},
      {500, "", "<html>", ErrorKind::retry_later},
      {302, "", "", ErrorKind::retry_later},
  };
  for (const Answer& a : answers) {
    client_.answer = {.status = a.status, .headers = {{"X-Amzn-ErrorType", a.type}}, .body = a.body};
    if (*a.type == '\0') client_.answer.headers.clear();
    auto receipt = ses_.send(sample());
    ASSERT_FALSE(receipt) << a.type;
    EXPECT_EQ(receipt.error().kind, a.kind) << a.status << a.type;
    EXPECT_THAT(receipt.error().message, HasSubstr(fmt::format("answered {}", a.status)));
    EXPECT_THAT(receipt.error().message, Not(HasSubstr("resident")));
  }
}

TEST_F(EmailHttp, AJsonFormIsFilled) {
  auto form = parse_form(
      R"j({"to":[{"email":"((to))"}],"from":"(( from_name )) <((from_address))>","reply":"((reply_to))","n":1,)j"
      R"j("content":{"subject":"((subject))","text":"((text))","raw":"((raw))"},"tags":["((html))","x"]})j");
  ASSERT_TRUE(form) << form.error().message;
  JsonMailer mailer(
      {.url = "https://mail.example/send", .authorization = "Bearer t", .form = *form, .id_member = "data.id"},
      writer_, client_);
  auto receipt = mailer.send(sample());
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->provider, "http");
  EXPECT_EQ(receipt->provider_reference, "17");
  const auto body = parse_json(client_.requests.at(0).body)->get_object();
  EXPECT_EQ(write_json(body),
            R"j({"to":[{"email":"resident@example.net"}],"from":"Council \"A\" <no-reply@council.example>","n":1,)j"
            R"j("content":{"subject":"Hello ((to))","text":"line\nline","raw":"cmF3IG9mIHJlZi0x"},"tags":["x"]})j");
  EXPECT_EQ(client_.requests[0].headers.back(), (std::pair<std::string, std::string>("Authorization", "Bearer t")));
}

TEST_F(EmailHttp, AFormThatCannotBeFilledIsRefusedAtTheStart) {
  EXPECT_THAT(parse_form(R"j({"a":"((too))"})j").error().message, HasSubstr("((too))"));
  for (const char* bad : {"", "[]", "{", R"j({"a":[{"b":"((x))"}]})j"}) EXPECT_FALSE(parse_form(bad)) << bad;
  for (const char* good : {"{}", R"j({"a":"((to"})j", R"j({"a":"to))"})j"}) EXPECT_TRUE(parse_form(good)) << good;
}

TEST_F(EmailHttp, JsonAnswersSayWhoseFaultItIs) {
  JsonMailer mailer({.url = "https://mail.example/send", .authorization = "", .form = {}, .id_member = ""}, writer_,
                    client_);
  for (int status : {200, 201, 202, 204}) {
    client_.answer.status = status;
    EXPECT_EQ(mailer.send(sample()).value().provider_reference, "");
  }
  for (int status : {400, 413, 422}) {
    client_.answer.status = status;
    EXPECT_EQ(mailer.send(sample()).error().kind, ErrorKind::invalid_input) << status;
  }
  for (int status : {301, 401, 403, 404, 409, 429, 500, 503}) {
    client_.answer.status = status;
    EXPECT_EQ(mailer.send(sample()).error().kind, ErrorKind::retry_later) << status;
  }
}

TEST_F(EmailHttp, AnAnswerWithoutTheIdIsStillAReceipt) {
  JsonMailer mailer({.url = "u", .authorization = "", .form = {}, .id_member = "data.id"}, writer_, client_);
  for (const char* body : {"", "[]", "{}", R"({"data":1})", R"({"data":{"id":{}}})", "<html>"}) {
    client_.answer.body = body;
    EXPECT_EQ(mailer.send(sample()).value().provider_reference, "") << body;
  }
}

class Sqs : public testing::Test {
 protected:
  std::string header(std::string_view name) const {
    for (const auto& [key, value] : client_.requests.back().headers)
      if (key == name) return value;
    return "";
  }
  FakeClient client_;
  MovableClock clock_{*parse_rfc3339("2026-03-02T09:15:00Z")};
  SqsQueue queue_{{.queue_url = "https://sqs.eu-west-2.amazonaws.com/123/reports",
                   .region = "eu-west-2",
                   .credentials = {"AKID", "SECRET", ""}},
                  client_,
                  clock_};
};

TEST_F(Sqs, ReceivesWhatWaits) {
  client_.answer.body =
      R"({"Messages":[{"MessageId":"m1","ReceiptHandle":"h1","Body":"b1"},7,{"MessageId":"m2","ReceiptHandle":"h2","Body":"b2"}]})";
  auto reports = queue_.receive(std::chrono::seconds{4});
  ASSERT_TRUE(reports) << reports.error().message;
  ASSERT_EQ(reports->size(), 2u);
  EXPECT_EQ((*reports)[1].id, "m2");
  EXPECT_EQ((*reports)[1].handle, "h2");
  EXPECT_EQ((*reports)[1].body, "b2");
  const ports::HttpRequest& request = client_.requests.back();
  EXPECT_EQ(request.url, "https://sqs.eu-west-2.amazonaws.com/");
  EXPECT_EQ(header("X-Amz-Target"), "AmazonSQS.ReceiveMessage");
  EXPECT_THAT(header("Authorization"), HasSubstr("AKID/20260302/eu-west-2/sqs/aws4_request"));
  EXPECT_THAT(header("Authorization"), HasSubstr("SignedHeaders=content-type;host;x-amz-date;x-amz-target"));
  EXPECT_THAT(request.body, HasSubstr(R"("WaitTimeSeconds":4)"));
  EXPECT_GT(request.timeout, std::chrono::seconds{4});
  client_.answer.body = "{}";
  EXPECT_TRUE(queue_.receive(std::chrono::seconds{0})->empty());
}

TEST_F(Sqs, SaysWhatWasNotRemoved) {
  const std::vector<std::string> handles{"h1", "h2"};
  client_.answer.body = R"({"Successful":[{"Id":"0"},{"Id":"1"}],"Failed":[]})";
  EXPECT_TRUE(queue_.remove(handles));
  EXPECT_EQ(header("X-Amz-Target"), "AmazonSQS.DeleteMessageBatch");
  EXPECT_THAT(client_.requests.back().body, HasSubstr(R"({"Id":"1","ReceiptHandle":"h2"})"));
  client_.answer.body = R"({"Successful":[{"Id":"0"}],"Failed":[{"Id":"1"}]})";
  EXPECT_THAT(queue_.remove(handles).error().message, HasSubstr("1 of 2"));
}

TEST_F(Sqs, RefusalsAreToldByName) {
  client_.answer = {.status = 400,
                    .headers = {},
                    .body = R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"of ann@example.org"})"};
  const Error error = queue_.receive(std::chrono::seconds{0}).error();
  EXPECT_EQ(error.kind, ErrorKind::retry_later);
  EXPECT_EQ(error.message, "Amazon SQS answered 400 QueueDoesNotExist to ReceiveMessage");
  client_.answer = {.status = 200, .headers = {}, .body = "<html>"};
  EXPECT_EQ(queue_.receive(std::chrono::seconds{0}).error().kind, ErrorKind::retry_later);
}

}  // namespace
}  // namespace postroom::email_http
