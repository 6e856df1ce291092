// A small SMTP relay on a thread. Varied: what it replies to which command, and when it hangs up. What must
// hold: the kind of error says whether a second attempt makes sense, and no address leaks into a message.
#include "adapters/smtp/smtp_mailer.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <thread>

#include "adapters/smtp/mime_message_writer.h"

namespace postroom::smtp {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// What the relay says to each command; empty means that it says nothing at all.
struct Script {
  std::string greeting = "220 relay ready";
  std::string mail = "250 2.1.0 Ok";
  std::string rcpt = "250 2.1.5 Ok";
  std::string data = "354 go on";
  std::string stored = "250 2.0.0 Ok: queued as Q17";
  std::string auth = "235 2.7.0 Authentication successful";
  bool offers_auth = false;
  std::vector<std::string> offers = {};
  int messages_per_connection = 1000;  // then it hangs up without a word
};

class FakeRelay {
 public:
  explicit FakeRelay(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~FakeRelay() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      std::lock_guard lock(mutex_);
      for (int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }
  FakeRelay(const FakeRelay&) = delete;
  FakeRelay& operator=(const FakeRelay&) = delete;

  SmtpOptions options() const { return {.port = port_, .tls = TlsMode::starttls_if_offered, .timeout = 3s}; }
  int connections() const { return connections_; }
  // Bytes that had come in behind the last MAIL command when it was answered.
  std::size_t sent_ahead() const { return waiting_at_mail_; }
  std::string last_message() {
    std::lock_guard lock(mutex_);
    return last_message_;
  }
  std::string envelope() {
    std::lock_guard lock(mutex_);
    return envelope_;
  }

 private:
  void accept_all() {
    while (true) {
      int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      ++connections_;
      std::lock_guard lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd] {
        talk(fd);
        std::lock_guard closing(mutex_);
        std::erase(open_, fd);
        ::close(fd);
      });
    }
  }
  bool read_line(int fd, std::string& buffer, std::string& line) {
    std::size_t end;
    while ((end = buffer.find("\r\n")) == std::string::npos) {
      char bytes[4096];
      ssize_t size = ::recv(fd, bytes, sizeof bytes, 0);
      if (size <= 0) return false;
      buffer.append(bytes, static_cast<std::size_t>(size));
    }
    line = buffer.substr(0, end);
    buffer.erase(0, end + 2);
    return true;
  }
  void say(int fd, const std::string& text) {
    if (text.empty()) return;
    std::string line = text + "\r\n";
    ::send(fd, line.data(), line.size(), MSG_NOSIGNAL);
  }
  void talk(int fd) {
    std::string buffer, line;
    int messages = 0;
    say(fd, script_.greeting);
    while (messages < script_.messages_per_connection && read_line(fd, buffer, line)) {
      if (line.starts_with("EHLO")) {
        std::string hello = "250-relay\r\n";
        for (const std::string& offer : script_.offers) hello += "250-" + offer + "\r\n";
        say(fd, hello + (script_.offers_auth ? "250 AUTH PLAIN" : "250 HELP"));
      } else if (line.starts_with("AUTH"))
        say(fd, script_.auth);
      else if (line.starts_with("MAIL")) {
        waiting_at_mail_ = buffer.size();
        remember(line + "\n", true);
        say(fd, script_.mail);
      } else if (line.starts_with("RCPT")) {
        remember(line, false);
        say(fd, script_.rcpt);
      } else if (line == "DATA") {
        say(fd, script_.data);
        if (!script_.data.starts_with("354")) continue;
        std::string message;
        while (read_line(fd, buffer, line) && line != ".")
          message += (line.starts_with("..") ? line.substr(1) : line) + "\n";
        ++messages;
        {
          std::lock_guard lock(mutex_);
          last_message_ = message;
        }
        say(fd, script_.stored);
      } else if (line == "QUIT") {
        say(fd, "221 2.0.0 Bye");
        return;
      } else {
        say(fd, "250 Ok");
      }
    }
  }
  void remember(const std::string& line, bool first) {
    std::lock_guard lock(mutex_);
    envelope_ = first ? line : envelope_ + line;
  }

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::string last_message_, envelope_;
  std::atomic<std::size_t> waiting_at_mail_{0};
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};

