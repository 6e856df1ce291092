#include "base/time.h"

#include <fmt/format.h>

#include "base/text.h"

namespace postroom {
namespace {

using namespace std::chrono;

struct Split {
  year_month_day date;
  hh_mm_ss<microseconds> clock;
};

Split split(UtcTime time) {
  auto day = floor<days>(time);
  return {year_month_day{day}, hh_mm_ss<microseconds>{time - day}};
}

// Takes `count` digits off the front of `text`; nothing if there are fewer.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  auto value = parse_int<int>(text.substr(0, count));
  if (!value || *value < 0 || text.front() == '-' || text.front() == '+') return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Date> take_date(std::string_view& text) {
  auto y = take_digits(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  auto m = take_digits(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  auto d = take_digits(text, 2);
  if (!d) return std::nullopt;
  Date date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

// Leaves digits beyond the ninth, which the caller then refuses.
microseconds take_fraction(std::string_view& text) {
  std::int64_t micros = 0;
  std::int64_t scale = 100000;
  for (int digits = 0; digits < 9 && !text.empty() && is_ascii_digit(text.front()); ++digits) {
    micros += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return microseconds{micros};
}

// Offset east of UTC; consumes "Z", "+01:00", "-0500" or nothing.
std::optional<minutes> take_offset(std::string_view& text) {
  if (text.empty()) return minutes{0};
  if (take(text, 'Z') || take(text, 'z')) return minutes{0};
  int sign = 0;
  if (take(text, '+'))
    sign = 1;
  else if (take(text, '-'))
    sign = -1;
  else
    return std::nullopt;
  auto h = take_digits(text, 2);
  if (!h || *h > 23) return std::nullopt;
  take(text, ':');
  auto m = take_digits(text, 2);
  if (!m || *m > 59) return std::nullopt;
  return sign * (hours{*h} + minutes{*m});
}

}  // namespace

std::string format_rfc3339(UtcTime time) {
  auto [date, clock] = split(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::string format_compact(UtcTime time) {
  auto [date, clock] = split(time);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string format_date(Date date) {
  return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()), unsigned(date.day()));
}

std::optional<UtcTime> parse_rfc3339(std::string_view text) {
  auto date = take_date(text);
  if (!date) return std::nullopt;
  if (text.empty()) return UtcTime{sys_days{*date}};
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  auto h = take_digits(text, 2);
  if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
  auto m = take_digits(text, 2);
  if (!m || *m > 59) return std::nullopt;
  int seconds_value = 0;
  microseconds fraction{0};
  if (take(text, ':')) {
    auto s = take_digits(text, 2);
    if (!s || *s > 59) return std::nullopt;
    seconds_value = *s;
    if (take(text, '.')) {
      if (text.empty() || !is_ascii_digit(text.front())) return std::nullopt;
      fraction = take_fraction(text);
    }
  }
  auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return UtcTime{sys_days{*date}} + hours{*h} + minutes{*m} + seconds{seconds_value} + fraction - *offset;
}

std::optional<Date> parse_date(std::string_view text) {
  auto date = take_date(text);
  if (!text.empty()) return std::nullopt;
  return date;
}

}  // namespace postroom
