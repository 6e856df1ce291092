// Where limits on how much a service sends are asked for and counted.
#pragma once

#include <optional>

#include "core/accounts/api_key.h"
#include "core/accounts/service.h"
#include "core/notifications/types.h"
#include "flows/send/refusal.h"
#include "ports/limit_store.h"

namespace postroom::flows {

// What a service may still send on a day.
struct MessagesLeft {
  std::int64_t messages = 0;
  std::int64_t international_sms = 0;
};

// Safe from several threads.
class LimitGate {
 public:
  virtual ~LimitGate() = default;

  // Asked once for each request to send, before anything of it is looked at. too_many_requests.
  virtual Outcome<void> admit_request(const accounts::Service& service, accounts::KeyType key) = 0;
  // Whether the day's limit leaves room for a message, before the request is parsed: spares the work, decides
  // nothing. daily_limit_reached.
  virtual Outcome<void> admit(const accounts::Service& service, accounts::KeyType key,
                              notifications::NotificationType type) = 0;
  // Asked besides for texts to numbers outside country code 44. daily_limit_reached.
  virtual Outcome<void> admit_international_sms(const accounts::Service& service, accounts::KeyType key) = 0;

  // What the store has to count in the commit that stores a message: that is what decides. Nothing for keys that
  // are not counted.
  virtual std::optional<ports::DailyUse> use_of(const accounts::Service& service, accounts::KeyType key,
                                                notifications::NotificationType type, bool international_sms) = 0;
  // Tells the caller when the store has refused to count that.
  virtual Refusal refused_by_store(const accounts::Service& service, const ports::DailyUse& use) = 0;
  // Called after the store has counted it.
  virtual void counted(ServiceId service, const ports::DailyUse& use) = 0;

  // What is left on the day of `time`; nothing when that is not limited. For sheets of recipients.
  virtual std::optional<MessagesLeft> left(const accounts::Service& service, accounts::KeyType key,
                                           notifications::NotificationType type, UtcTime time) = 0;
  // Messages that were counted and will not be sent after all.
  virtual void give_back(ServiceId service, const ports::DailyUse& use) = 0;
};

// Admits everything and counts nothing.
class NoLimits : public LimitGate {
 public:
  Outcome<void> admit_request(const accounts::Service&, accounts::KeyType) override { return {}; }
  Outcome<void> admit(const accounts::Service&, accounts::KeyType, notifications::NotificationType) override {
    return {};
  }
  Outcome<void> admit_international_sms(const accounts::Service&, accounts::KeyType) override { return {}; }
  std::optional<ports::DailyUse> use_of(const accounts::Service&, accounts::KeyType,
                                        notifications::NotificationType, bool) override {
    return std::nullopt;
  }
  Refusal refused_by_store(const accounts::Service&, const ports::DailyUse&) override {
    return {.kind = RefusalKind::daily_limit_reached, .messages = {"The limit of the day is reached"}};
  }
  void counted(ServiceId, const ports::DailyUse&) override {}
  std::optional<MessagesLeft> left(const accounts::Service&, accounts::KeyType, notifications::NotificationType,
                                   UtcTime) override {
    return std::nullopt;
  }
  void give_back(ServiceId, const ports::DailyUse&) override {}
};

}  // namespace postroom::flows