ports::EmailMessage sample() {
  return {.to = "resident@example.net",
          .from_name = "Council",
          .from_address = "no-reply@council.example",
          .subject = "Hello",
          .text_body = ".starts with a dot\nsecond line\n",
          .message_reference = "ref-1",
          .date = from_micros(0)};
}

TEST(SmtpMailer, HandsOverAndKeepsTheReference) {
  FakeRelay relay({});
  SmtpMailer mailer(relay.options());
  auto receipt = mailer.send(sample());
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->provider, "smtp");
  EXPECT_EQ(receipt->provider_reference, "Q17");
  EXPECT_THAT(relay.last_message(), HasSubstr("\n\n.starts with a dot\nsecond line\n"));
  EXPECT_THAT(relay.last_message(), HasSubstr("Message-ID: <ref-1@council.example>\n"));
  EXPECT_THAT(relay.envelope(), HasSubstr("MAIL FROM:<no-reply@council.example>"));
  EXPECT_THAT(relay.envelope(), HasSubstr("RCPT TO:<resident@example.net>"));
}

TEST(SmtpMailer, ReusesItsConnection) {
  FakeRelay relay({});
  SmtpMailer mailer(relay.options());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(mailer.send(sample()));
  EXPECT_EQ(relay.connections(), 1);
}

TEST(SmtpMailer, ARelayThatHangsUpBetweenMessagesCostsNoMessage) {
  FakeRelay relay({.messages_per_connection = 1});
  SmtpMailer mailer(relay.options());
  for (int i = 0; i < 3; ++i) {
    auto receipt = mailer.send(sample());
    ASSERT_TRUE(receipt) << receipt.error().message;
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ(relay.connections(), 3);
}

struct Case {
  const char* name;
  Script script;
  ErrorKind kind;
  const char* message;
};

TEST(SmtpMailer, MapsRefusals) {
  const Case cases[] = {
      {"unknown recipient", {.rcpt = "550 5.1.1 <resident@example.net> unknown"}, ErrorKind::rejected, "550 5.1.1"},
      {"greylisted", {.rcpt = "450 4.7.1 <resident@example.net> later"}, ErrorKind::retry_later, "450 4.7.1"},
      {"sender refused", {.mail = "553 5.1.8 no"}, ErrorKind::rejected, "553 5.1.8"},
      {"busy at DATA", {.data = "451 4.3.0 busy"}, ErrorKind::retry_later, "451 4.3.0"},
      {"refused content", {.stored = "554 5.7.1 spam"}, ErrorKind::rejected, "554 5.7.1"},
      {"full after content", {.stored = "452 4.3.1 full"}, ErrorKind::retry_later, "452 4.3.1"},
      // Says nothing about this message, so it must not fail for good.
      {"no service", {.greeting = "554 go away"}, ErrorKind::retry_later, "554"},
      {"login", {.auth = "535 5.7.8 bad", .offers_auth = true}, ErrorKind::retry_later, "535 5.7.8"},
  };
  for (const Case& c : cases) {
    FakeRelay relay(c.script);
    SmtpOptions options = relay.options();
    if (c.script.offers_auth) options.user = options.password = "someone";
    SmtpMailer mailer(options);
    auto receipt = mailer.send(sample());
    ASSERT_FALSE(receipt) << c.name;
    EXPECT_EQ(receipt.error().kind, c.kind) << c.name << ": " << receipt.error().message;
    EXPECT_THAT(receipt.error().message, HasSubstr(c.message)) << c.name;
    EXPECT_THAT(receipt.error().message, Not(HasSubstr("resident"))) << c.name;
  }
}

TEST(SmtpMailer, GivesUpOnASilentRelay) {
  FakeRelay relay({.rcpt = ""});
  SmtpOptions options = relay.options();
  options.timeout = 200ms;
  SmtpMailer mailer(options);
  auto receipt = mailer.send(sample());
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().kind, ErrorKind::retry_later);
  EXPECT_THAT(receipt.error().message, HasSubstr("did not answer within 200 ms"));
}

