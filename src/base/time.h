// Instants are UTC microseconds; calendar dates carry no zone. Text forms are RFC 3339.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace postroom {

using UtcTime = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;
using Date = std::chrono::year_month_day;

// "2026-03-02T09:15:00.123456Z": exactly six fraction digits, always Z (the wire form of API timestamps).
std::string format_rfc3339(UtcTime time);
// "20260302091500": UTC to the second, as in print file names.
std::string format_compact(UtcTime time);
// "2026-03-02".
std::string format_date(Date date);

// Reads RFC 3339 with any offset and 0 to 9 fraction digits (beyond six are cut); also without an offset,
// which then means UTC. Returns nothing on anything else, or on a date that does not exist.
std::optional<UtcTime> parse_rfc3339(std::string_view text);
// Reads "2026-03-02".
std::optional<Date> parse_date(std::string_view text);

// Microseconds since 1970-01-01T00:00:00Z, the stored form.
inline std::int64_t to_micros(UtcTime time) { return time.time_since_epoch().count(); }
inline UtcTime from_micros(std::int64_t micros) { return UtcTime{std::chrono::microseconds{micros}}; }

inline Date add_days(Date date, int days) { return Date{std::chrono::sys_days{date} + std::chrono::days{days}}; }
inline std::chrono::weekday weekday_of(Date date) { return std::chrono::weekday{std::chrono::sys_days{date}}; }

}  // namespace postroom
