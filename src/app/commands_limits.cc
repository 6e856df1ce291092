// What a service may send, and what it has used of that today.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/parts.h"
#include "flows/limits/limits.h"

namespace postroom::app {
namespace {

using accounts::Service;
using ports::DailyChannel;

constexpr DailyChannel kChannels[] = {DailyChannel::email, DailyChannel::sms, DailyChannel::letter,
                                      DailyChannel::international_sms};

std::int64_t& limit_in(Service& service, DailyChannel channel) {
  switch (channel) {
    case DailyChannel::email: return service.daily_limits.email;
    case DailyChannel::letter: return service.daily_limits.letter;
    case DailyChannel::international_sms: return service.daily_limits.international_sms;
    case DailyChannel::sms: break;
  }
  return service.daily_limits.sms;
}

// True when anything was asked to change.
Result<bool> change(Service& service, const json::object& arguments) {
  auto in_range = [](std::string_view what, std::int64_t value, std::int64_t least,
                     std::int64_t most) -> Result<void> {
    if (value >= least && value <= most) return {};
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is {}, but must be from {} to {}", what, value, least, most));
  };
  bool is_changed = false;
  if (auto rate = get_int(arguments, "requests_per_minute")) {
    POSTROOM_CHECK(in_range("requests_per_minute", *rate, 1, kRequestsPerMinuteMax));
    service.requests_per_minute = static_cast<int>(*rate);
    is_changed = true;
  }
  for (DailyChannel channel : kChannels) {
    auto limit = get_int(arguments, to_string(channel));
    if (!limit) continue;
    POSTROOM_CHECK(in_range(to_string(channel), *limit, 0, kDailyLimitMax));
    limit_in(service, channel) = *limit;
    is_changed = true;
  }
  return is_changed;
}

Result<json::value> service_limits(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(is_changed, change(service, arguments));
  if (is_changed) POSTROOM_CHECK(parts.database->services().update(service));
  const Date today = flows::counting_day(parts.clock.now());
  POSTROOM_TRY(counts, parts.database->limits().daily_counts(service.id, today));
  json::array daily;
  for (DailyChannel channel : kChannels) {
    daily.push_back(json::object{{"channel", to_string(channel)},
                                 {"used", counts[channel]},
                                 {"limit", flows::daily_limit_of(service, channel)}});
  }
  return json::value(json::object{{"service_id", service.id.text()},
                                  {"name", service.name},
                                  {"requests_per_minute", service.requests_per_minute},
                                  {"requests_at_once", accounts::RequestRate{service.requests_per_minute}.burst()},
                                  {"day", format_date(today)},
                                  {"daily", std::move(daily)}});
}

}  // namespace

void add_limit_commands(Commands& commands) { commands.add("service limits", service_limits); }

}  // namespace postroom::app
