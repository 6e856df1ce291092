// Reports as common mail servers write them; each row changes one thing.
#include "core/email/bounce.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "core/email/return_path.h"

namespace postroom::email {
namespace {

using Kind = BounceReport::Kind;

constexpr const char* kIdText = "0190163d-8694-739b-aea5-966c26f8ad91";
const NotificationId kId = *NotificationId::parse(kIdText);
const std::string kRecipient = return_path("bounces@mail.example", kId);

// In the form of Postfix.
std::string dsn(std::string_view recipient_fields, std::string_view to = kRecipient,
                std::string_view returned = "Message-ID: <other@mail.example>\r\n") {
  return fmt::format(
      "Return-Path: <>\r\nDate: Mon, 2 Mar 2026 09:15:00 +0100 (CET)\r\n"
      "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)\r\n"
      "Subject: Undelivered Mail Returned to Sender\r\nTo: {}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: "
      "1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"4F2/mx.example.net\"\r\n\r\n"
      "This is a MIME-encapsulated message.\r\n\r\n--4F2/mx.example.net\r\nContent-Description: Notification\r\n"
      "Content-Type: text/plain; charset=us-ascii\r\n\r\nYour message could not be delivered.\r\n\r\n"
      "--4F2/mx.example.net\r\nContent-Description: Delivery report\r\nContent-Type: "
      "message/delivery-status\r\n\r\n"
      "Reporting-MTA: dns; mx.example.net\r\nX-Postfix-Queue-ID: 4F2\r\n\r\n{}\r\n"
      "--4F2/mx.example.net\r\nContent-Type: message/rfc822\r\n\r\n{}\r\n\r\n--4F2/mx.example.net--\r\n",
      to, recipient_fields, returned);
}

struct Row {
  const char* name;
  const char* fields;
  Kind kind;
  bool bad;
  const char* detail;
};

TEST(Bounce, RFC3464_states) {
  const Row rows[] = {
      {"unknown user",
       "Final-Recipient: rfc822; ann@example.net\r\nOriginal-Recipient: rfc822;ann@example.net\r\nAction: "
       "failed\r\n"
       "Status: 5.1.1\r\nRemote-MTA: dns; mx.example.net\r\nDiagnostic-Code: smtp; 550 5.1.1 <ann@example.net>:\r\n"
       "    Recipient address rejected: User unknown\r\n",
       Kind::hard, true, "failed 5.1.1, 550"},
      {"policy", "Action: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 554 5.7.1 spam\r\n", Kind::hard, false,
       "failed 5.7.1, 554"},
      {"full mailbox", "Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 full\r\n", Kind::soft,
       false, "failed 5.2.2, 552"},
      {"expired", "Action: failed\r\nStatus: 4.4.7\r\n", Kind::soft, false, "failed 4.4.7"},
      {"status says nothing", "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 5.1.1 no\r\n",
       Kind::hard, true, "failed 5.1.1, 550"},
      {"no status", "Action: failed\r\nDiagnostic-Code: smtp; 550 no such user\r\n", Kind::hard, false,
       "failed, 550"},
      {"nothing but failed", "Action: failed\r\n", Kind::soft, false, "failed"},
      {"comments", "ACTION: Failed (unable to deliver)\r\nstatus: 5.1.1 (bad destination mailbox address)\r\n",
       Kind::hard, true, "failed 5.1.1"},
      {"delayed", "Action: delayed\r\nStatus: 4.4.1\r\n", Kind::delayed, false, "delayed 4.4.1"},
      {"delivered", "Action: delivered\r\nStatus: 2.0.0\r\n", Kind::delivered, false, "delivered 2.0.0"},
      {"relayed", "Action: relayed\r\nStatus: 2.1.9\r\n", Kind::delivered, false, "relayed 2.1.9"},
      {"lists", "Action: expanded\r\n", Kind::delivered, false, "expanded"},
      {"odd codes", "Action: failed\r\nStatus: 5.1.1.1.1\r\nDiagnostic-Code: x-unix; 550x\r\n", Kind::soft, false,
       "failed"},
  };
  for (const Row& row : rows) {
    auto report = read_bounce(dsn(row.fields), "");
    ASSERT_TRUE(report) << row.name << ": " << report.error().message;
    EXPECT_EQ(report->kind, row.kind) << row.name;
    EXPECT_EQ(report->address_is_bad, row.bad) << row.name;
    EXPECT_EQ(report->detail, row.detail) << row.name;
    EXPECT_EQ(report->notification, kId) << row.name;
    EXPECT_EQ(report->at, parse_rfc3339("2026-03-02T08:15:00Z")) << row.name;
  }
}

TEST(Bounce, BareLineEndsReadTheSame) {
  const std::string text = replace_all(dsn("Action: failed\r\nStatus: 5.1.1\r\n"), "\r\n", "\n");
  auto report = read_bounce(text, "");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->detail, "failed 5.1.1");
}

TEST(Bounce, FindsTheEmailWhereverItIsNamed) {
  constexpr const char* kFields = "Action: failed\r\nStatus: 5.1.1\r\n";
  const std::string by_message_id = fmt::format("Message-ID: <{}@mail.example>\r\nSubject: x\r\n", kIdText);
  const std::string by_return_path = "Return-Path: <" + kRecipient + ">\r\n";
  EXPECT_EQ(read_bounce(dsn(kFields, "someone@mail.example"), kRecipient)->notification, kId);
  EXPECT_EQ(read_bounce(dsn(kFields, "someone@mail.example", by_message_id), "")->notification, kId);
  EXPECT_EQ(read_bounce(dsn(kFields, "someone@mail.example", by_return_path), "")->notification, kId);
  EXPECT_EQ(read_bounce(dsn(kFields, "someone@mail.example"), "")->notification, std::nullopt);
  const std::string envelope = fmt::format("Original-Envelope-Id: {}\r\n", kIdText);
  // Without an empty line between the message's fields and the recipient's.
  std::string text = replace_all(dsn(kFields, "a@b.example"), "X-Postfix-Queue-ID: 4F2\r\n\r\n", envelope);
  EXPECT_EQ(read_bounce(text, "")->notification, kId);
}

TEST(Bounce, EncodedReportsAreRead) {
  std::string text =
      "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nhi\n--x\n"
      "Content-Type: message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n"
      "Reporting-MTA: dns; a\n\nAction: fail=\ned\nStatus: 5=2E1.1\n--x--\n";
  auto report = read_bounce(text, kRecipient);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->detail, "failed 5.1.1");
}

