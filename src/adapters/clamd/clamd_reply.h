// What clamd answers to zINSTREAM.
#pragma once

#include <string_view>

#include "base/result.h"
#include "ports/virus_scanner.h"

namespace postroom::clamd {

// Longer answers are no answers.
inline constexpr std::size_t kReplyBytesMax = 4096;

// `reply` without its closing zero byte. rejected for clamd's errors, retry_later for what is none of its answers.
Result<ports::ScanReport> read_reply(std::string_view reply);

}  // namespace postroom::clamd
