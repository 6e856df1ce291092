// Letters whose checks did not come to an end, by an operator.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "flows/ready_letters/ready_letter_ports.h"
#include "flows/ready_letters/scan_files.h"

namespace postroom::flows {

struct RescanSummary {
  int asked_again = 0;
  std::vector<std::string> unknown;       // no letter has this reference (any more)
  std::vector<std::string> without_file;  // given up, but the file is not in storage
  std::vector<std::string> left_alone;    // in a state from which there is nothing to check
};

inline constexpr std::size_t kRescansMax = 10'000;

// Safe from several threads.
class LetterRescan {
 public:
  explicit LetterRescan(const ReadyLetterPorts& ports) : ports_(ports), files_(ports.blobs, ports.calendar) {}

  // Letters that were given up wait for their checks again, those that wait are asked for again. One change of the
  // row with its task: the scan takes the file back from where it was set aside.
  Result<RescanSummary> rescan(std::span<const std::string> references);
  // All whose file was set aside because it could not be checked, kRescansMax at a time.
  Result<RescanSummary> rescan_errors();

 private:
  Result<void> rescan_one(const notifications::Notification& letter, RescanSummary& summary);

  const ReadyLetterPorts& ports_;
  ScanFiles files_;
};

}  // namespace postroom::flows
