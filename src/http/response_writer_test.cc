#include "http/response_writer.h"

#include <gtest/gtest.h>

namespace postroom::http {
namespace {

TEST(ResponseWriter, WritesAHead) {
  Response response = Response::json(201, "{}");
  response.add("X-Own", "1").add("cache-control", "private");
  HeaderList fixed = {{"Cache-Control", "no-store"}, {"X-Frame-Options", "SAMEORIGIN"}};
  ResponseHead head{.trace_id = "t", .span_id = "s", .fixed_headers = &fixed, .now = 784111777};
  EXPECT_EQ(write_head(response, head),
            "HTTP/1.1 201 Created\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\nX-B3-TraceId: t\r\nX-B3-SpanId: s\r\nX-Frame-Options: SAMEORIGIN\r\nX-Own: 1\r\n"
            "cache-control: private\r\n\r\n");
}

TEST(ResponseWriter, ValuesCannotStartANewHeader) {
  Response response = Response::redirect(303, std::string("/a\r\nSet-Cookie: x\0y", 19));
  std::string head = write_head(response, {.now = 0});
  EXPECT_NE(head.find("Location: /a  Set-Cookie: x y\r\n"), std::string::npos);
}

TEST(ResponseWriter, SaysWhenItCloses) {
  EXPECT_NE(write_head(Response::empty(200), {.keep_alive = false}).find("Connection: close\r\n"),
            std::string::npos);
  EXPECT_NE(write_head(Response::empty(200), {.http_1_0 = true}).find("Connection: keep-alive\r\n"),
            std::string::npos);
  EXPECT_EQ(write_head(Response::empty(204), {}).find("Content-Length"), std::string::npos);
}

TEST(ResponseWriter, ChoosesTheRequestId) {
  Request request;
  std::string random = choose_request_id(request);
  EXPECT_EQ(random.size(), 32u);
  EXPECT_EQ(random.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(random, choose_request_id(request));
  request.headers = {{"x-amzn-trace-id", "Root=1-2;Self=3"}};
  EXPECT_EQ(choose_request_id(request), "Root=1-2;Self=3");
  request.headers.emplace_back("X-Amz-Cf-Id", "cf==");
  EXPECT_EQ(choose_request_id(request), "cf==");
  request.headers.emplace_back("X-B3-TraceId", "abc123");
  EXPECT_EQ(choose_request_id(request), "abc123");
  request.headers = {{"X-B3-TraceId", "\"log\":1"}};
  EXPECT_EQ(choose_request_id(request).size(), 32u);
}

}  // namespace
}  // namespace postroom::http
