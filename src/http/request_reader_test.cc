// Varied: well-formed and hostile requests, whole, in pieces of every size, and several in a row. What must
// hold: the same result however the bytes are cut, and no byte of one request taken for another.
#include "http/request_reader.h"

#include <gtest/gtest.h>

namespace postroom::http {
namespace {

constexpr std::size_t kHeaderMax = 1024;
constexpr std::size_t kBodyMax = 64;

struct Outcome {
  RequestReader::State state = RequestReader::State::need_more;
  int refusal = 0;
  std::string rest;
};

// Feeds as a connection does: what is not taken comes again with more behind it.
Outcome feed(RequestReader& reader, std::string_view bytes, std::size_t piece) {
  std::string pending;
  std::size_t position = 0;
  while (reader.state() == RequestReader::State::need_more && position < bytes.size()) {
    std::string_view next = bytes.substr(position, piece);
    position += next.size();
    pending += next;
    pending.erase(0, reader.feed(pending));
  }
  Outcome out{.state = reader.state(), .rest = pending + std::string(bytes.substr(position))};
  if (out.state == RequestReader::State::failed) out.refusal = reader.refusal_status();
  return out;
}

TEST(RequestReader, ReadsAPostInPiecesOfEverySize) {
  std::string bytes =
      "\r\nPOST //v2//notifications/sms?a=1&b=x+y HTTP/1.1\r\nHost: h\r\nX-Two:  a b \r\nContent-Length: "
      "5\r\n\r\nhelloGET";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    RequestReader reader(kHeaderMax, kBodyMax);
    Outcome outcome = feed(reader, bytes, piece);
    ASSERT_EQ(outcome.state, RequestReader::State::complete) << piece;
    const Request& request = reader.request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "//v2//notifications/sms?a=1&b=x+y");
    EXPECT_EQ(request.path, "/v2/notifications/sms");
    EXPECT_EQ(request.query_value("b"), "x y");
    EXPECT_EQ(request.header("x-two"), "a b");
    EXPECT_EQ(request.body, "hello");
    EXPECT_EQ(outcome.rest, "GET") << piece;
    EXPECT_TRUE(reader.keep_alive());
  }
}

TEST(RequestReader, ReadsChunksAndIgnoresTrailers) {
  std::string bytes =
      "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nHost: "
      "other\r\nX-Late: 1\r\n\r\nNEXT";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    RequestReader reader(kHeaderMax, kBodyMax);
    Outcome outcome = feed(reader, bytes, piece);
    ASSERT_EQ(outcome.state, RequestReader::State::complete) << piece;
    EXPECT_EQ(reader.request().body, "abcde");
    EXPECT_EQ(reader.request().header("X-Late"), std::nullopt);
    EXPECT_EQ(outcome.rest, "NEXT");
  }
}

