// A name server on a thread that answers from a table.
#include "adapters/dns/dns_resolver.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <thread>

namespace postroom::dns {
namespace {

using ports::MailExchanger;
using testing::ElementsAre;
using testing::IsEmpty;

std::string labels(const std::string& name) {
  std::string out, label;
  for (char c : name + ".") {
    if (c != '.') {
      label += c;
      continue;
    }
    if (!label.empty()) out += static_cast<char>(label.size()) + label;
    label.clear();
  }
  return out + '\0';
}

class FakeServer {
 public:
  struct Answer {
    int code = 0;  // of the reply: 3 means that the name does not exist
    std::vector<std::string> records;
  };
  // Keys are "TYPE/name".
  explicit FakeServer(std::map<std::string, Answer> table) : table_(std::move(table)) {
    fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeServer() {
    stopping_ = true;
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int questions() const { return questions_; }

 private:
  void serve() {
    char bytes[1500];
    while (!stopping_) {
      sockaddr_in from{};
      socklen_t from_size = sizeof from;
      const ssize_t size = ::recvfrom(fd_, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &from_size);
      if (stopping_ || size < 17) continue;
      ++questions_;
      const std::string reply = reply_to(std::string(bytes, static_cast<std::size_t>(size)));
      ::sendto(fd_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), from_size);
    }
  }
  std::string reply_to(const std::string& question) {
    std::string name;
    std::size_t i = 12;
    for (; question[i] != 0; i += static_cast<std::size_t>(question[i]) + 1)
      name += (name.empty() ? "" : ".") + question.substr(i + 1, static_cast<std::size_t>(question[i]));
    const int type = static_cast<unsigned char>(question[i + 2]);
    const auto found = table_.find(std::to_string(type) + "/" + name);
    const Answer answer = found == table_.end() ? Answer{} : found->second;
    std::string out = question.substr(0, 2) + std::string("\x81", 1) + static_cast<char>(0x80 | answer.code);
    out += std::string("\0\1\0", 3) + static_cast<char>(answer.records.size()) + std::string(4, '\0');
    out += question.substr(12, i + 5 - 12);
    for (const std::string& data : answer.records) {
      out += std::string("\xC0\x0C\0", 3) + static_cast<char>(type) + std::string("\0\1\0\0\0\x3C", 6);
      out += static_cast<char>(data.size() >> 8);
      out += static_cast<char>(data.size() & 0xFF);
      out += data;
    }
    return out;
  }

  const std::map<std::string, Answer> table_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> questions_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

std::unique_ptr<DnsResolver> resolver_for(const std::string& server, const Clock& clock) {
  auto made = DnsResolver::create({.server = server, .try_timeout = std::chrono::seconds(1), .tries = 1}, clock);
  EXPECT_TRUE(made) << made.error().message;
  return std::move(*made);
}

TEST(DnsResolver, ReadsWhatIsAskedFor) {
  FakeServer server({
      {"15/two.example",
       {0,
        {std::string("\0\x14", 2) + labels("b.two.example"), std::string("\0\x0A", 2) + labels("a.two.example")}}},
      {"15/null.example", {0, {std::string("\0\0\0", 3)}}},
      {"15/gone.example", {3, {}}},
      {"15/ill.example", {2, {}}},
      {"1/host.example", {0, {std::string("\xC0\0\2\1", 4), "\x08\x08\x08\x08"}}},
      {"28/host.example", {0, {std::string("\x20\1\x0D\xB8", 4) + std::string(11, '\0') + "\1"}}},
      {"28/six.example", {0, {std::string("\x20\1\x0D\xB8", 4) + std::string(11, '\0') + "\2"}}},
      {"16/text.example", {0, {"\3v=D\4KIM1", "\5other"}}},
  });
  SystemClock clock;
  auto dns = resolver_for(server.address(), clock);
  EXPECT_THAT(dns->mail_exchangers("Two.Example").value(),
              ElementsAre(MailExchanger{20, "b.two.example"}, MailExchanger{10, "a.two.example"}));
  EXPECT_THAT(dns->mail_exchangers("null.example").value(), ElementsAre(MailExchanger{0, ""}));
  EXPECT_THAT(dns->mail_exchangers("host.example").value(), IsEmpty());
  EXPECT_EQ(dns->mail_exchangers("gone.example").error().kind, ErrorKind::not_found);
  EXPECT_EQ(dns->mail_exchangers("ill.example").error().kind, ErrorKind::retry_later);
  EXPECT_EQ(dns->mail_exchangers("").error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(dns->addresses("host.example").value(), ElementsAre("192.0.2.1", "8.8.8.8", "2001:db8::1"));
  EXPECT_THAT(dns->addresses("six.example").value(), ElementsAre("2001:db8::2"));
  EXPECT_THAT(dns->addresses("two.example").value(), IsEmpty());
  EXPECT_THAT(dns->texts("text.example").value(), ElementsAre("v=DKIM1", "other"));
}

TEST(DnsResolver, KeepsAnswersForAWhile) {
  FakeServer server(
      {{"15/a.example", {0, {std::string("\0\1", 2) + labels("mx.a.example")}}}, {"15/gone.example", {3, {}}}});
  MovableClock clock(from_micros(0));
  auto dns = resolver_for(server.address(), clock);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(dns->mail_exchangers("a.example"));
    ASSERT_FALSE(dns->mail_exchangers("gone.example"));
  }
  EXPECT_EQ(server.questions(), 2);
  clock.advance(std::chrono::seconds(301));
  ASSERT_TRUE(dns->mail_exchangers("a.example"));
  EXPECT_EQ(server.questions(), 3);
}

TEST(DnsResolver, DamagedAnswersGiveNothing) {
  FakeServer server({{"15/a.example", {0, {"", "\1", std::string("\0\1\xC0\xFF", 4), std::string("\0\1\x3F", 3)}}},
                     {"1/a.example", {0, {"\1\2\3", "\1\2\3\4\5"}}},
                     {"16/a.example", {0, {"\xFFshort"}}}});
  SystemClock clock;
  auto dns = resolver_for(server.address(), clock);
  EXPECT_THAT(dns->mail_exchangers("a.example").value(), IsEmpty());
  EXPECT_THAT(dns->addresses("a.example").value(), IsEmpty());
  EXPECT_THAT(dns->texts("a.example").value(), ElementsAre("short"));
}

TEST(DnsResolver, ASilentServerIsForLater) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  SystemClock clock;
  auto dns = resolver_for("127.0.0.1:" + std::to_string(ntohs(address.sin_port)), clock);
  EXPECT_EQ(dns->mail_exchangers("a.example").error().kind, ErrorKind::retry_later);
  ::close(fd);
}

TEST(DnsResolver, RefusesAServerThatIsNone) {
  SystemClock clock;
  for (const char* bad : {"dns.example", "127.0.0.1:", "127.0.0.1:x", ":53"})
    EXPECT_FALSE(DnsResolver::create({.server = bad}, clock)) << bad;
}

}  // namespace
}  // namespace postroom::dns
