#include "adapters/spreadsheet/cell_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "base/text.h"

namespace postroom::spreadsheet {
namespace {

constexpr double kSecondsPerDay = 86'400;
// Days of 9999-12-31 and 1900-03-01 in the count from 30 December 1899.
constexpr double kLastDay = 2'958'465;
constexpr double kFirstSafeDay = 61;
constexpr double kDaysTo1904 = 1'462;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The next number of up to `digits` digits; the text moves behind it and `after`, if that follows.
std::optional<int> take_number(std::string_view& text, std::size_t digits, char after) {
  std::size_t count = 0;
  while (count < text.size() && count < digits && is_digit(text[count])) ++count;
  auto number = parse_int<int>(text.substr(0, count));
  if (!number) return std::nullopt;
  text.remove_prefix(count);
  if (after != '\0') {
    if (!text.starts_with(after)) return std::nullopt;
    text.remove_prefix(1);
  }
  return number;
}

// Bracketed parts of a format are colours, conditions and locales, except those that count past 24 hours.
bool is_elapsed(std::string_view bracketed) {
  if (bracketed.empty()) return false;
  for (char c : bracketed) {
    if (c != bracketed.front()) return false;
  }
  return bracketed.front() == 'h' || bracketed.front() == 'm' || bracketed.front() == 's';
}

}  // namespace

NumberKind built_in_kind(unsigned id) {
  if (id == 46) return NumberKind::duration;
  bool date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || id == 45 || id == 47 || (id >= 50 && id <= 58);
  return date ? NumberKind::date : NumberKind::number;
}

NumberKind kind_of_format(std::string_view code) {
  std::string lower = to_lower(code);
  if (lower == "general") return NumberKind::number;
  bool date = false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    switch (lower[i]) {
      case ';': return date ? NumberKind::date : NumberKind::number;  // positive numbers come first
      case '\\':
      case '_':
      case '*': ++i; break;  // the next character is literal
      case '"': i = std::min(lower.find('"', i + 1), lower.size()); break;
      case '[': {
        std::size_t close = std::min(lower.find(']', i), lower.size());
        if (is_elapsed(std::string_view(lower).substr(i + 1, close - i - 1))) return NumberKind::duration;
        i = close;
        break;
      }
      case 'd':
      case 'm':
      case 'y':
      case 'h':
      case 's': date = true; break;
      default: break;
    }
  }
  return date ? NumberKind::date : NumberKind::number;
}

std::string number_text(double number) {
  constexpr double kExactMax = 9'007'199'254'740'992;  // 2^53
  if (std::abs(number) < kExactMax && number == std::floor(number))
    return fmt::format("{}", static_cast<std::int64_t>(number));
  std::array<char, 64> buffer;
  constexpr int kDigits = 15;
  auto end = std::to_chars(buffer.begin(), buffer.end(), number, std::chars_format::general, kDigits).ptr;
  return std::string(buffer.begin(), end);
}

std::optional<std::string> date_text(double days, bool from_1904) {
  if (!(days >= 0) || days >= kLastDay + 1) return std::nullopt;
  bool time_only = days < 1;
  if (from_1904) days += kDaysTo1904;
  // The format counts a 29 February 1900 that never was: earlier days are one off, and it has no date itself.
  if (!from_1904 && !time_only && days < kFirstSafeDay) {
    if (days >= kFirstSafeDay - 1) return std::nullopt;
    days += 1;
  }
  auto seconds = static_cast<std::int64_t>(std::llround(days * kSecondsPerDay));
  std::int64_t whole_days = seconds / static_cast<std::int64_t>(kSecondsPerDay);
  std::int64_t rest = seconds % static_cast<std::int64_t>(kSecondsPerDay);
  std::string time = fmt::format("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
  if (time_only) return time;
  std::chrono::sys_days start = std::chrono::year{1899} / std::chrono::December / std::chrono::day{30};
  std::chrono::year_month_day date(start + std::chrono::days{whole_days});
  if (static_cast<int>(date.year()) > 9999) return std::nullopt;
  return fmt::format("{:04}-{:02}-{:02} {}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), time);
}

std::optional<std::string> duration_text(double days) {
  if (!(days >= 0) || days > kLastDay) return std::nullopt;
  auto seconds = static_cast<std::int64_t>(std::llround(days * kSecondsPerDay));
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::optional<std::string> iso_date_text(std::string_view text) {
  auto year = take_number(text, 4, '-');
  if (!year) return std::nullopt;
  auto month = take_number(text, 2, '-');
  if (!month) return std::nullopt;
  auto day = take_number(text, 2, '\0');
  if (!day) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                   std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  std::string day_text = fmt::format("{:04}-{:02}-{:02}", *year, *month, *day);
  if (text.empty() || text == "Z") return day_text + " 00:00:00";
  if (text.front() != 'T') return std::nullopt;
  text.remove_prefix(1);
  auto hour = take_number(text, 2, ':');
  if (!hour || *hour > 23) return std::nullopt;
  auto minute = take_number(text, 2, ':');
  if (!minute || *minute > 59) return std::nullopt;
  auto second = take_number(text, 2, '\0');
  if (!second || *second > 59) return std::nullopt;
  if (text.starts_with('.')) text.remove_prefix(std::min(text.find_first_not_of("0123456789", 1), text.size()));
  if (!text.empty() && text != "Z") return std::nullopt;
  return fmt::format("{} {:02}:{:02}:{:02}", day_text, *hour, *minute, *second);
}

std::optional<std::string> iso_duration_text(std::string_view text) {
  if (!text.starts_with("PT")) return std::nullopt;
  text.remove_prefix(2);
  constexpr std::size_t kHourDigits = 8;
  auto hours = take_number(text, kHourDigits, 'H');
  if (!hours) return std::nullopt;
  auto minutes = take_number(text, 2, 'M');
  if (!minutes) return std::nullopt;
  auto seconds = take_number(text, 2, '\0');
  if (!seconds) return std::nullopt;
  return fmt::format("{:02}:{:02}:{:02}", *hours, *minutes, *seconds);
}

}  // namespace postroom::spreadsheet
