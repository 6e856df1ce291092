// The second step of a letter that comes as PDF: checked, made fit for printing, and put where the print run looks.
#pragma once

#include <functional>
#include <string_view>

#include "flows/letter_check/letter_check.h"
#include "flows/ready_letters/ready_letter_ports.h"
#include "flows/ready_letters/scan_files.h"

namespace postroom::flows {

// Told of each letter that was filed; the sandbox shows them.
struct FiledNotice {
  const notifications::Notification& letter;
  const std::string& blob_key;
  int page_count = 0;
};
using FilingObserver = std::function<void(const FiledNotice&)>;

// How long the file as it came is kept, so that it can be checked anew.
inline constexpr Duration kOriginalsKept = std::chrono::hours{7 * 24};
std::string original_key(NotificationId letter);

// Safe from several threads. Every step may be repeated, and a process killed between two leaves what the repeat
// mends.
class LetterFiling {
 public:
  LetterFiling(const ReadyLetterPorts& ports, const LetterCheck& check, FilingObserver observer = {})
      : ports_(ports),
        check_(check),
        scan_files_(ports.blobs, ports.calendar),
        files_(ports.blobs, ports.calendar),
        observer_(std::move(observer)) {}

  // A letter whose scan was clean. It becomes created (delivered with a test key) with what its file says:
  // recipient, sheets, postage abroad; or validation-failed, its file kept with the invalid ones. One that was
  // filed before its file arrived there gets it now; in any other state nothing happens. Errors are tried again.
  Result<void> sanitise(NotificationId id);
  // Retries are used up: the file is set aside and the letter becomes technical-failure.
  Result<void> give_up(NotificationId id, std::string_view reason);
  // By an operator: made anew from the file as it came, in place of the one that would be printed; the state stays.
  // invalid_input when the letter is in no state that has one, or its file fails the checks now; not_found when the
  // original is not kept any more. Gives the pages.
  Result<int> sanitise_again(const notifications::Notification& letter);

 private:
  Result<CheckedLetter> check(const notifications::Notification& letter, BytesView pdf) const;
  Result<void> judge(const notifications::Notification& letter);
  Result<void> refuse(const notifications::Notification& letter, const LetterFile& source, BytesView content,
                      const letters::PdfVerdict& verdict);
  Result<void> file(const notifications::Notification& letter, const CheckedLetter& checked);
  Result<void> mend(const notifications::Notification& letter);
  Result<void> leave(const notifications::Notification& letter) const;

  const ReadyLetterPorts& ports_;
  const LetterCheck& check_;
  ScanFiles scan_files_;
  LetterFiles files_;
  FilingObserver observer_;
};

}  // namespace postroom::flows
