// What becomes of an email before any server is spoken to; tests/peers/test_email_out.py speaks to servers.
#include "adapters/smtp/mx_mailer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <map>
#include <thread>

#include "adapters/smtp/mime_message_writer.h"
#include "adapters/smtp/session_pool.h"

namespace postroom::smtp {
namespace {

using ports::MailExchanger;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class FakeResolver final : public ports::NameResolver {
 public:
  std::map<std::string, Result<std::vector<MailExchanger>>, std::less<>> exchangers;
  std::map<std::string, Result<std::vector<std::string>>, std::less<>> hosts;
  int questions = 0;

  Result<std::vector<MailExchanger>> mail_exchangers(std::string_view domain) override {
    ++questions;
    auto found = exchangers.find(domain);
    if (found == exchangers.end()) return fail(ErrorKind::not_found, "no such name");
    return found->second;
  }
  Result<std::vector<std::string>> addresses(std::string_view host) override {
    auto found = hosts.find(host);
    if (found == hosts.end()) return fail(ErrorKind::not_found, "no such name");
    return found->second;
  }
  Result<std::vector<std::string>> texts(std::string_view) override { return std::vector<std::string>(); }
};

class MxMailerTest : public testing::Test {
 protected:
  Result<ports::ProviderReceipt> send_to(std::string address) {
    return mailer_.send({.to = std::move(address),
                         .from_address = "x@mail.example",
                         .subject = "s",
                         .text_body = "t",
                         .message_reference = "r",
                         .date = UtcTime{}});
  }
  FakeResolver dns_;
  SeededRandom random_{3};
  MimeMessageWriter writer_{nullptr};
  // Nothing listens on port 1 of this host, and only this host may be reached.
  MxMailer mailer_{{.port = 1,
                    .connect_timeout = std::chrono::milliseconds(500),
                    .timeout = std::chrono::milliseconds(1000),
                    .may_reach =
                        [](const sockaddr* address, std::size_t) {
                          return address->sa_family == AF_INET &&
                                 reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr ==
                                     htonl(INADDR_LOOPBACK);
                        }},
                   writer_,
                   dns_,
                   random_};
};

TEST_F(MxMailerTest, WhatTheDnsSaysDecides) {
  using Exchangers = std::vector<MailExchanger>;
  using Addresses = std::vector<std::string>;
  const Error away{ErrorKind::retry_later, "no name server answers"};
  dns_.exchangers.emplace("null.example", Exchangers{{0, ""}});
  dns_.exchangers.emplace("bare.example", Exchangers{});
  dns_.exchangers.emplace("private.example", Exchangers{{1, "mx.private.example"}});
  dns_.exchangers.emplace("dangling.example", Exchangers{{1, "mx.nowhere.example"}});
  dns_.exchangers.emplace("away.example", fail(away));
  dns_.exchangers.emplace("half.example", Exchangers{{1, "mx.away.example"}, {2, "mx.nowhere.example"}});
  dns_.exchangers.emplace("here.example", Exchangers{{1, "mx.private.example"}, {2, "mx.here.example"}});
  dns_.hosts.emplace("mx.private.example", Addresses{"10.0.0.1", "192.168.1.1", "no address"});
  dns_.hosts.emplace("mx.here.example", Addresses{"127.0.0.1"});
  dns_.hosts.emplace("mx.away.example", fail(away));
  struct Case {
    const char* domain;
    ErrorKind kind;
    const char* reason;
  };
  const Case cases[] = {
      {"unknown.example", ErrorKind::rejected, "does not exist"},
      {"null.example", ErrorKind::rejected, "null MX"},
      {"bare.example", ErrorKind::rejected, "no mail server"},
      {"private.example", ErrorKind::rejected, "no public address"},
      {"dangling.example", ErrorKind::rejected, "no mail server"},
      {"away.example", ErrorKind::retry_later, "no name server"},
      {"half.example", ErrorKind::retry_later, "no name server"},
      {"here.example", ErrorKind::retry_later, "mail server mx.here.example: Connection refused"},
  };
  for (const Case& c : cases) {
    auto receipt = send_to(std::string("resident@") + c.domain);
    ASSERT_FALSE(receipt) << c.domain;
    EXPECT_EQ(receipt.error().kind, c.kind) << c.domain << ": " << receipt.error().message;
    EXPECT_THAT(receipt.error().message, HasSubstr(c.reason)) << c.domain;
    EXPECT_THAT(receipt.error().message, Not(HasSubstr("resident"))) << c.domain;
  }
  // A domain that could not be reached is left alone for a while.
  const int asked = dns_.questions;
  EXPECT_THAT(send_to("other@HERE.example").error().message, HasSubstr("(a moment ago)"));
  EXPECT_EQ(dns_.questions, asked);
}

TEST(MxOrder, ByPreferenceAndInAnyOrderWithinOne) {
  SeededRandom random(5);
  const std::vector<MailExchanger> all = {{20, "c"}, {10, "a"}, {10, "b"}, {30, ""}, {40, "c"}};
  std::map<std::string, int> first;
  for (int i = 0; i < 200; ++i) {
    const auto order = in_order_of_preference(all, random);
    ASSERT_EQ(order.size(), 3u);
    EXPECT_EQ(order[2], "c");
    ++first[order[0]];
  }
  EXPECT_GT(first["a"], 50);
  EXPECT_GT(first["b"], 50);
  EXPECT_EQ(first.size(), 2u);
}

TEST_F(MxMailerTest, WhatIsTooMuchForAMinuteIsPutOffWithItsPlaceKept) {
  dns_.exchangers.emplace("here.example", std::vector<MailExchanger>{{2, "mx.here.example"}});
  dns_.hosts.emplace("mx.here.example", std::vector<std::string>{"127.0.0.1"});
  MxMailer paced({.port = 1, .messages_per_minute = 6, .patience = std::chrono::milliseconds(0)}, writer_, dns_,
                 random_);
  const auto send = [&](std::string reference) {
    return paced.send({.to = "ann@here.example",
                       .from_address = "x@mail.example",
                       .subject = "s",
                       .text_body = "t",
                       .message_reference = std::move(reference),
                       .date = UtcTime{}});
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(send("m" + std::to_string(i)).error().kind, ErrorKind::retry_later);
  for (int i = 0; i < 2; ++i) {
    auto receipt = send("late");
    ASSERT_TRUE(receipt && receipt->put_off);
    EXPECT_LE(receipt->put_off->wait, std::chrono::seconds(10));
    EXPECT_GT(receipt->put_off->wait, std::chrono::seconds(5));
    EXPECT_THAT(receipt->put_off->reason, HasSubstr("its 6 messages"));
  }
}

TEST(SessionPool, OnlySoManyWaitForOne) {
  SessionPool pool({.connections_max = 9, .connections_per_key = 1, .waiting_per_key = 1});
  auto first = pool.take("a", std::chrono::milliseconds(0));
  std::unique_ptr<SessionPool::Place> second;
  std::thread waits([&] {
    while (!second) {
      if (auto place = pool.take("a", std::chrono::seconds(20)))
        second = std::make_unique<SessionPool::Place>(std::move(*place));
      else
        std::this_thread::yield();
    }
  });
  // Refused at once as soon as the other one waits.
  while (true) {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_FALSE(pool.take("a", std::chrono::milliseconds(100)));
    if (std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(90)) break;
  }
  EXPECT_TRUE(pool.take("b", std::chrono::milliseconds(0)));
  first.reset();
  waits.join();
  EXPECT_TRUE(second);
}

TEST(SessionPool, GivesSoManyPlacesToEachAndToAll) {
  SessionPool pool({.connections_max = 3, .connections_per_key = 2});
  auto first = pool.take("a", std::chrono::milliseconds(0));
  auto second = pool.take("a", std::chrono::milliseconds(0));
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(pool.take("a", std::chrono::milliseconds(1)));
  auto third = pool.take("b", std::chrono::milliseconds(0));
  ASSERT_TRUE(third);
  EXPECT_FALSE(pool.take("c", std::chrono::milliseconds(1)));
  first.reset();
  EXPECT_TRUE(pool.take("a", std::chrono::milliseconds(0)));
  third.reset();
  EXPECT_TRUE(pool.take("c", std::chrono::milliseconds(0)));
}

}  // namespace
}  // namespace postroom::smtp
