// Takes emails for benchmarks as fast as they come: "stats" prints what came since the last one, "last" the newest
// email, whole.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sink_server.h"

namespace {

constexpr std::string_view kEnd = "\r\n.\r\n";

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Client {
  std::string buffer;
  bool in_data = false;
};

class Sink final : public postroom::bench::SinkServer {
 private:
  void answer(std::string_view word) override {
    if (word.starts_with("last")) {
      fmt::print("{}\n", boost::json::serialize(boost::json::string(last_email_)));
      return;
    }
    fmt::print("{{\"count\": {}, \"signed\": {}, \"seconds\": {:.6f}, \"connections\": {}}}\n", count_, signed_,
               last_ - first_, connections_);
    count_ = signed_ = connections_ = 0;
  }
  void opened(int fd) override {
    ++connections_;
    say(fd, "220 sink ESMTP\r\n");
  }
  void closed(int fd) override { clients_.erase(fd); }
  void received(int fd, std::string_view bytes) override {
    Client& client = clients_[fd];
    client.buffer.append(bytes);
    std::string answer;
    while (client.in_data ? take_email(client, answer) : take_command(client, answer)) {
    }
    say(fd, answer);
  }
  static bool take_command(Client& client, std::string& answer) {
    const std::size_t end = client.buffer.find("\r\n");
    if (end == std::string::npos) return false;
    const std::string_view line = std::string_view(client.buffer).substr(0, end);
    if (line.starts_with("EHLO"))
      answer += "250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
    else if (line.starts_with("DATA"))
      answer += "354 go on\r\n", client.in_data = true;
    else
      answer += line.starts_with("QUIT") ? "221 bye\r\n" : "250 ok\r\n";
    client.buffer.erase(0, end + 2);
    return true;
  }
  bool take_email(Client& client, std::string& answer) {
    const std::size_t end = client.buffer.find(kEnd);
    if (end == std::string::npos) return false;
    last_ = now_seconds();
    if (count_++ == 0) first_ = last_;
    signed_ += client.buffer.starts_with("DKIM-Signature: v=1; a=ed25519-sha256;") ? 1 : 0;
    last_email_.assign(client.buffer, 0, end + 2);
    client.buffer.erase(0, end + kEnd.size());
    client.in_data = false;
    answer += fmt::format("250 2.0.0 Ok: queued as {}\r\n", ++queued_);
    return true;
  }

  std::unordered_map<int, Client> clients_;
  std::size_t count_ = 0, signed_ = 0, connections_ = 0, queued_ = 0;
  double first_ = 0, last_ = 0;
  std::string last_email_;
};

}  // namespace

int main() { Sink().run(); }
