#include "flows/ready_letters/letter_scan.h"

#include <fmt/format.h>

#include "base/log.h"
#include "ports/task_names.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;

namespace {

ports::NewTask task_for(std::string_view kind, std::string_view queue, const Notification& letter, UtcTime at) {
  const bool is_test = letter.key_type == accounts::KeyType::test;
  return {.queue = std::string(is_test ? ports::kResearchQueue : queue),
          .kind = std::string(kind),
          .subject = letter.id.text(),
          .payload = {},
          .run_at = at,
          .unique_key = fmt::format("{}:{}", kind, letter.id.text())};
}

}  // namespace

ports::NewTask scan_task(const Notification& letter, UtcTime at) {
  auto task = task_for(ports::kScanLetter, ports::kScanQueue, letter, at);
  // One that waits for its next try must not hold this one up.
  task.unique_key = "rescan-letter:" + letter.id.text();
  return task;
}

ports::NewTask sanitise_task(const Notification& letter, UtcTime at) {
  return task_for(ports::kSanitiseLetter, ports::kLettersQueue, letter, at);
}

Result<LetterFile> LetterScan::source_of(const Notification& letter) const {
  auto file = files_.find(letter);
  if (file || file.error().kind != ErrorKind::not_found) return file;
  auto unchecked = files_.find_in(letters::kUncheckedFolder, letter);
  if (unchecked) return files_.take_back(*unchecked);
  if (unchecked.error().kind != ErrorKind::not_found) return fail(std::move(unchecked).error());
  return fail(ErrorKind::not_found, "the file of letter " + letter.reference + " is not in storage");
}

Result<void> LetterScan::scan(NotificationId id) {
  POSTROOM_TRY(letter, ports_.notifications.find(id));
  if (letter.status != NotificationStatus::pending_virus_check) return tidy(letter);
  if (ports_.scanner == nullptr) {
    return fail(ErrorKind::retry_later, "there is no virus scanner: set antivirus.address; the letter waits");
  }
  auto file = source_of(letter);
  if (!file && file.error().kind == ErrorKind::not_found) {
    // Moved already, by a process that was killed before it told.
    auto infected = files_.find_in(letters::kInfectedFolder, letter);
    if (infected) return quarantine(letter, "");
    return fail(ErrorKind::retry_later, file.error().message);
  }
  if (!file) return fail(std::move(file).error());
  POSTROOM_TRY(content, ports_.blobs.get(file->bucket, file->blob.key));
  auto report = ports_.scanner->scan(content);
  // Another try is worth its while: the limit that refused it may be raised meanwhile.
  if (!report) return fail(ErrorKind::retry_later, report.error().message);
  if (report->verdict != ports::ScanVerdict::clean) return quarantine(letter, report->signature);

  const UtcTime now = ports_.clock.now();
  POSTROOM_CHECK(ports_.notifications.add_event(
      id, {.at = now, .status = letter.status, .cause = "scan.clean", .detail = {}}));
  const ports::NewTask next = sanitise_task(letter, now);
  return ports_.tasks.enqueue(std::span(&next, 1));
}

Result<void> LetterScan::quarantine(const Notification& letter, std::string_view signature) {
  POSTROOM_TRY(moved, end_checks(ports_, files_, letter,
                                 {.folder = letters::kInfectedFolder,
                                  .status = NotificationStatus::virus_scan_failed,
                                  .cause = "scan.infected",
                                  .detail = signature}));
  log_error("letters.infected", {{"notification", letter.id.text()},
                                 {"service", letter.service_id.text()},
                                 {"signature", signature},
                                 {"moved", moved}});
  POSTROOM_TRY(now, ports_.notifications.find(letter.id));
  return tidy(now);
}

Result<void> LetterScan::give_up(NotificationId id, std::string_view reason) {
  POSTROOM_TRY(letter, give_up_checks(ports_, files_, id, "scan.given_up", reason));
  return tidy(letter);
}

Result<void> LetterScan::tidy(const Notification& letter) const {
  auto remove_if_aside = [&](std::string_view folder) -> Result<void> {
    auto aside = files_.find_in(folder, letter);
    if (!aside && aside.error().kind == ErrorKind::not_found) return {};
    if (!aside) return fail(std::move(aside).error());
    return files_.remove(letter);
  };
  switch (letter.status) {
    case NotificationStatus::virus_scan_failed: return remove_if_aside(letters::kInfectedFolder);
    case NotificationStatus::technical_failure: return remove_if_aside(letters::kUncheckedFolder);
    case NotificationStatus::cancelled:
      for (std::string_view folder : {letters::kInfectedFolder, letters::kUncheckedFolder})
        POSTROOM_CHECK(files_.remove_in(folder, letter));
      return files_.remove(letter);
    default: return {};
  }
}

}  // namespace postroom::flows
