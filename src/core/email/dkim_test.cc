#include "core/email/dkim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postroom::email {
namespace {

using testing::HasSubstr;
using testing::Not;

// The example message of RFC 8463 appendix A (also RFC 6376 appendix A); its body hash is printed there.
constexpr std::string_view kExample =
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\n"
    "Hi.\r\n"
    "\r\n"
    "We lost the game.  Are you hungry yet?\r\n"
    "\r\n"
    "Joe.\r\n";

TEST(Dkim, RelaxedHeader) {
  struct Case {
    const char *name, *value, *canonical;
  };
  // RFC 6376 section 3.4.5, and what its rules say of the rest.
  const Case cases[] = {
      {"A", " X", "a:X\r\n"},
      {"B ", " Y\t\r\n\tZ  ", "b:Y Z\r\n"},
      {"Subject", "", "subject:\r\n"},
      {"Subject", " \r\n ", "subject:\r\n"},
      {"SUBJect", "a:b \t c", "subject:a:b c\r\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(relaxed_header(c.name, c.value), c.canonical) << c.name << c.value;
}

TEST(Dkim, RelaxedBody) {
  struct Case {
    const char *body, *canonical;
  };
  const Case cases[] = {
      {" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"},  // RFC 6376 section 3.4.5
      {"", ""},
      {"\r\n\r\n", ""},
      {" \t \r\n", ""},
      {"no line end", "no line end\r\n"},
      {"a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n"},
      {"a\rb\n\r\n", "a\rb\n\r\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(relaxed_body(c.body), c.canonical) << c.body;
}

TEST(Dkim, BodyHashOfTheExample) {
  auto message = DkimMessage::read(kExample);
  ASSERT_TRUE(message) << message.error().message;
  const auto draft = message->draft({"football.example.com", "brisbane"}, from_micros(1'528'637'909'999'999));
  EXPECT_THAT(draft.header, HasSubstr("bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;"));
  EXPECT_THAT(draft.header, HasSubstr("a=ed25519-sha256; c=relaxed/relaxed; t=1528637909;"));
  EXPECT_THAT(draft.header, HasSubstr("d=football.example.com;\r\n s=brisbane;"));
}

TEST(Dkim, SignsFromOnceMoreThanItOccursAndHeadersFromTheBottom) {
  auto message =
      DkimMessage::read("To: one@b.example\r\nFROM: a@a.example\r\nTo: two@b.example\r\nX-Other: x\r\n\r\nhi\r\n");
  ASSERT_TRUE(message);
  const auto draft = message->draft({"a.example", "s"}, UtcTime{});
  EXPECT_THAT(draft.header, HasSubstr("h=From:From:Reply-To:To:To:To:Subject:Date;"));
  EXPECT_THAT(
      draft.signed_text,
      testing::StartsWith("from:a@a.example\r\nto:two@b.example\r\nto:one@b.example\r\ndkim-signature:v=1; "));
  EXPECT_TRUE(draft.signed_text.ends_with("; b="));
  EXPECT_THAT(draft.signed_text, Not(HasSubstr("x-other")));
}

TEST(Dkim, SignsTheUnsubscribeHeaders) {
  auto message = DkimMessage::read(
      "From: a@a.example\r\nList-Unsubscribe: <https://a.example/u>\r\nList-Unsubscribe-Post: "
      "List-Unsubscribe=One-Click\r\n\r\n");
  ASSERT_TRUE(message);
  const auto draft = message->draft({"a.example", "s"}, UtcTime{});
  EXPECT_THAT(draft.signed_text, HasSubstr("list-unsubscribe:<https://a.example/u>\r\n"));
  EXPECT_THAT(draft.signed_text, HasSubstr("list-unsubscribe-post:List-Unsubscribe=One-Click\r\n"));
}

TEST(Dkim, EveryLineIsShort) {
  std::string all;
  for (const char* name : {"From", "Reply-To", "To", "Subject", "Date", "Message-ID", "MIME-Version",
                           "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted"})
    all += std::string(name) + ": x\r\n";
  all += "\r\n";
  auto message = DkimMessage::read(all);
  ASSERT_TRUE(message);
  const std::string line = finish_signature(message->draft({"a.example", "s"}, UtcTime{}), Bytes(256, '\xff'));
  EXPECT_TRUE(line.ends_with("\r\n"));
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t end = line.find("\r\n", i);
    EXPECT_LE(end - i, 78u) << line.substr(i, end - i);
    if (i > 0) {
      EXPECT_EQ(line[i], ' ');
    }
    i = end + 2;
  }
}

TEST(Dkim, RefusesWhatIsNoMessage) {
  EXPECT_FALSE(DkimMessage::read(""));
  EXPECT_FALSE(DkimMessage::read("From: a@a.example\r\n"));
  EXPECT_FALSE(DkimMessage::read("To: a@a.example\r\n\r\nhi"));
  EXPECT_FALSE(DkimMessage::read("no name\r\nFrom: a\r\n\r\nhi"));
  EXPECT_FALSE(DkimMessage::read(" From: a\r\n: b\r\n\r\n"));
}

TEST(Dkim, NamesAndRecords) {
  EXPECT_TRUE(is_dns_name("mail.council.example"));
  EXPECT_TRUE(is_dns_name("2026-03"));
  for (const char* bad : {"", ".", "a..b", "a.", "-a", "a-", "a b", "a;b", "é"})
    EXPECT_FALSE(is_dns_name(bad)) << bad;
  EXPECT_FALSE(is_dns_name(std::string(64, 'a')));
  EXPECT_TRUE(covers("council.example", "Mail.Council.example"));
  EXPECT_TRUE(covers("council.example", "council.example"));
  EXPECT_FALSE(covers("council.example", "notcouncil.example"));
  EXPECT_FALSE(covers("mail.council.example", "council.example"));
  EXPECT_EQ(dkim_record_name("council.example", "s1"), "s1._domainkey.council.example");
  EXPECT_EQ(dkim_record_text(DkimAlgorithm::ed25519_sha256, "abc"), "v=DKIM1; k=ed25519; p=YWJj");
  EXPECT_EQ(
      dkim_zone_line("s1._domainkey.a.example", std::string(300, 'x')),
      "s1._domainkey.a.example. IN TXT ( \"" + std::string(255, 'x') + "\" \"" + std::string(45, 'x') + "\" )");
}

}  // namespace
}  // namespace postroom::email
