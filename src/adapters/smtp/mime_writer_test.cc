// Varied: scripts, line ends, lengths around the limits, and text that tries to become a header. What must
// hold: RFC line lengths, code points never cut, and no line that the message did not ask for.
#include "adapters/smtp/mime_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/text.h"

namespace postroom::smtp {
namespace {

using testing::HasSubstr;
using testing::Not;

ports::EmailMessage sample() {
  return {.to = "resident@example.net",
          .from_name = "Ashford Council",
          .from_address = "no-reply@ashford.example",
          .reply_to = "help@ashford.example",
          .subject = "Your bin day",
          .text_body = "Hello\n",
          .html_body = "<p>Hello</p>",
          .list_unsubscribe_url = "https://ashford.example/u/1",
          .message_reference = "0190-abcd",
          .date = *parse_rfc3339("2026-03-02T09:05:07.9Z")};
}

std::string decode_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (!text.starts_with("=?UTF-8?B?")) return "not an encoded word: " + std::string(text);
    std::size_t end = text.find("?=");
    out += from_base64(text.substr(10, end - 10)).value_or("bad base64");
    text.remove_prefix(end + 2);
    if (text.starts_with("\r\n ")) text.remove_prefix(3);
  }
  return out;
}

TEST(MimeWriter, WritesBothParts) {
  std::string text = *write_mime(sample());
  EXPECT_THAT(
      text,
      HasSubstr("Date: Mon, 02 Mar 2026 09:05:07 +0000\r\nFrom: Ashford Council <no-reply@ashford.example>\r\n"
                "To: resident@example.net\r\nReply-To: help@ashford.example\r\nSubject: Your bin day\r\n"
                "Message-ID: <0190-abcd@ashford.example>\r\nList-Unsubscribe: <https://ashford.example/u/1>\r\n"
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
  std::size_t plain = text.find(
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello\r\n");
  std::size_t html = text.find(
      "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n\r\n<p>Hello</p>\r\n");
  ASSERT_NE(plain, std::string::npos);
  ASSERT_NE(html, std::string::npos);
  EXPECT_LT(plain, html);
  std::size_t start = text.find("boundary=\"") + 10;
  std::string boundary = text.substr(start, text.find('"', start) - start);
  EXPECT_THAT(text, HasSubstr("\r\n\r\n--" + boundary + "\r\n"));
  EXPECT_TRUE(text.ends_with("\r\n--" + boundary + "--\r\n"));
}

TEST(MimeWriter, SameMessageSameBytes) { EXPECT_EQ(*write_mime(sample()), *write_mime(sample())); }

TEST(MimeWriter, OptionalPartsAreLeftOut) {
  ports::EmailMessage message = sample();
  message.html_body = message.reply_to = message.list_unsubscribe_url = message.from_name = "";
  std::string text = *write_mime(message);
  EXPECT_THAT(text, Not(HasSubstr("multipart")));
  EXPECT_THAT(text, Not(HasSubstr("Reply-To")));
  EXPECT_THAT(text, Not(HasSubstr("List-Unsubscribe")));
  EXPECT_THAT(text, HasSubstr("From: no-reply@ashford.example\r\n"));
}

TEST(MimeWriter, TextCannotBecomeAHeader) {
  for (std::string attack :
       {"x\r\nBcc: victim@example.org", "x\nBcc: victim@example.org", "x\rBcc: victim@example.org",
        "x\xE2\x80\xA8"
        "Bcc: victim@example.org"}) {
    ports::EmailMessage message = sample();
    message.subject = attack;
    message.from_name = attack;
    std::string text = *write_mime(message);
    std::string head = text.substr(0, text.find("\r\n\r\n"));
    EXPECT_THAT(head, Not(HasSubstr("\nBcc"))) << attack;
    EXPECT_EQ(replace_all(head, "\r\n", "").find_first_of("\r\n"), std::string::npos);
  }
}

TEST(MimeWriter, BadAddressesAreNamedNotShown) {
  for (std::string bad :
       {"", "a", "@b.example", "a@", "a@b@c", "a b@c.example", "a@b.example>", "a\r\nRCPT TO:<x@y>@z",
        "a,b@c.example", "a@b.example\n", "\"a\"@b.example", "a@\xff.example"}) {
    ports::EmailMessage message = sample();
    message.to = bad;
    auto result = write_mime(message);
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(result.error().message, HasSubstr("recipient address"));
  }
  ports::EmailMessage message = sample();
  message.list_unsubscribe_url = "https://x/>\r\nBcc: y";
  EXPECT_FALSE(write_mime(message));
  message = sample();
  message.message_reference = "a>b";
  EXPECT_FALSE(write_mime(message));
}

TEST(MimeWriter, AddressLengthLimit) {
  std::string domain = "@example.net";
  EXPECT_TRUE(is_wire_address(std::string(254 - domain.size(), 'a') + domain));
  EXPECT_FALSE(is_wire_address(std::string(255 - domain.size(), 'a') + domain));
}

TEST(MimeWriter, InternationalDomainsBecomeAscii) {
  EXPECT_EQ(*wire_address("siân@bücher.example", "recipient"), "siân@xn--bcher-kva.example");
}

TEST(MimeWriter, NamesAreQuotedWhereNeeded) {
  ports::EmailMessage message = sample();
  message.from_name = "Births, Deaths \"and\" Marriages";
  EXPECT_THAT(*write_mime(message),
              HasSubstr("From: \"Births, Deaths \\\"and\\\" Marriages\" <no-reply@ashford.example>\r\n"));
  message.from_name = "Cyngor Dŵr";
  EXPECT_THAT(*write_mime(message), HasSubstr("From: =?UTF-8?B?" + to_base64("Cyngor Dŵr") + "?= <no-reply"));
}

TEST(MimeWriter, EncodedWordsKeepCodePointsWholeAndLinesShort) {
  for (std::string unit : {"é", "€", "😀", "aé"}) {
    for (std::size_t count : {1u, 10u, 11u, 12u, 40u, 500u}) {
      std::string text;
      for (std::size_t i = 0; i < count; ++i) text += unit;
      std::string encoded = encode_header_text(text, 9);
      EXPECT_EQ(decode_words(encoded), text);
      std::size_t column = 9;
      for (const std::string& line : split(replace_all(encoded, "\r\n", "\n"), '\n')) {
        EXPECT_LE(column + line.size(), 77u);
        EXPECT_LE(trim(line).size(), 75u);
        EXPECT_TRUE(is_valid_utf8(decode_words(trim(line))));
        column = 0;
      }
    }
  }
  EXPECT_EQ(encode_header_text("plain", 9), "plain");
  EXPECT_EQ(decode_words(encode_header_text("looks =?like?= one", 9)), "looks =?like?= one");
  EXPECT_EQ(decode_words(encode_header_text(std::string(500, 'a'), 9)), std::string(500, 'a'));
}

TEST(MimeWriter, QuotedPrintable) {
  struct Case {
    std::string_view in, out;
  };
  const Case cases[] = {
      {"", "\r\n"},
      {"a", "a\r\n"},
      {"a\n", "a\r\n"},
      {"a\r\nb\rc\nd", "a\r\nb\r\nc\r\nd\r\n"},
      {"1=2", "1=3D2\r\n"},
      {"é", "=C3=A9\r\n"},
      {"tail \nmore\t", "tail=20\r\nmore=09\r\n"},
      {"tail \r\nx", "tail=20\r\nx\r\n"},
      {"in side\tx", "in side\tx\r\n"},
      {"From here", "=46rom here\r\n"},
      {".", ".\r\n"},
      {std::string_view("\0", 1), "=00\r\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(quoted_printable(c.in), c.out) << c.in;
}

TEST(MimeWriter, QuotedPrintableBreaksLongLines) {
  const std::string just_short(74, 'a'), just_fits(75, 'a');
  EXPECT_EQ(quoted_printable(just_fits), just_fits + "\r\n");
  EXPECT_EQ(quoted_printable(just_fits + "a"), just_fits + "=\r\na\r\n");
  EXPECT_EQ(quoted_printable(just_short + "="), just_short + "=\r\n=3D\r\n");
  EXPECT_EQ(quoted_printable(just_short + " \n"), just_short + "=\r\n=20\r\n");
}

TEST(MimeWriter, InvalidUtf8IsReplaced) {
  ports::EmailMessage message = sample();
  message.html_body = "";
  message.text_body =
      "a\xff"
      "b";
  EXPECT_THAT(*write_mime(message), HasSubstr("a=EF=BF=BDb\r\n"));
}

}  // namespace
}  // namespace postroom::smtp
