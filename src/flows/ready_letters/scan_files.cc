#include "flows/ready_letters/scan_files.h"

#include "base/log.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;
using ports::Bucket;

Result<LetterFile> ScanFiles::find_in(std::string_view folder, const notifications::Notification& letter) const {
  return files_.find_at({letters::PdfPlace::letters_scan, std::string(folder)}, letter);
}

Result<void> ScanFiles::copy_aside(std::string_view folder, const LetterFile& file) const {
  POSTROOM_TRY(content, blobs_.get(file.bucket, file.blob.key));
  return blobs_.put(Bucket::letters_scan, std::string(folder) + std::string(letters::base_name(file.blob.key)),
                    content);
}

Result<LetterFile> ScanFiles::take_back(const LetterFile& aside) const {
  LetterFile file{Bucket::letters_scan, aside.blob};
  file.blob.key = std::string(letters::base_name(aside.blob.key));
  POSTROOM_TRY(content, blobs_.get(aside.bucket, aside.blob.key));
  POSTROOM_CHECK(blobs_.put(file.bucket, file.blob.key, content));
  POSTROOM_CHECK(blobs_.remove(aside.bucket, aside.blob.key));
  return file;
}

Result<void> ScanFiles::remove(const notifications::Notification& letter) const { return remove_in("", letter); }

Result<void> ScanFiles::remove_in(std::string_view folder, const notifications::Notification& letter) const {
  auto file = find_in(folder, letter);
  if (!file && file.error().kind == ErrorKind::not_found) return {};
  if (!file) return fail(std::move(file).error());
  return blobs_.remove(file->bucket, file->blob.key);
}

Result<bool> end_checks(const ReadyLetterPorts& ports, const ScanFiles& files, const Notification& letter,
                        const ChecksEnd& end) {
  if (auto file = files.find(letter)) {
    POSTROOM_CHECK(files.copy_aside(end.folder, *file));
  } else if (file.error().kind != ErrorKind::not_found) {
    return fail(std::move(file).error());
  }
  return ports.notifications.move({.id = letter.id,
                                   .from = {NotificationStatus::pending_virus_check},
                                   .to = end.status,
                                   .at = ports.clock.now(),
                                   .cause = std::string(end.cause),
                                   .detail = std::string(end.detail),
                                   .sent_at = {},
                                   .sent_by = {},
                                   .provider_reference = {},
                                   .billable_units = 0,
                                   .tasks = {}});
}

Result<Notification> give_up_checks(const ReadyLetterPorts& ports, const ScanFiles& files, NotificationId id,
                                    std::string_view cause, std::string_view reason) {
  POSTROOM_TRY(letter, ports.notifications.find(id));
  if (letter.status != NotificationStatus::pending_virus_check) return letter;
  POSTROOM_TRY(moved, end_checks(ports, files, letter,
                                 {.folder = letters::kUncheckedFolder,
                                  .status = NotificationStatus::technical_failure,
                                  .cause = cause,
                                  .detail = reason}));
  log_error("letters.not_checked", {{"notification", id.text()}, {"reason", reason}, {"moved", moved}});
  return ports.notifications.find(id);
}

}  // namespace postroom::flows
