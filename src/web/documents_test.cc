// Varied: links, addresses, hostile texts and what fails. A page may tell only what its visitor has shown to know,
// and nothing that a sender wrote may run.
#include "web/documents.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "base/text.h"
#include "flows/documents/testing.h"
#include "web/page.h"

namespace postroom::web {
namespace {

using namespace std::chrono_literals;
using flows::testing::DocumentWorld;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class DocumentPagesTest : public testing::Test {
 protected:
  DocumentPagesTest() {
    set_log_sink([this](std::string_view line) { log_ += line; });
    add_routes(router_, false);
  }
  ~DocumentPagesTest() override { set_log_sink(nullptr); }

  void add_routes(http::Router& router, bool is_https) {
    add_not_found_page(router);
    add_document_pages(router, world_.downloads,
                       {.zone = *TimeZone::load("Europe/London"), .is_https = is_https, .is_behind_proxy = false});
  }
  // The address in the email, without the host.
  std::string sent(notifications::FileRequest file, Bytes content = "a,b\n") {
    auto link = world_.send(std::move(content), std::move(file));
    return link ? link->substr(link->find("/d/")) : link.error().messages[0];
  }
  std::string sent(bool with_confirmation = true) {
    return sent({.content = "", .filename = "list.csv", .confirm_email_before_download = with_confirmation});
  }
  http::Response call(http::Router& router, std::string method, std::string_view target, std::string body = "",
                      std::string cookie = "") {
    http::Request request{.method = std::move(method), .target = std::string(target)};
    const auto mark = target.find('?');
    request.path = std::string(target.substr(0, mark));
    if (mark != std::string_view::npos) request.query = http::parse_query(target.substr(mark + 1));
    request.body = std::move(body);
    request.remote_address = "192.0.2.1";
    if (!cookie.empty()) request.headers.emplace_back("Cookie", cookie);
    return router.dispatch(request);
  }
  http::Response get(std::string_view target, std::string cookie = "") {
    return call(router_, "GET", target, "", std::move(cookie));
  }
  http::Response give(std::string_view target, std::string_view address) {
    return call(router_, "POST", target, "email_address=" + percent_encode(address));
  }
  static std::string file_of(const std::string& path) {
    return path.substr(0, path.find('?')) + "/download" + path.substr(path.find('?'));
  }
  static std::string header(const http::Response& response, std::string_view name) {
    return std::string(response.header(name).value_or(""));
  }
  static std::string cookie_of(const http::Response& response) {
    const std::string cookie = header(response, "Set-Cookie");
    return cookie.substr(0, cookie.find(';'));
  }
  void expect_private(const http::Response& response) {
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
    EXPECT_EQ(header(response, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(response, "X-Robots-Tag"), "noindex, nofollow");
    EXPECT_TRUE(has(header(response, "Content-Security-Policy"), "default-src 'none'"));
    EXPECT_FALSE(has(header(response, "Content-Security-Policy"), "unsafe"));
    EXPECT_FALSE(has(header(response, "Content-Security-Policy"), "script-src"));
  }

  DocumentWorld world_;
  http::Router router_;
  std::string log_;
};

TEST_F(DocumentPagesTest, LandingTellsWhatItIsAndUntilWhen) {
  const std::string path = sent(false);
  const auto page = get(path);
  EXPECT_EQ(page.status, 200);
  for (const char* part : {"Harbour Office", "list.csv", "CSV table", "4 bytes", "https://harbour.example/contact",
                           "Available until</dt><dd>03:40 on 3 August 2026"}) {
    EXPECT_TRUE(has(page.body, part)) << part << page.body;
  }
  EXPECT_TRUE(has(page.body, "href=\"" + file_of(path) + '"')) << page.body;
  EXPECT_FALSE(has(page.body, "<script"));
  expect_private(page);
}

TEST_F(DocumentPagesTest, BeforeTheAddressIsGivenNeitherNameNorAddressIsTold) {
  const std::string path = sent();
  const auto page = get(path);
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(has(page.body, "action=\"" + path + '"')) << page.body;
  EXPECT_TRUE(has(page.body, "name=\"email_address\" value=\"\""));
  for (const char* part : {"list.csv", "ann@example.org", "/download"}) EXPECT_FALSE(has(page.body, part)) << part;
  const auto file = get(file_of(path));
  EXPECT_EQ(file.status, 303);
  EXPECT_EQ(header(file, "Location"), path);
  EXPECT_EQ(file.body.find("a,b"), std::string::npos);
  expect_private(file);
}

TEST_F(DocumentPagesTest, TheRightAddressOpensItForThatBrowser) {
  const std::string path = sent();
  const auto confirmed = give(path, " ANN@example.org ");
  EXPECT_EQ(confirmed.status, 303);
  EXPECT_EQ(header(confirmed, "Location"), path);
  const std::string attributes = header(confirmed, "Set-Cookie");
  EXPECT_TRUE(
      attributes.ends_with("; Path=" + path.substr(0, path.find('?')) + "; Max-Age=3600; HttpOnly; SameSite=Lax"))
      << attributes;
  const std::string cookie = cookie_of(confirmed);
  EXPECT_TRUE(has(get(path, cookie).body, "list.csv"));
  EXPECT_EQ(get(file_of(path), cookie).body, "a,b\n");
  EXPECT_EQ(get(file_of(path), "other=1; " + cookie + "; more=2").body, "a,b\n");
  EXPECT_EQ(get(file_of(path), cookie + "x").status, 303);
  EXPECT_EQ(get(file_of(sent()), cookie).status, 303);
  world_.clock.advance(1h);
  EXPECT_EQ(get(file_of(path), cookie).status, 303);
}

TEST_F(DocumentPagesTest, CookiesTravelByHttpsOnlyWherePeopleDo) {
  http::Router router;
  add_routes(router, true);
  const auto confirmed = call(router, "POST", sent(), "email_address=ann%40example.org");
  EXPECT_TRUE(header(confirmed, "Set-Cookie").ends_with("; SameSite=Lax; Secure"));
}

TEST_F(DocumentPagesTest, TheFileIsAnAttachmentInWhichNothingRuns) {
  const auto file = get(file_of(sent(false)));
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.content_type, "text/csv");
  EXPECT_EQ(header(file, "Content-Disposition"), "attachment; filename=\"list.csv\"");
  EXPECT_EQ(header(file, "Content-Security-Policy"), "sandbox; default-src 'none'");
  EXPECT_EQ(header(file, "Cross-Origin-Resource-Policy"), "same-origin");
  expect_private(file);
  int policies = 0;
  for (const auto& [name, value] : file.headers) policies += name == "Content-Security-Policy" ? 1 : 0;
  EXPECT_EQ(policies, 1);
}

TEST_F(DocumentPagesTest, OnlyDownloadsAreCounted) {
  const std::string path = sent(false);
  auto count = [&] { return world_.documents.list(world_.service.id, 1).value()[0].download_count; };
  get(path);
  EXPECT_EQ(call(router_, "HEAD", file_of(path)).status, 200);
  EXPECT_EQ(count(), 0);
  get(file_of(path));
  EXPECT_EQ(count(), 1);
}

TEST_F(DocumentPagesTest, WrongAddressesAreAllAnsweredAlike) {
  const std::string path = sent();
  const auto wrong = give(path, "eve@example.org"), other = give(path, "ann@example.com");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_TRUE(has(wrong.body, "<title>Error: ")) << wrong.body;
  EXPECT_TRUE(has(wrong.body, "aria-invalid=\"true\""));
  EXPECT_TRUE(has(wrong.body, "value=\"eve@example.org\""));
  EXPECT_EQ(header(wrong, "Set-Cookie"), "");
  std::string same = other.body;
  for (auto at = same.find("ann@example.com"); at != std::string::npos; at = same.find("ann@example.com")) {
    same.replace(at, 15, "eve@example.org");
  }
  EXPECT_EQ(same, wrong.body);
  EXPECT_FALSE(has(log_, "example.org") || has(log_, "example.com")) << log_;
}

TEST_F(DocumentPagesTest, TypingMistakesTakeNoGuess) {
  const std::string path = sent();
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(has(give(path, "").body, "Enter your email address"));
    EXPECT_TRUE(has(give(path, "ann").body, "like name@example.org"));
    EXPECT_TRUE(has(give(path, std::string(400, 'a') + "@example.org").body, "like name@example.org"));
    EXPECT_EQ(call(router_, "POST", path, "{\"email_address\":\"ann@example.org\"}").status, 400);
  }
  EXPECT_EQ(give(path, "ann@example.org").status, 303);
}

TEST_F(DocumentPagesTest, AfterFiveGuessesItSaysWhenToTryAgain) {
  const std::string path = sent();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(give(path, "eve@example.org").status, 400);
  world_.clock.advance(10min);
  const auto blocked = give(path, "ann@example.org");
  EXPECT_EQ(blocked.status, 429);
  EXPECT_EQ(header(blocked, "Retry-After"), "3000");
  EXPECT_TRUE(has(blocked.body, "Try again after 03:41 on 2 February 2026")) << blocked.body;
  EXPECT_EQ(header(blocked, "Set-Cookie"), "");
}

TEST_F(DocumentPagesTest, WithoutConfirmationAddressesAreNotAsked) {
  const std::string path = sent(false);
  const auto answer = give(path, "eve@example.org");
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(header(answer, "Set-Cookie"), "");
}

TEST_F(DocumentPagesTest, WhatIsNotThereLooksTheSameWhateverTheReason) {
  const std::string path = sent(), other = sent(), bare = path.substr(0, path.find('?'));
  std::string wrong_key = path;
  wrong_key[path.find('=') + 7] = path[path.find('=') + 7] == 'A' ? 'B' : 'A';
  std::vector<std::string> links{bare,
                                 bare + "?key=",
                                 wrong_key,
                                 path + "A",
                                 bare + other.substr(other.find('?')),
                                 "/d/x/y?key=z",
                                 "/d/" + world_.service.id.text() + "/x?key=y"};
  const std::string expected = get(bare).body;
  EXPECT_TRUE(has(expected, "not available"));
  auto check = [&](const std::string& link) {
    for (const auto& answer :
         {get(link), give(link, "ann@example.org"), get(file_of(link + (link == bare ? "?" : "")))}) {
      EXPECT_EQ(answer.status, 404) << link;
      EXPECT_EQ(answer.body, expected) << link;
      expect_private(answer);
    }
  };
  for (const std::string& link : links) check(link);
  world_.clock.advance(std::chrono::weeks{26});
  check(path);
  EXPECT_EQ(get("/d/cut").status, 404);
  EXPECT_TRUE(has(get("/d/cut").body, "your mail program may have cut it"));
}

TEST_F(DocumentPagesTest, TroubleIsSaidToBeOurs) {
  const std::string path = sent(false);
  world_.documents.find_fault.count = 1;
  const auto busy = get(path);
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(header(busy, "Retry-After"), "60");
  expect_private(busy);
  Bytes& sealed = world_.blobs.blobs.begin()->second;
  sealed[sealed.size() / 2] ^= 1;
  EXPECT_EQ(get(file_of(path)).status, 500);
  EXPECT_TRUE(has(log_, "document.page_failed"));
  world_.blobs.blobs.clear();
  EXPECT_EQ(get(file_of(path)).status, 404);
}

TEST_F(DocumentPagesTest, WhateverSendersAndVisitorsWriteIsShownAsText) {
  constexpr const char* kHostile = "\"><script>alert(1)</script>&";
  world_.service.name = std::string("Office ") + kHostile;
  world_.service.contact_link = std::string("https://x.example/") + kHostile;
  ASSERT_TRUE(world_.services.update(world_.service));
  const std::string named =
      sent({.content = "", .filename = "a\"><b onload=alert(1)>&.csv", .confirm_email_before_download = false});
  const std::string asked = sent();
  for (const auto& page : {get(named), get(asked), give(asked, kHostile), give(asked, "a'b<c>@example.org")}) {
    EXPECT_FALSE(has(page.body, "<script") || has(page.body, "<b onload") || has(page.body, "c>@")) << page.body;
    EXPECT_TRUE(has(page.body, "Office &quot;&gt;&lt;script&gt;"));
  }
}

TEST_F(DocumentPagesTest, ContactDetailsBecomeALinkWhereTheyAreOne) {
  const std::string path = sent(false);
  for (auto [contact, shown] :
       {std::pair{"https://a.example/help", "<a href=\"https://a.example/help\" rel=\"noreferrer\">"},
        {"help@harbour.example", "<a href=\"mailto:help@harbour.example\">"},
        {"020 7946 0000", ": 020 7946 0000</p>"},
        {"javascript:alert(1)", ": javascript:alert(1)</p>"}}) {
    world_.service.contact_link = contact;
    ASSERT_TRUE(world_.services.update(world_.service));
    EXPECT_TRUE(has(get(path).body, shown)) << get(path).body;
  }
}

TEST_F(DocumentPagesTest, LinksOfSimulatedRecipientsLeadSomewhere) {
  const std::string link = world_.uploads.test_link(world_.service.id);
  const auto page = get(link.substr(link.find("/services/")));
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(has(page.body, "A test file"));
  expect_private(page);
}

TEST(AttachmentDisposition, NamesAreQuotedAndRepeatedInFullWhereTheyAreNotPlain) {
  for (auto [name, header] :
       {std::pair{"report.pdf", R"(attachment; filename="report.pdf")"},
        {"two words.pdf", R"(attachment; filename="two words.pdf")"},
        {"a;b=c.pdf", R"(attachment; filename="a;b=c.pdf")"},
        {R"(a"b\c.pdf)", R"(attachment; filename="a_b_c.pdf"; filename*=UTF-8''a%22b%5Cc.pdf)"},
        {"50%41.pdf", R"(attachment; filename="50_41.pdf"; filename*=UTF-8''50%2541.pdf)"},
        {"né.pdf", R"(attachment; filename="n_.pdf"; filename*=UTF-8''n%C3%A9.pdf)"},
        {"📄.pdf", R"(attachment; filename="_.pdf"; filename*=UTF-8''%F0%9F%93%84.pdf)"}}) {
    EXPECT_EQ(attachment_disposition(name), header) << name;
  }
}

}  // namespace
}  // namespace postroom::web
