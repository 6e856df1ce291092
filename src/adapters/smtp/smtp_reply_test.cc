#include "adapters/smtp/smtp_reply.h"

#include <gtest/gtest.h>

namespace postroom::smtp {
namespace {

Reply reply_of(int code, std::vector<std::string> lines) { return {.code = code, .lines = std::move(lines)}; }

TEST(SmtpReply, KeepsTheServersReference) {
  EXPECT_EQ(reply_of(250, {"2.0.0 Ok: queued as 4XyZ1"}).reference(), "4XyZ1");
  EXPECT_EQ(reply_of(250, {"queued as Q1"}).reference(), "Q1");
  EXPECT_EQ(reply_of(250, {"2.0.0 0100018f-abc Message accepted"}).reference(), "0100018f-abc Message accepted");
  EXPECT_EQ(reply_of(250, {""}).reference(), "");
  EXPECT_EQ(reply_of(250, {}).reference(), "");
  EXPECT_EQ(reply_of(250, {std::string(500, 'x')}).reference().size(), 200u);
}

TEST(SmtpReply, SummariesLeaveOutTheText) {
  EXPECT_EQ(reply_of(550, {"5.1.1 <someone@example.net> unknown"}).summary(), "550 5.1.1");
  EXPECT_EQ(reply_of(451, {"try later"}).summary(), "451");
  EXPECT_EQ(reply_of(451, {}).summary(), "451");
  EXPECT_EQ(reply_of(550, {"5.1.1.222222222222 x"}).summary(), "550");
}

TEST(SmtpReply, Lines) {
  auto last = read_reply_line("250 ok\r");
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->is_last);
  EXPECT_EQ(last->text, "ok");
  auto more = read_reply_line("250-SIZE 10");
  ASSERT_TRUE(more);
  EXPECT_FALSE(more->is_last);
  EXPECT_EQ(more->text, "SIZE 10");
  EXPECT_TRUE(read_reply_line("221"));
  for (const char* bad : {"", "ok", "99 x", "600 x", "100 x", "2500 x", "25x y", "-50 a"})
    EXPECT_FALSE(read_reply_line(bad)) << bad;
}

TEST(SmtpReply, Offers) {
  const Offers offers = offers_of(
      reply_of(250, {"mail.example STARTTLS", "pipelining", "SIZE 1000", "AUTH PLAIN LOGIN", "DSN", "SMTPUTF8"}));
  EXPECT_FALSE(offers.starttls);
  EXPECT_TRUE(offers.pipelining && offers.size && offers.auth_plain && offers.auth_login);
  EXPECT_TRUE(offers.delivery_reports && offers.utf8_addresses);
  EXPECT_EQ(offers.message_bytes_max, 1000u);
  EXPECT_TRUE(offers_of(reply_of(250, {"x", "AUTH=LOGIN"})).auth_login);
  EXPECT_EQ(offers_of(reply_of(250, {"x", "SIZE"})).message_bytes_max, 0u);
  EXPECT_TRUE(offers_of(reply_of(250, {"x", "STARTTLS"})).starttls);
}

}  // namespace
}  // namespace postroom::smtp
