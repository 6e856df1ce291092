// Texts that people send to services.
#pragma once

#include <span>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/time_zone.h"
#include "ports/account_store.h"
#include "ports/inbound_part_store.h"
#include "ports/inbound_store.h"

namespace postroom::flows {

// For so long the missing parts of a text are waited for.
inline constexpr Duration kPartsWait = std::chrono::hours{24};

// Which part of a text a message is.
struct PartOf {
  int reference = 0;
  int parts = 1;
  int part = 1;  // from 1
};

struct InboundSmsPorts {
  ports::InboundStore& texts;
  ports::ServiceStore& services;
  const Clock& clock;
  const TimeZone& zone;
  Random& random;
  ports::InboundPartStore* parts = nullptr;  // null: texts come whole
  Metrics* metrics = nullptr;                // null: nobody counts
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
  // One part of a longer text, on disk on return. The text is received when the last one came.
  Result<InboundOutcome> receive_part(const receipts::InboundMessage& message, const PartOf& place);
  // Receives texts whose parts have waited for kPartsWait, with a mark where one is missing; how many.
  Result<int> receive_incomplete();
  // Deletes what came before local midnight `retention_days` days ago; how many.
  Result<int> remove_old();

 private:
  // The service that a text to `number` is for; nothing when it is for nobody.
  Result<std::optional<ServiceId>> receiver_of(const std::string& number);

  void count(receipts::SmsProvider provider, std::string_view outcome);
  Result<InboundOutcome> receive_joined(std::span<const ports::InboundPart> parts, std::optional<UtcTime> sent_at);

  InboundSmsPorts ports_;
  int retention_days_;
};

}  // namespace postroom::flows
