// Many requests at once, to servers that answer, are silent or are not there. What must hold: each ends once, with
// its own answer, and none waits for another.
#include "adapters/curl/curl_http_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>

#include "adapters/curl/testing.h"

namespace postroom::curl {
namespace {

using namespace std::chrono_literals;
using curl::testing::FakeServer;
using ::testing::HasSubstr;

const std::string kOk = "HTTP/1.1 201 Created\r\nX-Id: 7\r\nContent-Length: 5\r\n\r\nhello";

class Answers {
 public:
  ports::HttpSender::Done next() {
    return [this](Result<ports::HttpResponse> response, Duration took) {
      std::lock_guard lock(mutex_);
      all_.push_back(std::move(response));
      took_ = took;
      changed_.notify_all();
    };
  }
  std::vector<Result<ports::HttpResponse>> wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 20s, [&] { return all_.size() >= count; });
    return all_;
  }
  Duration took() const { return took_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Result<ports::HttpResponse>> all_;
  Duration took_{};
};

TEST(CurlHttpSender, SendsAndReceives) {
  FakeServer server(kOk);
  Answers answers;
  CurlHttpSender sender;
  sender.start({.method = "POST", .url = server.url("/a"), .headers = {{"X-A", "b"}}, .body = "body"},
               answers.next());
  auto all = answers.wait(1);
  ASSERT_EQ(all.size(), 1u);
  ASSERT_TRUE(all[0]) << all[0].error().message;
  EXPECT_EQ(all[0]->status, 201);
  EXPECT_EQ(all[0]->body, "hello");
  EXPECT_EQ(all[0]->header("x-id"), "7");
  EXPECT_THAT(server.last_request(), HasSubstr("X-A: b\r\n"));
  EXPECT_TRUE(server.last_request().ends_with("\r\n\r\nbody"));
}

TEST(CurlHttpSender, ManyAtOnceShareConnections) {
  FakeServer server(kOk);
  Answers answers;
  CurlHttpSender sender;
  for (std::size_t round = 1; round <= 5; ++round) {
    for (int i = 0; i < 8; ++i) sender.start({.url = server.url()}, answers.next());
    auto all = answers.wait(round * 8);
    ASSERT_EQ(all.size(), round * 8);
    for (auto& response : all) EXPECT_TRUE(response);
  }
  EXPECT_LE(server.connections(), 8);
}

TEST(CurlHttpSender, SilentOnesHoldUpNobody) {
  FakeServer silent(""), server(kOk);
  Answers silent_answers, answers;
  CurlHttpSender sender;
  for (int i = 0; i < 200; ++i) sender.start({.url = silent.url("/secret"), .timeout = 1s}, silent_answers.next());
  sender.start({.url = server.url()}, answers.next());
  ASSERT_EQ(answers.wait(1).size(), 1u);
  EXPECT_LT(answers.took(), 500ms);
  auto all = silent_answers.wait(200);
  ASSERT_EQ(all.size(), 200u);
  for (auto& response : all) {
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
    EXPECT_THAT(response.error().message, HasSubstr("did not answer within 1000 ms"));
    EXPECT_EQ(response.error().message.find("secret"), std::string::npos);
  }
}

TEST(CurlHttpSender, AnAnswerThatIsTooLargeKeepsItsStatus) {
  const std::string body(1'000, 'x');
  FakeServer announced("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + body);
  FakeServer chunked("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + body + "\r\n0\r\n\r\n");
  CurlHttpSender sender;
  for (auto [server, status] : {std::pair{&announced, 200}, {&chunked, 503}}) {
    Answers answers;
    sender.start({.url = server->url(), .response_bytes_max = 999}, answers.next());
    auto all = answers.wait(1);
    ASSERT_TRUE(all.size() == 1 && all[0]) << all[0].error().message;
    EXPECT_EQ(all[0]->status, status);
    EXPECT_EQ(all[0]->body, "");
  }
}

TEST(CurlHttpSender, WhatCannotBeSentEndsAtOnce) {
  Answers answers;
  CurlHttpSender sender;
  sender.start({.url = "nonsense"}, answers.next());
  auto all = answers.wait(1);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].error().kind, ErrorKind::invalid_input);
}

TEST(CurlHttpSender, DoneMayStartAnother) {
  FakeServer server(kOk);
  Answers answers;
  CurlHttpSender sender;
  auto again = answers.next();
  sender.start({.url = server.url()},
               [&](Result<ports::HttpResponse>, Duration) { sender.start({.url = server.url()}, again); });
  EXPECT_EQ(answers.wait(1).size(), 1u);
}

TEST(CurlHttpSender, StoppingEndsWhatIsUnderWay) {
  FakeServer silent("");
  Answers answers;
  {
    CurlHttpSender sender;
    for (int i = 0; i < 3; ++i) sender.start({.url = silent.url()}, answers.next());
    std::this_thread::sleep_for(50ms);
  }
  auto all = answers.wait(3);
  ASSERT_EQ(all.size(), 3u);
  for (auto& response : all) EXPECT_THAT(response.error().message, HasSubstr("stopping"));
}

}  // namespace
}  // namespace postroom::curl
