// The first step of a letter that comes as PDF: nothing else opens its file before the virus scanner has called it
// clean.
#pragma once

#include <string_view>

#include "flows/ready_letters/ready_letter_ports.h"
#include "flows/ready_letters/scan_files.h"

namespace postroom::flows {

// The scan of a letter, as a task. A file that was moved aside by hand-over of an operator is taken back by it.
ports::NewTask scan_task(const notifications::Notification& letter, UtcTime at);
// The step after a clean scan.
ports::NewTask sanitise_task(const notifications::Notification& letter, UtcTime at);

// Safe from several threads. Every step may be repeated, and a process killed between two leaves what the repeat
// mends.
class LetterScan {
 public:
  explicit LetterScan(const ReadyLetterPorts& ports) : ports_(ports), files_(ports.blobs, ports.calendar) {}

  // A clean file goes on to its check. An infected one is set aside and the letter becomes virus-scan-failed. A
  // letter that does not wait (cancelled, say) is done. retry_later when the scanner, the storage or the file is
  // away, or the scanner would not look into the file: it is not clean then.
  Result<void> scan(NotificationId id);
  // Retries are used up: the file is set aside and the letter becomes technical-failure.
  Result<void> give_up(NotificationId id, std::string_view reason);

 private:
  Result<LetterFile> source_of(const notifications::Notification& letter) const;
  Result<void> quarantine(const notifications::Notification& letter, std::string_view signature);
  // Removes what a process that was killed after its change of the row has left.
  Result<void> tidy(const notifications::Notification& letter) const;

  const ReadyLetterPorts& ports_;
  ScanFiles files_;
};

}  // namespace postroom::flows
