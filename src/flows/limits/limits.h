// The limits as they apply to services and keys, and the words of their refusals.
#pragma once

#include "flows/limits/daily_counter.h"
#include "flows/limits/request_limits.h"
#include "flows/send/limit_gate.h"

namespace postroom::flows {

// What an installation enforces at all.
struct LimitSwitches {
  bool requests = true;  // a minute
  bool daily = true;     // off: nothing is counted either
};

// Safe from several threads.
class Limits final : public LimitGate {
 public:
  // `clock` is the product's time: days and minutes are counted on it. `wall` is real time.
  Limits(ports::LimitStore& store, const Clock& clock, const Clock& wall, LimitSwitches switches = {})
      : store_(store), clock_(clock), switches_(switches), requests_(store, clock, wall), days_(store, wall) {}

  Outcome<void> admit_request(const accounts::Service& service, accounts::KeyType key) override;
  Outcome<void> admit(const accounts::Service& service, accounts::KeyType key,
                      notifications::NotificationType type) override;
  Outcome<void> admit_international_sms(const accounts::Service& service, accounts::KeyType key) override;
  std::optional<ports::DailyUse> use_of(const accounts::Service& service, accounts::KeyType key,
                                        notifications::NotificationType type, bool international_sms) override;
  Refusal refused_by_store(const accounts::Service& service, const ports::DailyUse& use) override;
  void counted(ServiceId service, const ports::DailyUse& use) override { days_.add(service, use); }
  std::optional<MessagesLeft> left(const accounts::Service& service, accounts::KeyType key,
                                   notifications::NotificationType type, UtcTime time) override;
  void give_back(ServiceId service, const ports::DailyUse& use) override;

 private:
  Outcome<void> admit(const accounts::Service& service, accounts::KeyType key, ports::DailyChannel channel);

  ports::LimitStore& store_;
  const Clock& clock_;
  const LimitSwitches switches_;
  RequestLimits requests_;
  DailyCounter days_;
};

// The UTC date that messages of `time` are counted on.
Date counting_day(UtcTime time);
std::int64_t daily_limit_of(const accounts::Service& service, ports::DailyChannel channel);

}  // namespace postroom::flows
