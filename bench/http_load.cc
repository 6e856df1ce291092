// A load generator on one thread: N keep-alive connections post the same body, either as fast as answers come or at
// a fixed rate. At a fixed rate a latency counts from the moment the request was due, so that a stalled server
// cannot hide the requests it kept waiting.
//
// http_load PORT PATH TOKEN BODY CONNECTIONS SECONDS RATE   (RATE 0: as fast as possible)
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  bool busy = false;
  Clock::time_point due;
  std::string received;
};

struct Tally {
  std::vector<double> latencies_ms;
  long accepted = 0;
  long refused = 0;
};

int open_socket(int port) {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
  int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

// Length of the first whole answer in `text`; 0 when it is not whole yet.
std::size_t whole_answer(const std::string& text) {
  auto head = text.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  auto field = text.find("Content-Length: ");
  if (field == std::string::npos || field > head) return head + 4;
  std::size_t length = std::strtoul(text.c_str() + field + 16, nullptr, 10);
  return text.size() >= head + 4 + length ? head + 4 + length : 0;
}

double percentile(std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(static_cast<double>(sorted.size()) * share))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) {
    fmt::print(stderr, "usage: http_load PORT PATH TOKEN BODY CONNECTIONS SECONDS RATE\n");
    return 2;
  }
  std::string body = argv[4];
  std::string request = fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      argv[2], argv[3], body.size(), body);
  double seconds = std::atof(argv[6]);
  double rate = std::atof(argv[7]);
  std::vector<Connection> connections(static_cast<std::size_t>(std::atoi(argv[5])));
  int poll = ::epoll_create1(0);
  for (std::size_t i = 0; i < connections.size(); ++i) {
    connections[i].socket = open_socket(std::atoi(argv[1]));
    if (connections[i].socket < 0) {
      fmt::print(stderr, "cannot connect to port {}\n", argv[1]);
      return 1;
    }
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].socket, &event);
  }

  Tally tally;
  std::vector<std::size_t> idle;
  for (std::size_t i = 0; i < connections.size(); ++i) idle.push_back(i);
  auto start = Clock::now();
  auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  auto gap = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(rate > 0 ? 1 / rate : 0));
  auto next_due = start;
  std::size_t busy = 0;
  std::vector<epoll_event> events(connections.size());
  while (true) {
    auto now = Clock::now();
    if (now >= end && busy == 0) break;
    while (now < end && !idle.empty() && (rate == 0 || next_due <= now)) {
      Connection& connection = connections[idle.back()];
      idle.pop_back();
      connection.due = rate == 0 ? now : next_due;
      next_due += gap;
      connection.busy = true;
      ++busy;
      if (::write(connection.socket, request.data(), request.size()) != static_cast<ssize_t>(request.size()))
        return 1;
    }
    int count = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), rate > 0 ? 1 : 100);
    for (int e = 0; e < count; ++e) {
      std::size_t index = events[static_cast<std::size_t>(e)].data.u64;
      Connection& connection = connections[index];
      char buffer[16 * 1024];
      ssize_t got = ::read(connection.socket, buffer, sizeof buffer);
      if (got <= 0) {
        fmt::print(stderr, "the server closed a connection\n");
        return 1;
      }
      connection.received.append(buffer, static_cast<std::size_t>(got));
      std::size_t length = whole_answer(connection.received);
      if (length == 0) continue;
      (connection.received.starts_with("HTTP/1.1 201") ? tally.accepted : tally.refused) += 1;
      connection.received.erase(0, length);
      connection.busy = false;
      --busy;
      idle.push_back(index);
      tally.latencies_ms.push_back(
          std::chrono::duration<double, std::milli>(Clock::now() - connection.due).count());
    }
  }
  double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  std::sort(tally.latencies_ms.begin(), tally.latencies_ms.end());
  fmt::print(
      R"({{"accepted": {}, "refused": {}, "seconds": {:.3f}, "rate": {:.1f}, "p50_ms": {:.3f}, "p99_ms": {:.3f}, "max_ms": {:.3f}}})"
      "\n",
      tally.accepted, tally.refused, elapsed, static_cast<double>(tally.accepted) / elapsed,
      percentile(tally.latencies_ms, 0.5), percentile(tally.latencies_ms, 0.99),
      tally.latencies_ms.empty() ? 0 : tally.latencies_ms.back());
  return 0;
}
