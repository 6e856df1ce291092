#include "flows/limits/limits.h"

#include "base/log.h"
#include "base/text.h"

namespace postroom::flows {
namespace {

using accounts::KeyType;
using accounts::Service;
using notifications::NotificationType;
using ports::DailyChannel;

constexpr std::chrono::seconds kMinute{60};

std::string_view shown_type(KeyType key) {
  switch (key) {
    case KeyType::normal: return "LIVE";
    case KeyType::team: return "TEAM";
    case KeyType::test: return "TEST";
  }
  return "";
}

std::chrono::milliseconds milliseconds_up(Duration time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time);
}

Refusal daily_refusal(DailyChannel channel, std::int64_t limit, UtcTime now) {
  const auto tomorrow = std::chrono::floor<std::chrono::days>(now) + std::chrono::days{1};
  return {.kind = RefusalKind::daily_limit_reached,
          .messages = {"Exceeded the limit of the day for " + std::string(to_string(channel)) + ", which is " +
                       std::to_string(limit) + " messages; the next day begins at 00:00 UTC"},
          .qr_code = {},
          .retry_after = milliseconds_up(tomorrow - now),
          .limit = limit};
}

// Test keys have no counts. In a trial they are not held to the service's small limits either.
std::int64_t limit_for(const Service& service, KeyType key, DailyChannel channel) {
  if (key != KeyType::test || !service.trial) return daily_limit_of(service, channel);
  Service live;
  return daily_limit_of(live, channel);
}

}  // namespace

Date counting_day(UtcTime time) { return Date{std::chrono::floor<std::chrono::days>(time)}; }

std::int64_t daily_limit_of(const Service& service, DailyChannel channel) {
  switch (channel) {
    case DailyChannel::email: return service.daily_limits.email;
    case DailyChannel::sms: return service.daily_limits.sms;
    case DailyChannel::letter: return service.daily_limits.letter;
    case DailyChannel::international_sms: return service.daily_limits.international_sms;
  }
  return 0;
}

Outcome<void> Limits::admit_request(const Service& service, KeyType key) {
  if (!switches_.requests) return {};
  auto wait = requests_.take(service.id, key, {service.requests_per_minute});
  if (!wait) return {};
  return tl::unexpected<Refusal>(
      Refusal{.kind = RefusalKind::too_many_requests,
              .messages = {"Exceeded the limit of requests for keys of type " + std::string(shown_type(key)) +
                           ", which is " + std::to_string(service.requests_per_minute) + " in 60 seconds"},
              .qr_code = {},
              .retry_after = *wait == Duration::max() ? std::chrono::milliseconds(kMinute) : milliseconds_up(*wait),
              .limit = service.requests_per_minute});
}

Outcome<void> Limits::admit(const Service& service, KeyType key, DailyChannel channel) {
  if (!switches_.daily) return {};
  const std::int64_t limit = limit_for(service, key, channel);
  const UtcTime now = clock_.now();
  const bool has_room =
      key == KeyType::test ? limit > 0 : days_.has_room(service.id, counting_day(now), channel, limit);
  if (has_room) return {};
  return tl::unexpected<Refusal>(daily_refusal(channel, limit, now));
}

Outcome<void> Limits::admit(const Service& service, KeyType key, NotificationType type) {
  return admit(service, key, ports::daily_channel_of(type));
}

Outcome<void> Limits::admit_international_sms(const Service& service, KeyType key) {
  return admit(service, key, DailyChannel::international_sms);
}

std::optional<ports::DailyUse> Limits::use_of(const Service& service, KeyType key, NotificationType type,
                                              bool international_sms) {
  if (key == KeyType::test || !switches_.daily) return std::nullopt;
  const DailyChannel channel = ports::daily_channel_of(type);
  return ports::DailyUse{.day = counting_day(clock_.now()),
                         .channel = channel,
                         .count = 1,
                         .limit = daily_limit_of(service, channel),
                         .international_count = international_sms ? 1 : 0,
                         .international_limit = service.daily_limits.international_sms};
}

Refusal Limits::refused_by_store(const Service& service, const ports::DailyUse& use) {
  days_.forget(service.id);
  const bool is_channel_full = use.international_count == 0 || [&] {
    auto counts = store_.daily_counts(service.id, use.day);
    return counts && (*counts)[use.channel] + use.count > use.limit;
  }();
  return is_channel_full ? daily_refusal(use.channel, use.limit, clock_.now())
                         : daily_refusal(DailyChannel::international_sms, use.international_limit, clock_.now());
}

std::optional<MessagesLeft> Limits::left(const Service& service, KeyType key, NotificationType type, UtcTime time) {
  if (key == KeyType::test || !switches_.daily) return std::nullopt;
  auto counts = store_.daily_counts(service.id, counting_day(time));
  if (!counts) {
    log_warning("limits.store_away", {{"error", counts.error().message}});
    return std::nullopt;
  }
  const DailyChannel channel = ports::daily_channel_of(type);
  const auto rest = [&](DailyChannel c) {
    return std::max<std::int64_t>(daily_limit_of(service, c) - (*counts)[c], 0);
  };
  return MessagesLeft{rest(channel), rest(DailyChannel::international_sms)};
}

void Limits::give_back(ServiceId service, const ports::DailyUse& use) {
  if (auto given = store_.give_back(service, use); !given) {
    log_warning("limits.not_given_back", {{"service", service.text()}, {"error", given.error().message}});
  }
  days_.forget(service);
}

}  // namespace postroom::flows
