#include "http/response_writer.h"

#include <array>
#include <cstring>

#include "base/bytes.h"
#include "base/random.h"
#include "base/text.h"

namespace postroom::http {
namespace {

constexpr std::size_t kTraceIdCharsMax = 128;
constexpr std::size_t kSpanBytes = 8;
constexpr std::size_t kTraceBytes = 16;

// A system call a request for 24 random bytes would cost more than all the rest of the head.
std::string random_hex(std::size_t size) {
  constexpr std::size_t kPoolBytes = 1536;
  thread_local std::array<char, kPoolBytes> pool;
  thread_local std::size_t used = kPoolBytes;
  if (used + size > pool.size()) {
    SystemRandom().fill(pool.data(), pool.size());
    used = 0;
  }
  std::string out = to_hex(BytesView(pool.data() + used, size));
  used += size;
  return out;
}

bool is_believable_id(std::string_view id) {
  if (id.empty() || id.size() > kTraceIdCharsMax) return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return is_ascii_alnum(c) || std::string_view("-_=;:.+/").find(c) != std::string_view::npos;
  });
}

// A handler that puts customer text into a header must not be able to start another one.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  std::size_t start = out.size();
  out.append(name).append(": ").append(value);
  for (std::size_t i = start; i < out.size(); ++i)
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  out += "\r\n";
}

void append_date(std::string& out, std::time_t now) {
  thread_local std::time_t last = -1;
  thread_local std::string text;
  if (now != last) {
    text = format_http_date(now);
    last = now;
  }
  append_header(out, "Date", text);
}

}  // namespace

std::string format_http_date(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays.at(static_cast<std::size_t>(parts.tm_wday)),
                     parts.tm_mday, kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string write_head(const Response& response, const ResponseHead& head) {
  std::string out;
  out.reserve(1024);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  append_date(out, head.now);
  if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
  if (response.status != 204 && response.status != 304)
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.body.size());
  if (!head.keep_alive)
    out += "Connection: close\r\n";
  else if (head.http_1_0)
    out += "Connection: keep-alive\r\n";
  if (!head.trace_id.empty()) append_header(out, "X-B3-TraceId", head.trace_id);
  if (!head.span_id.empty()) append_header(out, "X-B3-SpanId", head.span_id);
  if (head.fixed_headers != nullptr)
    for (const auto& [name, value] : *head.fixed_headers)
      if (!response.header(name)) append_header(out, name, value);
  for (const auto& [name, value] : response.headers) append_header(out, name, value);
  out += "\r\n";
  return out;
}

std::string choose_request_id(const Request& request) {
  for (std::string_view name : {"X-B3-TraceId", "X-Amz-Cf-Id", "X-Amzn-Trace-Id"})
    if (auto id = request.header(name); id && is_believable_id(*id)) return std::string(*id);
  return random_hex(kTraceBytes);
}

std::string random_span_id() { return random_hex(kSpanBytes); }

}  // namespace postroom::http