TEST(SmtpMailer, NoRelayAtAllIsForLater) {
  SmtpOptions options;
  {
    FakeRelay relay({});
    options = relay.options();
  }
  auto receipt = SmtpMailer(options).send(sample());
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().kind, ErrorKind::retry_later);
}

TEST(SmtpMailer, RequiredStarttlsIsNotWaived) {
  FakeRelay relay({});
  SmtpOptions options = relay.options();
  options.tls = TlsMode::starttls;
  auto receipt = SmtpMailer(options).send(sample());
  ASSERT_FALSE(receipt);
  EXPECT_THAT(receipt.error().message, HasSubstr("STARTTLS"));
  EXPECT_EQ(relay.last_message(), "");
}

TEST(SmtpMailer, ManySendersShareFewConnections) {
  FakeRelay relay({});
  SmtpOptions options = relay.options();
  options.connections_max = 2;
  SmtpMailer mailer(options);
  std::atomic<int> sent{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) sent += mailer.send(sample()).has_value();
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sent, 80);
  EXPECT_LE(relay.connections(), 2);
}

TEST(SmtpMailer, SendsTheEnvelopeAtOnceWhereTheRelayAllowsIt) {
  FakeRelay plain({}), quick({.offers = {"PIPELINING", "SIZE 1000000"}});
  ASSERT_TRUE(SmtpMailer(plain.options()).send(sample()));
  EXPECT_EQ(plain.sent_ahead(), 0u);
  SmtpMailer mailer(quick.options());
  ASSERT_TRUE(mailer.send(sample()));
  EXPECT_GT(quick.sent_ahead(), 0u);
  EXPECT_THAT(quick.envelope(), HasSubstr("MAIL FROM:<no-reply@council.example> SIZE="));
  EXPECT_THAT(quick.last_message(), HasSubstr("\n\n.starts with a dot\nsecond line\n"));
}

TEST(SmtpMailer, ARefusalInTheMiddleOfAnEnvelopeSpoilsNothing) {
  struct Refusal {
    const char* name;
    Script script;
    ErrorKind kind;
  };
  // The last two servers wait for a message although nobody is to get it (RFC 2920 section 3.1).
  const Refusal cases[] = {
      {"sender",
       {.mail = "553 5.1.8 no", .rcpt = "503 no sender", .data = "503 no recipient"},
       ErrorKind::rejected},
      {"recipient", {.rcpt = "550 5.1.1 unknown", .data = "554 no valid recipients"}, ErrorKind::rejected},
      {"recipient, now", {.rcpt = "450 4.2.1 later"}, ErrorKind::retry_later},
      {"data anyway", {.rcpt = "550 5.1.1 unknown", .stored = "554 no valid recipients"}, ErrorKind::rejected},
  };
  for (Refusal c : cases) {
    c.script.offers = {"PIPELINING"};
    FakeRelay relay(c.script);
    SmtpMailer mailer(relay.options());
    for (int i = 0; i < 2; ++i) {
      auto receipt = mailer.send(sample());
      ASSERT_FALSE(receipt) << c.name;
      EXPECT_EQ(receipt.error().kind, c.kind) << c.name << ": " << receipt.error().message;
      EXPECT_EQ(relay.last_message(), "") << c.name;
    }
  }
}

TEST(SmtpMailer, AsksForReportsWhereTheyAreOffered) {
  FakeRelay relay({.offers = {"DSN"}}), without({});
  for (FakeRelay* server : {&relay, &without}) {
    SmtpOptions options = server->options();
    options.asks_for_reports = true;
    ASSERT_TRUE(SmtpMailer(options).send(sample()));
  }
  EXPECT_THAT(relay.envelope(), HasSubstr("RET=HDRS ENVID=ref-1\n"));
  EXPECT_THAT(relay.envelope(), HasSubstr("RCPT TO:<resident@example.net> NOTIFY=SUCCESS,FAILURE"));
  EXPECT_THAT(without.envelope(), Not(HasSubstr("NOTIFY")));
}

