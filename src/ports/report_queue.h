// A queue of a provider's that its reports wait in, such as one of Amazon SQS.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postroom::ports {

struct QueuedReport {
  std::string id;      // the queue's own, for the log
  std::string handle;  // what removes it
  std::string body;
};

class ReportQueue {
 public:
  virtual ~ReportQueue() = default;
  // Up to ten that wait, or none once `wait` is over. They are hidden from others for a minute, then come again
  // unless they were removed. retry_later when the queue cannot be asked now or refuses us. Safe from several
  // threads.
  virtual Result<std::vector<QueuedReport>> receive(std::chrono::seconds wait) = 0;
  // What could not be removed comes again; ten at most. Errors as above.
  virtual Result<void> remove(std::span<const std::string> handles) = 0;
};

}  // namespace postroom::ports
