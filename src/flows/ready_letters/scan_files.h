// The files of letters that wait for their checks.
#pragma once

#include <string>
#include <string_view>

#include "core/notifications/notification.h"
#include "flows/print_run/letter_files.h"
#include "flows/ready_letters/ready_letter_ports.h"

namespace postroom::flows {

// Safe from several threads.
class ScanFiles {
 public:
  ScanFiles(ports::BlobStore& blobs, const letters::PrintCalendar& calendar)
      : blobs_(blobs), files_(blobs, calendar) {}

  // The file as it came, whatever the letter's state. not_found when it is not there (any more).
  Result<LetterFile> find(const notifications::Notification& letter) const { return find_in("", letter); }
  // In one of the folders beside: letters::kInfectedFolder or kUncheckedFolder.
  Result<LetterFile> find_in(std::string_view folder, const notifications::Notification& letter) const;

  // Copies the file into that folder; find_in() finds it there. Copying again replaces the copy.
  Result<void> copy_aside(std::string_view folder, const LetterFile& file) const;
  // The other way, and removes the copy; gives the file where find() finds it.
  Result<LetterFile> take_back(const LetterFile& aside) const;
  // No file is no error.
  Result<void> remove(const notifications::Notification& letter) const;
  Result<void> remove_in(std::string_view folder, const notifications::Notification& letter) const;

 private:
  ports::BlobStore& blobs_;
  LetterFiles files_;
};

// How the checks of a letter end when its file is to be printed by nobody.
struct ChecksEnd {
  std::string_view folder;  // where its file is set aside
  notifications::NotificationStatus status;
  std::string_view cause;
  std::string_view detail;
};
// Copies the file aside, if it is there, and then ends the letter: a repeat does what a killed process left. False
// when the letter did not wait any more.
Result<bool> end_checks(const ReadyLetterPorts& ports, const ScanFiles& files,
                        const notifications::Notification& letter, const ChecksEnd& end);

// Retries of a step are used up: a letter that still waits becomes technical-failure, its file set aside in
// kUncheckedFolder. Gives the letter as it is afterwards.
Result<notifications::Notification> give_up_checks(const ReadyLetterPorts& ports, const ScanFiles& files,
                                                   NotificationId id, std::string_view cause,
                                                   std::string_view reason);

}  // namespace postroom::flows
