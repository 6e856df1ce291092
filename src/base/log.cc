#include "base/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <mutex>

#include "base/clock.h"
#include "base/json.h"

namespace postroom {
namespace {

std::atomic<LogLevel> g_level{LogLevel::info};
std::mutex g_sink_mutex;
std::function<void(std::string_view)> g_sink;
thread_local std::string t_trace_id;

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "error";
}

void append_value(std::string& line, const LogField& field) {
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string>)
          append_json_string(line, value);
        else if constexpr (std::is_same_v<T, double>)
          line += write_double(value);  // a line with "nan" in it would not be JSON
        else
          fmt::format_to(std::back_inserter(line), "{}", value);
      },
      field.value);
}

void write_line(std::string_view line) {
  std::lock_guard lock(g_sink_mutex);
  if (g_sink) {
    g_sink(line);
    return;
  }
  while (!line.empty()) {
    ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written <= 0) return;  // nowhere left to complain
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < g_level.load(std::memory_order_relaxed)) return;
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}","event":)", format_rfc3339(SystemClock().now()), name_of(level));
  append_json_string(line, event);
  if (!t_trace_id.empty()) {
    line += ",\"trace_id\":";
    append_json_string(line, t_trace_id);
  }
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    append_value(line, field);
  }
  line += "}\n";
  write_line(line);
}

void set_log_level(LogLevel level) { g_level.store(level); }
LogLevel log_level() { return g_level.load(); }

void set_log_sink(std::function<void(std::string_view)> sink) {
  std::lock_guard lock(g_sink_mutex);
  g_sink = std::move(sink);
}

LogTrace::LogTrace(std::string trace_id) : previous_(std::exchange(t_trace_id, std::move(trace_id))) {}
LogTrace::~LogTrace() { t_trace_id = std::move(previous_); }
const std::string& LogTrace::current() { return t_trace_id; }

}  // namespace postroom
