#include "adapters/smtp/smtp_reply.h"

#include <gtest/gtest.h>

namespace postroom::smtp {
namespace {

ReplyLog log_of(std::initializer_list<std::string_view> lines) {
  ReplyLog log;
  for (std::string_view line : lines) log.add_line(line);
  return log;
}

TEST(SmtpReply, KeepsTheRelaysReference) {
  EXPECT_EQ(log_of({"250 OK\r\n", "354 go\r\n", "250 2.0.0 Ok: queued as 4XyZ1\r\n", "221 Bye\r\n"}).reference(),
            "4XyZ1");
  EXPECT_EQ(log_of({"250 queued as Q1"}).reference(), "Q1");
  EXPECT_EQ(log_of({"250 2.0.0 0100018f-abc Message accepted"}).reference(), "0100018f-abc Message accepted");
  EXPECT_EQ(log_of({"250"}).reference(), "");
  EXPECT_EQ(log_of({"250 " + std::string(500, 'x')}).reference().size(), 200u);
}

TEST(SmtpReply, RemembersTheRefusalBeforeTheGoodbye) {
  ReplyLog log = log_of({"220 hi", "250 OK", "550 5.1.1 <someone@example.net> unknown", "221 Bye"});
  EXPECT_TRUE(log.greeted());
  EXPECT_EQ(log.refusal_code(), 550);
  EXPECT_EQ(log.refusal(), "550 5.1.1");
  EXPECT_EQ(log_of({"451 try later"}).refusal(), "451");
  EXPECT_FALSE(log_of({"554 no service"}).greeted());
  EXPECT_EQ(log_of({"junk", "", "99", "600 x"}).refusal_code(), 0);
}

}  // namespace
}  // namespace postroom::smtp