std::string arf(std::string_view fields, std::string_view returned = "From: a@mail.example\r\n") {
  return fmt::format(
      "From: <abuse@isp.example>\r\nDate: Thu, 8 Mar 2026 17:40:36 GMT\r\nSubject: FW: Earn money\r\n"
      "To: <complaints@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "
      "report-type=feedback-report;\r\n     boundary=\"part1_13d.2e68ed54_boundary\"\r\n\r\n"
      "--part1_13d.2e68ed54_boundary\r\nContent-Type: text/plain; charset=\"US-ASCII\"\r\n\r\nThis is an abuse "
      "report.\r\n\r\n--part1_13d.2e68ed54_boundary\r\nContent-Type: message/feedback-report\r\n\r\n{}\r\n"
      "--part1_13d.2e68ed54_boundary\r\nContent-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\n{}\r\n"
      "Spam Spam Spam\r\n--part1_13d.2e68ed54_boundary--\r\n",
      fields, returned);
}

TEST(Bounce, RFC5965_complaints) {
  const std::string from = "Original-Mail-From: <" + kRecipient + ">\r\n";
  auto report =
      read_bounce(arf("Feedback-Type: abuse\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n" + from +
                      "Original-Rcpt-To: <user@example.com>\r\nArrival-Date: Thu, 8 Mar 2026 14:00:00 EDT\r\n"),
                  "");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->kind, Kind::complaint);
  EXPECT_EQ(report->complaint_type, "abuse");
  EXPECT_EQ(report->detail, "complaint abuse");
  EXPECT_EQ(report->notification, kId);
  EXPECT_EQ(report->at, parse_rfc3339("2026-03-08T17:40:36Z"));

  report = read_bounce(
      arf("Feedback-Type: fraud\r\nVersion: 1\r\n", fmt::format("Message-ID: <{}@mail.example>\r\n", kIdText)),
      "complaints@mail.example");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->notification, kId);
  EXPECT_EQ(read_bounce(arf("Version: 1\r\n"), "").error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(read_bounce(arf("Feedback-Type: not-spam\r\n"), "").error().kind, ErrorKind::not_found);
}

TEST(Bounce, OtherMailIsNone) {
  for (const char* text : {"", "Subject: I am away\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday.\r\n",
                           "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\nhi\r\n--x--\r\n"}) {
    auto report = read_bounce(text, kRecipient);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::not_found);
  }
  for (const char* fields : {"", "Status: 5.1.1\r\n", "Action: exploded\r\n"})
    EXPECT_EQ(read_bounce(dsn(fields), "").error().kind, ErrorKind::invalid_input) << fields;
}

TEST(Bounce, Dates) {
  struct Case {
    const char *text, *time;
  };
  const Case good[] = {{"Mon, 02 Mar 2026 09:15:00 +0000", "2026-03-02T09:15:00Z"},
                       {"2 Mar 2026 09:15 -0530", "2026-03-02T14:45:00Z"},
                       {" Mon,  2  MAR 2026  23:59:60 GMT (comment)", "2026-03-03T00:00:00Z"}};
  for (const Case& c : good) EXPECT_EQ(parse_email_date(c.text), parse_rfc3339(c.time)) << c.text;
  for (const char* bad : {"", "Mon", "30 Feb 2026 09:15:00 +0000", "2 Foo 2026 09:15:00 +0000",
                          "2 Mar 26 09:15 +0000", "2 Mar 2026 25:15:00 +0000", "2 Mar 2026 09:15:00 EST",
                          "2 Mar 2026 09:15:00", "-2 Mar 2026 09:15:00 +0000", "2 Mar 2026 09:15:00 +00x0"})
    EXPECT_FALSE(parse_email_date(bad)) << bad;
}

}  // namespace
}  // namespace postroom::email
