// Letters whose PDF never came: their rendering is asked for again.
#pragma once

#include <functional>

#include "flows/print_run/print_run_ports.h"

namespace postroom::flows {

inline constexpr Duration kReplayOlderThan = std::chrono::hours{1};
inline constexpr Duration kReplayYoungerThan = std::chrono::hours{24 * 7};
// Looked at a slice at a time, so that no query spans the week.
inline constexpr Duration kReplaySlice = std::chrono::hours{12};
inline constexpr int kReplayLettersPerSliceMax = 10'000;

// Enqueues rendering for normal letters that have waited for a PDF for over an hour and at most a week; gives their
// number. A letter whose rendering still is queued is not queued again. Letters of services that `leaves_out` names
// are never rendered; it may be empty. retry_later when the store is away.
Result<int> replay_letters_without_pdf(const PrintRunPorts& ports,
                                       const std::function<bool(ServiceId)>& leaves_out = {});

}  // namespace postroom::flows
