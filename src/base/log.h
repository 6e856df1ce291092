// JSON lines on standard error: one object a line with time, level, event, fields and the trace id of the
// work at hand. Nothing personal goes in: ids, counts, names of files and states only.
// Safe from several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace postroom {

enum class LogLevel { debug, info, warning, error };

struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, double, bool> value;

  template <typename T>
  LogField(std::string_view field_name, T&& field_value) : name(field_name) {
    using Plain = std::remove_cvref_t<T>;
    if constexpr (std::is_same_v<Plain, bool>)
      value = field_value;
    else if constexpr (std::is_integral_v<Plain>)
      value = static_cast<std::int64_t>(field_value);
    else if constexpr (std::is_floating_point_v<Plain>)
      value = static_cast<double>(field_value);
    else
      value = std::string(std::string_view(field_value));
  }
};

// `event` is a dotted name such as "letters.zip_uploaded", fit for grep and dashboards.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

inline void log_debug(std::string_view event, std::initializer_list<LogField> f = {}) {
  log(LogLevel::debug, event, f);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> f = {}) {
  log(LogLevel::info, event, f);
}
inline void log_warning(std::string_view event, std::initializer_list<LogField> f = {}) {
  log(LogLevel::warning, event, f);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> f = {}) {
  log(LogLevel::error, event, f);
}

// Lines below `level` are dropped. Default: info.
void set_log_level(LogLevel level);
LogLevel log_level();
// Takes whole lines, newline included, instead of standard error. Pass nullptr to go back. For tests and the CLI.
void set_log_sink(std::function<void(std::string_view line)> sink);

// Puts a trace id into every line that this thread logs until destroyed.
class LogTrace {
 public:
  explicit LogTrace(std::string trace_id);
  ~LogTrace();
  LogTrace(const LogTrace&) = delete;
  LogTrace& operator=(const LogTrace&) = delete;
  // The trace id in force on this thread; empty when none.
  static const std::string& current();

 private:
  std::string previous_;
};

}  // namespace postroom
