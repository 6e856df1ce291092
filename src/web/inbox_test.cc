// Varied: messages with hostile texts, kinds and absent ones. Whatever a sender writes must be shown as text, and
// no page may load or run anything from elsewhere.
#include "web/inbox.h"

#include <gtest/gtest.h>

namespace postroom::web {
namespace {

constexpr const char* kHostile = "<script>alert(1)</script>\"'&";

class FakeInbox final : public InboxSource {
 public:
  std::vector<InboxMessage> messages;
  std::string asked_type = "-";
  std::size_t asked_limit = 0;
  std::vector<InboxMessage> newest(std::string_view type, std::size_t limit) override {
    asked_type = type;
    asked_limit = limit;
    return messages;
  }
  std::optional<InboxMessage> find(std::string_view id) override {
    for (const auto& m : messages)
      if (m.id == id) return m;
    return std::nullopt;
  }
  Result<std::string> letter_pdf(const InboxMessage& m) override {
    if (m.type != "letter") return fail(ErrorKind::not_found, "this message has no PDF");
    return "%PDF";
  }
};

class InboxTest : public testing::Test {
 protected:
  InboxTest() { add_inbox(router_, source_, {.environment = "dev<b>", .zone = *TimeZone::load("Europe/London")}); }
  http::Response get(std::string path, std::string type = "") {
    http::Request request{.method = "GET", .target = path, .path = path};
    if (!type.empty()) request.query = {{"type", type}};
    return router_.dispatch(request);
  }
  static InboxMessage hostile(std::string type) {
    return {.id = "sandbox-1",
            .notification_id = kHostile,
            .type = std::move(type),
            .to = kHostile,
            .subject = kHostile,
            .body = kHostile,
            .html = "",
            .provider = kHostile,
            .time = *parse_rfc3339("2026-07-01T12:00:00Z"),
            .status = kHostile,
            .file_names = {kHostile},
            .page_count = 2,
            .zip_name = kHostile};
  }
  static bool has(const http::Response& r, std::string_view text) { return r.body.find(text) != std::string::npos; }

  http::Router router_;
  FakeInbox source_;
};

TEST_F(InboxTest, AnEmptyInboxSaysWhatToDo) {
  auto r = get("/");
  EXPECT_EQ(r.status, 200);
  EXPECT_TRUE(has(r, "postroom key create"));
  EXPECT_TRUE(has(r, "dev&lt;b&gt;"));
  EXPECT_EQ(source_.asked_limit, 200u);
}

TEST_F(InboxTest, HostileTextsAreShownAsText) {
  for (const char* type : {"email", "sms", "letter", kHostile}) {
    source_.messages = {hostile(type)};
    for (const char* path : {"/", "/inbox/sandbox-1"}) {
      auto r = get(path);
      EXPECT_EQ(r.status, 200);
      EXPECT_FALSE(has(r, "<script")) << path << type;
      EXPECT_TRUE(has(r, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;")) << path;
    }
  }
}

TEST_F(InboxTest, NoPageRunsOrLoadsAnythingFromElsewhere) {
  source_.messages = {hostile("email")};
  source_.messages[0].html = "<script>alert(1)</script><img src=\"https://tracker.example/x.png\">";
  for (const char* path : {"/", "/inbox/sandbox-1", "/inbox/none"}) {
    auto r = get(path);
    std::string policy(r.header("Content-Security-Policy").value_or(""));
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << path;
    EXPECT_EQ(policy.find("script-src"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(r.header("Cache-Control"), "no-store");
    EXPECT_FALSE(has(r, "<script"));
    EXPECT_FALSE(has(r, "//tracker"));
  }
  EXPECT_TRUE(
      has(get("/inbox/sandbox-1"), "<iframe title=\"The email's HTML\" sandbox src=\"/inbox/sandbox-1/html\">"));
  auto html = get("/inbox/sandbox-1/html");
  EXPECT_EQ(html.body, source_.messages[0].html) << "as it was sent, but in a sandbox";
  std::string policy(html.header("Content-Security-Policy").value_or(""));
  EXPECT_EQ(policy.find("sandbox; default-src 'none'"), 0u);
  EXPECT_EQ(policy.find("allow-scripts"), std::string::npos);
}

TEST_F(InboxTest, KindsAreFiltered) {
  for (const char* type : {"email", "sms", "letter"}) {
    auto r = get("/", type);
    EXPECT_EQ(source_.asked_type, type);
    EXPECT_TRUE(has(r, "href=\"/?type=" + std::string(type) + "\" aria-current=\"page\""));
  }
  get("/", "fax<");
  EXPECT_EQ(source_.asked_type, "");
}

TEST_F(InboxTest, TimesAreLocalAndLongTextsAreShortened) {
  source_.messages = {hostile("sms")};
  source_.messages[0].subject = "";
  source_.messages[0].to = "447900900123";
  const std::pair<std::size_t, bool> lengths[] = {{79, false}, {80, false}, {81, true}};
  for (auto [length, is_cut] : lengths) {
    source_.messages[0].body.clear();
    for (std::size_t i = 0; i < length; ++i) source_.messages[0].body += "é";
    EXPECT_EQ(has(get("/"), "é…"), is_cut) << length;
  }
  EXPECT_TRUE(has(get("/"), "2026-07-01 13:00:00"));
}

TEST_F(InboxTest, LettersHaveTheirFactsAndPdf) {
  source_.messages = {hostile("letter")};
  source_.messages[0].to = "Ada\n7 Mill Lane";
  source_.messages[0].zip_name = "";
  auto r = get("/inbox/sandbox-1");
  EXPECT_TRUE(has(r, "Ada<br>7 Mill Lane"));
  EXPECT_TRUE(has(r, "not sent yet"));
  EXPECT_TRUE(has(r, "href=\"/inbox/sandbox-1/pdf\""));
  EXPECT_FALSE(has(r, "<iframe"));
  auto pdf = get("/inbox/sandbox-1/pdf");
  EXPECT_EQ(pdf.content_type, "application/pdf");
  EXPECT_EQ(pdf.body, "%PDF");
}

TEST_F(InboxTest, WhatIsNotThereIs404) {
  source_.messages = {hostile("sms")};
  for (const char* path : {"/inbox/none", "/inbox/none/html", "/inbox/none/pdf", "/inbox/sandbox-1/html",
                           "/inbox/sandbox-1/pdf", "/other"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
  auto hostile_id = get("/inbox/%3Cscript%3E");
  EXPECT_EQ(hostile_id.status, 404);
  EXPECT_FALSE(has(hostile_id, "<script"));
}

TEST_F(InboxTest, TheStyleIsServed) {
  auto r = get("/assets/inbox.css");
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.content_type, "text/css; charset=utf-8");
  EXPECT_FALSE(has(r, "http"));
}

}  // namespace
}  // namespace postroom::web