TEST(RequestReader, ReadsOneAfterAnother) {
  RequestReader reader(kHeaderMax, kBodyMax);
  Outcome first = feed(reader, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.0\r\n\r\n", 1000);
  EXPECT_EQ(reader.request().path, "/1");
  EXPECT_TRUE(reader.keep_alive());
  reader.reset();
  EXPECT_FALSE(reader.begun());
  EXPECT_EQ(feed(reader, first.rest, 1000).state, RequestReader::State::complete);
  EXPECT_EQ(reader.request().path, "/2");
  EXPECT_TRUE(reader.request().headers.empty());
  EXPECT_FALSE(reader.keep_alive());
  EXPECT_TRUE(reader.is_http_1_0());
}

struct Case {
  const char* name;
  std::string bytes;
  int refusal;  // 0: accepted
};

std::string get(const std::string& headers) { return "GET / HTTP/1.1\r\n" + headers + "\r\n"; }
std::string post(const std::string& headers) { return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n"; }

TEST(RequestReader, RefusesWhatIsMalformedOrTooLarge) {
  std::string many;
  for (int i = 0; i < 129; ++i) many += "a: \r\n";
  const Case cases[] = {
      {"plain", get("Host: h\r\n"), 0},
      {"no host", get(""), 400},
      {"two hosts", get("Host: a\r\nHost: b\r\n"), 400},
      {"not HTTP", "HELLO\r\n\r\n", 400},
      {"blank before colon", get("Host : h\r\n"), 400},
      {"HTTP 2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
      {"both lengths", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"both lengths, other order", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
      {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n"), 400},
      {"negative length", post("Content-Length: -1\r\n"), 400},
      {"plus length", post("Content-Length: +1\r\n"), 400},
      {"huge length", post("Content-Length: 99999999999999999999999\r\n"), 400},
      {"unknown coding", post("Transfer-Encoding: gzip\r\n"), 501},
      {"two codings", post("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"hidden coding", post("Transfer-Encoding: xchunked\r\n"), 501},
      {"chunks in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"body at limit", post("Content-Length: 64\r\n") + std::string(64, 'x'), 0},
      {"body over limit", post("Content-Length: 65\r\n"), 413},
      {"chunk over limit",
       post("Transfer-Encoding: chunked\r\n") + "41\r\n" + std::string(65, 'x') + "\r\n0\r\n\r\n", 413},
      {"bad chunk size", post("Transfer-Encoding: chunked\r\n") + "zz\r\n", 400},
      {"chunk size overflow", post("Transfer-Encoding: chunked\r\n") + "FFFFFFFFFFFFFFFFF\r\n", 400},
      {"headers over limit", get("Host: h\r\nA: " + std::string(kHeaderMax, 'x') + "\r\n"), 431},
      {"target over limit", "GET /" + std::string(kHeaderMax, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 431},
      {"too many headers", get("Host: h\r\n" + many), 431},
      {"control character in value",
       get("Host: h\r\nA: a\x01"
           "b\r\n"),
       400},
  };
  for (const Case& c : cases)
    for (std::size_t piece : {std::size_t{1}, std::size_t{7}, c.bytes.size()}) {
      RequestReader reader(c.name == std::string("too many headers") ? 64 * kHeaderMax : kHeaderMax, kBodyMax);
      Outcome outcome = feed(reader, c.bytes, piece);
      EXPECT_EQ(outcome.refusal, c.refusal) << c.name << " in pieces of " << piece;
      bool complete = outcome.state == RequestReader::State::complete;
      EXPECT_EQ(complete, c.refusal == 0) << c.name << " in pieces of " << piece;
    }
}

TEST(RequestReader, HeadersThatDripInHaveTheSameLimit) {
  RequestReader reader(kHeaderMax, kBodyMax);
  std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 100; ++i) bytes += "X-Padding: 0123456789\r\n";
  EXPECT_EQ(feed(reader, bytes, 23).refusal, 431);
}

TEST(RequestReader, BareLineFeedsEndNothing) {
  for (std::size_t piece : {std::size_t{1}, std::size_t{100}}) {
    RequestReader reader(kHeaderMax, kBodyMax);
    EXPECT_NE(feed(reader, "GET / HTTP/1.1\nHost: h\n\n", piece).state, RequestReader::State::complete);
  }
}

TEST(RequestReader, TellsWhenTheClientWaits) {
  RequestReader reader(kHeaderMax, kBodyMax);
  EXPECT_FALSE(reader.begun());
  feed(reader, post("Expect: 100-Continue\r\nContent-Length: 2\r\n"), 1000);
  EXPECT_TRUE(reader.begun());
  EXPECT_TRUE(reader.header_done());
  EXPECT_TRUE(reader.wants_continue());
}

TEST(RequestReader, FindsThePath) {
  EXPECT_EQ(path_of_target("/a//b///c?x=//"), "/a/b/c");
  EXPECT_EQ(path_of_target("http://host//v2/x?y"), "/v2/x");
  EXPECT_EQ(path_of_target("HTTPS://host"), "/");
  EXPECT_EQ(path_of_target("*"), "*");
  EXPECT_EQ(path_of_target("//"), "/");
  EXPECT_EQ(path_of_target("/a%2F%2Fb"), "/a%2F%2Fb");
}

}  // namespace
}  // namespace postroom::http
