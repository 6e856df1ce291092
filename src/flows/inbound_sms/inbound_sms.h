// Texts that people send to services (public-api 7.5, platform.md 3.9).
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/time_zone.h"
#include "ports/account_store.h"
#include "ports/inbound_store.h"

namespace postroom::flows {

struct InboundSmsPorts {
  ports::InboundStore& texts;
  ports::ServiceStore& services;
  const Clock& clock;
  const TimeZone& zone;
  Random& random;
};

enum class InboundOutcome {
  stored,
  repeated,  // the provider had sent it before
  not_ours,  // nobody has the number, or who has it may not receive texts
};

// Safe from several threads.
class InboundSms {
 public:
  // Deletions in one commit.
  static constexpr int kSweepBatch = 1'000;

  InboundSms(InboundSmsPorts ports, int retention_days) : ports_(ports), retention_days_(retention_days) {}

  // On return of stored, text and callback task are on disk. An error means that nothing was.
  Result<InboundOutcome> receive(const receipts::InboundMessage& message);
  // Deletes what came before local midnight `retention_days` days ago; how many.
  Result<int> remove_old();

 private:
  // The service that a text to `number` is for; nothing when it is for nobody.
  Result<std::optional<ServiceId>> receiver_of(const std::string& number);

  InboundSmsPorts ports_;
  int retention_days_;
};

}  // namespace postroom::flows
