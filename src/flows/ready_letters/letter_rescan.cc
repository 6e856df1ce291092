#include "flows/ready_letters/letter_rescan.h"

#include <algorithm>

#include "base/log.h"
#include "flows/ready_letters/letter_scan.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;

namespace {
constexpr std::size_t kReferencesPerLook = 200;
}

Result<RescanSummary> LetterRescan::rescan(std::span<const std::string> references) {
  RescanSummary summary;
  for (std::size_t start = 0; start < references.size(); start += kReferencesPerLook) {
    const auto some = references.subspan(start, std::min(kReferencesPerLook, references.size() - start));
    POSTROOM_TRY(letters, ports_.notifications.find_by_references(some));
    for (const std::string& reference : some) {
      auto found = std::find_if(letters.begin(), letters.end(),
                                [&](const Notification& letter) { return letter.reference == reference; });
      if (found == letters.end()) {
        summary.unknown.push_back(reference);
        continue;
      }
      POSTROOM_CHECK(rescan_one(*found, summary));
    }
  }
  return summary;
}

Result<RescanSummary> LetterRescan::rescan_errors() {
  std::vector<std::string> references;
  POSTROOM_CHECK(
      ports_.blobs.list(ports::Bucket::letters_scan, letters::kUncheckedFolder, [&](const ports::BlobInfo& blob) {
        if (letters::is_pdf_key(blob.key) && references.size() < kRescansMax)
          references.push_back(letters::reference_of_key(blob.key));
      }));
  return rescan(references);
}

Result<void> LetterRescan::rescan_one(const Notification& letter, RescanSummary& summary) {
  const ports::NewTask task = scan_task(letter, ports_.clock.now());
  if (letter.status == NotificationStatus::pending_virus_check) {
    ++summary.asked_again;
    return ports_.tasks.enqueue(std::span(&task, 1));
  }
  if (letter.status != NotificationStatus::technical_failure) {
    summary.left_alone.push_back(letter.reference);
    return {};
  }
  auto aside = files_.find_in(letters::kUncheckedFolder, letter);
  if (!aside && aside.error().kind == ErrorKind::not_found) aside = files_.find(letter);
  if (!aside && aside.error().kind == ErrorKind::not_found) {
    summary.without_file.push_back(letter.reference);
    return {};
  }
  if (!aside) return fail(std::move(aside).error());
  POSTROOM_TRY(moved, ports_.notifications.move({.id = letter.id,
                                                 .from = {NotificationStatus::technical_failure},
                                                 .to = NotificationStatus::pending_virus_check,
                                                 .at = ports_.clock.now(),
                                                 .cause = "operator.rescan",
                                                 .detail = {},
                                                 .sent_at = {},
                                                 .sent_by = {},
                                                 .provider_reference = {},
                                                 .billable_units = {},
                                                 .tasks = {task}}));
  if (moved) {
    ++summary.asked_again;
    log_info("letters.rescan", {{"notification", letter.id.text()}});
  } else {
    summary.left_alone.push_back(letter.reference);
  }
  return {};
}

}  // namespace postroom::flows
