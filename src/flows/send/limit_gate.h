// Where limits on how much a service sends are asked for and counted.
#pragma once

#include "core/accounts/api_key.h"
#include "core/accounts/service.h"
#include "core/notifications/types.h"
#include "flows/send/refusal.h"

namespace postroom::flows {

// Safe from several threads.
class LimitGate {
 public:
  virtual ~LimitGate() = default;
  // Asked once for each request to send, before it is parsed. too_many_requests or daily_limit_reached.
  virtual Outcome<void> admit(const accounts::Service& service, accounts::KeyType key,
                              notifications::NotificationType type) = 0;
  // Asked besides for texts to numbers outside country code 44. daily_limit_reached.
  virtual Outcome<void> admit_international_sms(const accounts::Service& service, accounts::KeyType key) = 0;
  // Called after a message has been stored.
  virtual void count(const accounts::Service& service, accounts::KeyType key, notifications::NotificationType type,
                     bool international_sms) = 0;
};

// Admits everything.
class NoLimits final : public LimitGate {
 public:
  Outcome<void> admit(const accounts::Service&, accounts::KeyType, notifications::NotificationType) override {
    return {};
  }
  Outcome<void> admit_international_sms(const accounts::Service&, accounts::KeyType) override { return {}; }
  void count(const accounts::Service&, accounts::KeyType, notifications::NotificationType, bool) override {}
};

}  // namespace postroom::flows
