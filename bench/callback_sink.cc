// Takes callbacks for benchmarks and says how fast and how late they came: "stats" prints what came to /ok since
// the last one.
//
//   POST /ok…    answered with 204 at once
//   POST /dead…  never answered
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sink_server.h"

namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 204 No Content\r\n\r\n";

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// "completed_at":"2026-03-02T09:15:00.123456Z" of a delivery callback; 0 when there is none.
double happened_at(std::string_view body) {
  constexpr std::string_view kMember = R"("completed_at":")";
  const std::size_t at = body.find(kMember);
  if (at == std::string_view::npos || body.size() < at + kMember.size() + 27) return 0;
  const std::string text(body.substr(at + kMember.size(), 27));
  std::tm time{};
  int micros = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d.%6dZ", &time.tm_year, &time.tm_mon, &time.tm_mday, &time.tm_hour,
                  &time.tm_min, &time.tm_sec, &micros) != 7) {
    return 0;
  }
  time.tm_year -= 1900;
  time.tm_mon -= 1;
  return static_cast<double>(timegm(&time)) + micros / 1e6;
}

class Sink final : public postroom::bench::SinkServer {
 private:
  void opened(int) override { ++connections_; }
  void closed(int fd) override { buffers_.erase(fd); }
  void received(int fd, std::string_view bytes) override {
    std::string& buffer = buffers_[fd];
    buffer.append(bytes);
    while (take_request(fd, buffer)) {
    }
  }
  void answer(std::string_view) override { print_stats(); }

  bool take_request(int fd, std::string& buffer) {
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t end = buffer.find("\r\n\r\n");
    const std::size_t length_at = buffer.find(kLength);
    if (end == std::string::npos || length_at > end) return false;
    const std::size_t length = std::strtoul(buffer.c_str() + length_at + kLength.size(), nullptr, 10);
    const std::size_t whole = end + 4 + length;
    if (buffer.size() < whole) return false;
    if (std::string_view(buffer).starts_with("POST /ok")) {
      note(std::string_view(buffer).substr(end + 4, length));
      say(fd, kAnswer);
    } else {
      ++dead_;
    }
    buffer.erase(0, whole);
    return true;
  }
  void note(std::string_view body) {
    const double now = now_seconds();
    if (latencies_.empty()) first_ = now;
    last_ = now;
    const double since = happened_at(body);
    latencies_.push_back(since > 0 ? now - since : 0);
  }
  void print_stats() {
    std::ranges::sort(latencies_);
    auto at = [this](double part) {
      if (latencies_.empty()) return 0.0;
      return latencies_[static_cast<std::size_t>(part * static_cast<double>(latencies_.size() - 1))] * 1e3;
    };
    fmt::print(
        "{{\"count\": {}, \"seconds\": {:.6f}, \"last\": {:.6f}, \"p50_ms\": {:.3f}, \"p99_ms\": {:.3f}, "
        "\"max_ms\": {:.3f}, \"dead\": {}, \"connections\": {}}}\n",
        latencies_.size(), last_ - first_, last_, at(0.5), at(0.99), at(1), dead_, connections_);
    latencies_.clear();
    dead_ = 0;
    connections_ = 0;
  }

  std::unordered_map<int, std::string> buffers_;
  std::vector<double> latencies_;
  double first_ = 0, last_ = 0;
  std::size_t dead_ = 0, connections_ = 0;
};

}  // namespace

int main() { Sink().run(); }
