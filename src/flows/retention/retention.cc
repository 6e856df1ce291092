#include "flows/retention/retention.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "core/letters/file_names.h"
#include "core/notifications/retention.h"
#include "ports/letter_places.h"
#include "ports/task_names.h"

namespace postroom::flows {

using notifications::NotificationType;
using ports::Bucket;
using ports::ExpiredMessage;

namespace {

constexpr int kJobFilesPerPage = 200;
constexpr NotificationType kTypes[] = {NotificationType::email, NotificationType::sms, NotificationType::letter};

int days_of(const accounts::Service& service, NotificationType type) {
  switch (type) {
    case NotificationType::email: return service.retention_days.email;
    case NotificationType::sms: return service.retention_days.sms;
    case NotificationType::letter: return service.retention_days.letter;
  }
  return accounts::kRetentionDaysMax;
}

Result<void> hold(const std::function<bool()>& renew) {
  if (!renew || renew()) return {};
  return fail(ErrorKind::retry_later, "another worker has taken the deletion over");
}

}  // namespace

std::string retention_subject(ServiceId service, NotificationType type) {
  return fmt::format("{}:{}", service.text(), to_string(type));
}

std::optional<RetentionSubject> parse_retention_subject(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto service = ServiceId::parse(text.substr(0, colon));
  if (!service) return std::nullopt;
  for (NotificationType type : kTypes) {
    if (to_string(type) == text.substr(colon + 1)) return RetentionSubject{*service, type};
  }
  return std::nullopt;
}

Result<int> Retention::plan() {
  POSTROOM_TRY(services, ports_.services.list());
  std::vector<ports::NewTask> tasks;
  for (const accounts::Service& service : services) {
    for (NotificationType type : kTypes) {
      const std::string subject = retention_subject(service.id, type);
      tasks.push_back({.queue = std::string(ports::kPeriodicQueue),
                       .kind = std::string(ports::kArchiveMessages),
                       .subject = subject,
                       .payload = {},
                       .run_at = ports_.clock.now(),
                       .unique_key = fmt::format("{}:{}", ports::kArchiveMessages, subject)});
    }
  }
  if (!tasks.empty()) POSTROOM_CHECK(ports_.tasks.enqueue(tasks));
  return static_cast<int>(tasks.size());
}

Result<RetentionSummary> Retention::run(ServiceId id, NotificationType type, const std::function<bool()>& renew) {
  POSTROOM_TRY(service, ports_.services.find(id));
  RetentionSummary summary;
  summary.before =
      notifications::retention_horizon(ports_.clock.now(), days_of(service, type), ports_.calendar.zone);
  POSTROOM_CHECK(remove_messages(id, type, renew, summary));
  POSTROOM_CHECK(remove_job_files(id, type, renew, summary));
  if (summary.messages > 0 || summary.pdfs > 0 || summary.job_files > 0) {
    log_info("retention.deleted", {{"service", id.text()},
                                   {"type", to_string(type)},
                                   {"before", format_rfc3339(summary.before)},
                                   {"messages", summary.messages},
                                   {"pdfs", summary.pdfs},
                                   {"job_files", summary.job_files}});
  }
  return summary;
}

Result<void> Retention::remove_messages(ServiceId service, NotificationType type,
                                        const std::function<bool()>& renew, RetentionSummary& summary) {
  std::optional<ExpiredMessage> last;
  for (;;) {
    POSTROOM_TRY(page,
                 ports_.archive.expired(service, type, summary.before, last ? &*last : nullptr, kExpiredPerPage));
    if (page.empty()) return {};
    const std::span<const ExpiredMessage> all(page);
    for (std::size_t start = 0; start < all.size(); start += kArchivedPerCommit) {
      POSTROOM_CHECK(hold(renew));
      const auto some = all.subspan(start, std::min(kArchivedPerCommit, all.size() - start));
      // Files first: what has no row any more would never be found again.
      if (type == NotificationType::letter) POSTROOM_CHECK(remove_pdfs(some, summary));
      std::vector<NotificationId> ids;
      for (const ExpiredMessage& message : some) ids.push_back(message.id);
      POSTROOM_TRY(gone, ports_.archive.archive(ids, summary.before));
      summary.messages += gone;
    }
    last = std::move(page.back());
  }
}

Result<void> Retention::remove_pdfs(std::span<const ExpiredMessage> letters, RetentionSummary& summary) {
  // A letter's file is known by its reference only: its postage and the form of names may have changed since. One
  // listing serves all letters of a folder.
  std::map<std::pair<Bucket, std::string>, std::set<std::string>> folders;
  for (const ExpiredMessage& letter : letters) {
    const letters::PdfLocation place =
        letters::pdf_location(letter.status, letter.key_type, letter.created_at, ports_.calendar);
    folders[{ports::bucket_of(place.place), place.folder}].insert(letter.reference);
    // A ready PDF that could not be checked.
    if (letter.status == notifications::NotificationStatus::technical_failure)
      folders[{Bucket::letters_scan, std::string(letters::kUncheckedFolder)}].insert(letter.reference);
  }
  for (const auto& [where, references] : folders) {
    const auto& [bucket, folder] = where;
    std::vector<std::string> keys;
    POSTROOM_CHECK(ports_.blobs.list(bucket, folder, [&](const ports::BlobInfo& blob) {
      if (letters::is_pdf_key(blob.key) && references.contains(letters::reference_of_key(blob.key)))
        keys.push_back(blob.key);
    }));
    for (const std::string& key : keys) POSTROOM_CHECK(ports_.blobs.remove(bucket, key));
    summary.pdfs += static_cast<int>(keys.size());
  }
  return {};
}

Result<void> Retention::remove_job_files(ServiceId service, NotificationType type,
                                         const std::function<bool()>& renew, RetentionSummary& summary) {
  for (;;) {
    POSTROOM_TRY(jobs, ports_.archive.jobs_with_file(service, type, summary.before, kJobFilesPerPage));
    if (jobs.empty()) return {};
    POSTROOM_CHECK(hold(renew));
    for (JobId job : jobs) POSTROOM_CHECK(ports_.blobs.remove(Bucket::job_files, jobs::file_key(service, job)));
    POSTROOM_CHECK(ports_.archive.note_files_removed(jobs));
    summary.job_files += static_cast<int>(jobs.size());
  }
}

}  // namespace postroom::flows