TEST(SmtpMailer, BouncesGoToTheReturnPath) {
  FakeRelay relay({});
  ports::EmailMessage message = sample();
  message.return_path = "bounces+abc@council.example";
  ASSERT_TRUE(SmtpMailer(relay.options()).send(message));
  EXPECT_THAT(relay.envelope(), HasSubstr("MAIL FROM:<bounces+abc@council.example>"));
  EXPECT_THAT(relay.last_message(), Not(HasSubstr("bounces+abc")));
}

TEST(SmtpMailer, WhatTheRelayCannotTakeIsRefusedForGood) {
  FakeRelay small({.offers = {"SIZE 100"}}), ascii({});
  auto too_big = SmtpMailer(small.options()).send(sample());
  ASSERT_FALSE(too_big);
  EXPECT_EQ(too_big.error().kind, ErrorKind::rejected);
  EXPECT_THAT(too_big.error().message, HasSubstr("takes at most 100"));
  ports::EmailMessage message = sample();
  message.to = "jos\xC3\xA9@example.net";
  auto foreign = SmtpMailer(ascii.options()).send(message);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::rejected);
  FakeRelay modern({.offers = {"SMTPUTF8"}});
  ASSERT_TRUE(SmtpMailer(modern.options()).send(message));
  EXPECT_THAT(modern.envelope(), HasSubstr("SMTPUTF8"));
}

TEST(SmtpMailer, SaysWhenACopyMayHaveBeenTaken) {
  FakeRelay relay({.stored = ""});
  SmtpOptions options = relay.options();
  options.timeout = 200ms;
  auto receipt = SmtpMailer(options).send(sample());
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().kind, ErrorKind::retry_later);
  EXPECT_THAT(receipt.error().message, HasSubstr("may be a second copy"));
}

TEST(SmtpMailer, AConnectionCarriesSoManyMessagesAndNoMore) {
  FakeRelay relay({});
  SmtpOptions options = relay.options();
  options.messages_per_connection = 3;
  SmtpMailer mailer(options);
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(mailer.send(sample()));
  EXPECT_EQ(relay.connections(), 3);
}

TEST(SmtpMailer, RefusesAnswersThatAreNoSmtp) {
  for (const char* greeting : {"HTTP/1.1 200 OK", "999 hello", "22", ""}) {
    FakeRelay relay({.greeting = greeting});
    SmtpOptions options = relay.options();
    options.timeout = 200ms;
    auto receipt = SmtpMailer(options).send(sample());
    ASSERT_FALSE(receipt) << greeting;
    EXPECT_EQ(receipt.error().kind, ErrorKind::retry_later) << greeting;
  }
}

TEST(DotStuffing, KeepsEveryLine) {
  struct Text {
    const char *text, *stuffed;
  };
  const Text cases[] = {{"", "\r\n.\r\n"},
                        {"a", "a\r\n.\r\n"},
                        {".\r\n", "..\r\n.\r\n"},
                        {"a\r\n.\r\n..b\r\n.c", "a\r\n..\r\n...b\r\n..c\r\n.\r\n"},
                        {"\r\n.\r\n.\r\n", "\r\n..\r\n..\r\n.\r\n"}};
  for (const Text& c : cases) EXPECT_EQ(dot_stuffed(c.text), c.stuffed) << c.text;
}

// Puts a line before the message that names what it signed.
class FakeSigner final : public ports::MessageSigner {
 public:
  Result<std::string> signatures(std::string_view text, std::string_view from_domain, UtcTime) override {
    return fmt::format("X-Signed: {} bytes of {}\r\n", text.size(), from_domain);
  }
};

TEST(MimeMessageWriter, SignsWhatIsSent) {
  FakeSigner signer;
  MimeMessageWriter writer(&signer), plain(nullptr);
  const auto text = plain.write(sample());
  ASSERT_TRUE(text);
  EXPECT_EQ(writer.write(sample()).value(),
            fmt::format("X-Signed: {} bytes of council.example\r\n", text->size()) + *text);
  FakeRelay relay({});
  ASSERT_TRUE(SmtpMailer(relay.options(), &writer).send(sample()));
  EXPECT_THAT(relay.last_message(), testing::StartsWith("X-Signed: "));
}

}  // namespace
}  // namespace postroom::smtp
