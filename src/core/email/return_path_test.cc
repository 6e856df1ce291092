#include "core/email/return_path.h"

#include <gtest/gtest.h>

namespace postroom::email {
namespace {

const NotificationId kId = *NotificationId::parse("0190163d-8694-739b-aea5-966c26f8ad91");

TEST(ReturnPath, SaysWhichEmailItWas) {
  const std::string address = return_path("bounces@mail.example", kId);
  EXPECT_EQ(address, "bounces+0190163d8694739baea5966c26f8ad91@mail.example");
  EXPECT_EQ(notification_in(address), kId);
  EXPECT_EQ(notification_in("<BOUNCES+0190163D8694739BAEA5966C26F8AD91@MAIL.EXAMPLE>"), kId);
  EXPECT_EQ(return_path("", kId), "");
  EXPECT_EQ(return_path("nobody", kId), "");
}

TEST(ReturnPath, OthersSayNothing) {
  for (const char* address :
       {"", "@", "bounces@mail.example", "bounces+x@mail.example",
        "bounces0190163d8694739baea5966c26f8ad91@mail.example", "+0190163d8694739baea5966c26f8ad9x@mail.example",
        "0190163d8694739baea5966c26f8ad91@m"})
    EXPECT_FALSE(notification_in(address)) << address;
}

TEST(ReturnPath, BadAddresses) {
  for (const char* bad :
       {"550 5.1.1", "mail server mx.example refused the message: 550 5.1.1", "5.1.10", "x 5.2.1, 550"})
    EXPECT_TRUE(says_address_is_bad(bad)) << bad;
  for (const char* other :
       {"", "550", "550 5.7.1", "5.1.11", "15.1.1", "5.1.1.1", "4.1.1", "5.1.", "5.2.2", "a5.1.1"})
    EXPECT_FALSE(says_address_is_bad(other)) << other;
}

}  // namespace
}  // namespace postroom::email
