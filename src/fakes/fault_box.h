// Faults that a test or a curious person asks for: the next N calls of a target misbehave.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace postroom::fakes {

enum class FaultMode {
  fail,    // answers that it cannot now: the caller retries
  reject,  // refuses for good
  slow,    // works, after a delay
  hang,    // does nothing until the caller's time-out, then fails
  cut,     // takes the message (or half the file), then breaks off: the caller does not know
};
std::optional<FaultMode> parse_fault_mode(std::string_view text);

struct Fault {
  FaultMode mode = FaultMode::fail;
  int count = 1;                         // calls it applies to
  std::chrono::milliseconds delay{500};  // slow and hang
};

// Targets: "email", "sms", "sms:NAME", "print", "blob", "queue", "scanner". Safe from several threads.
class FaultBox {
 public:
  static constexpr int kCountMax = 1'000'000;
  static constexpr std::chrono::milliseconds kDelayMax{60'000};

  // From {"target", "mode", "count", "delay_ms"}; count 0 takes the target's fault away. invalid_input names
  // the member and what is allowed.
  Result<void> set(const json::object& request);
  // The fault for this call, counted down; slow ones have been slept through already and are not returned.
  std::optional<Fault> next(std::string_view target);
  json::object state() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Fault, std::less<>> faults_;
};

// The error a provider answers for fail, hang, cut (retry_later) and reject (rejected).
Error error_of(const Fault& fault, std::string_view target);

}  // namespace postroom::fakes
