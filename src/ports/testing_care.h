// In-memory stores of what happens to messages in the end, for tests of flows; see testing_stores.h. They work on
// the rows of a MemoryNotificationStore.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "ports/archive_store.h"
#include "ports/letter_care_store.h"
#include "ports/testing_stores.h"

namespace postroom::ports::testing {

class MemoryLetterCareStore final : public LetterCareStore {
 public:
  MemoryLetterCareStore(MemoryNotificationStore& notifications, MemoryJobStore& jobs)
      : notifications_(notifications), jobs_(jobs) {}
  std::set<NotificationId> in_zips;
  std::vector<ReturnedLetter> returned;

  Result<LetterCancel> cancel(NotificationId letter, UtcTime at, std::string_view) override {
    if (in_zips.contains(letter)) return LetterCancel::in_zip;
    if (!notifications_.rows().contains(letter) || !waits(notifications_.at(letter))) return LetterCancel::moved_on;
    make_cancelled(notifications_.at(letter), at);
    return LetterCancel::done;
  }
  Result<JobLettersCancel> cancel_job(JobId job, UtcTime at, std::string_view) override {
    using enum notifications::NotificationStatus;
    JobLettersCancel out;
    if (!jobs_.jobs.contains(job) || jobs_.jobs.at(job).status != jobs::JobStatus::finished) return out;
    std::vector<NotificationId> ids;
    for (const auto& [id, n] : notifications_.rows()) {
      if (n.job_id != job) continue;
      const bool harmless = waits(n) || n.status == cancelled || n.status == virus_scan_failed ||
                            n.status == validation_failed || n.status == technical_failure;
      if (!harmless) out.blocked_by = n.status;
      if (!waits(n)) continue;
      out.is_in_zip = out.is_in_zip || in_zips.contains(id);
      ids.push_back(id);
    }
    if (out.blocked_by || out.is_in_zip) return out;
    for (NotificationId id : ids) make_cancelled(notifications_.at(id), at);
    jobs_.jobs.at(job).status = jobs::JobStatus::cancelled;
    out.cancelled = static_cast<int>(ids.size());
    out.is_done = true;
    return out;
  }
  Result<std::vector<NotificationId>> pending_checks(UtcTime from, UtcTime to, int limit) override {
    std::vector<std::pair<UtcTime, NotificationId>> found;
    for (const auto& [id, n] : notifications_.rows()) {
      if (n.status == notifications::NotificationStatus::pending_virus_check && n.created_at >= from &&
          n.created_at < to)
        found.emplace_back(n.created_at, id);
    }
    std::sort(found.begin(), found.end());
    std::vector<NotificationId> out;
    for (const auto& [at, id] : found)
      if (static_cast<int>(out.size()) < limit) out.push_back(id);
    return out;
  }
  Fault pass_fault, fail_fault;
  std::map<NotificationId, LetterFault> faults;
  Result<bool> pass_checks(const notifications::Notification& letter, UtcTime at, std::string_view cause,
                           std::string_view detail) override {
    if (pass_fault.strikes()) return fail(pass_fault.error);
    if (!notifications_.rows().contains(letter.id) ||
        notifications_.at(letter.id).status != notifications::NotificationStatus::pending_virus_check)
      return false;
    notifications::Notification& row = notifications_.at(letter.id);
    row = letter;
    row.updated_at = at;
    POSTROOM_CHECK(notifications_.add_event(row.id, {at, row.status, std::string(cause), std::string(detail)}));
    return true;
  }
  Result<bool> fail_checks(NotificationId letter, std::span<const notifications::NotificationStatus> from,
                           const LetterFault& fault, UtcTime at, std::string_view cause,
                           std::string_view detail) override {
    if (fail_fault.strikes()) return fail(fail_fault.error);
    POSTROOM_TRY(moved, notifications_.move({.id = letter,
                                             .from = {from.begin(), from.end()},
                                             .to = notifications::NotificationStatus::validation_failed,
                                             .at = at,
                                             .cause = std::string(cause),
                                             .detail = std::string(detail),
                                             .sent_at = {},
                                             .sent_by = {},
                                             .provider_reference = {},
                                             .billable_units = 0,
                                             .tasks = {}}));
    if (moved) faults[letter] = fault;
    return moved;
  }
  Result<std::optional<LetterFault>> fault(NotificationId letter) override {
    auto found = faults.find(letter);
    return found == faults.end() ? std::nullopt : std::optional(found->second);
  }
  Result<void> record_returned(std::span<const ReturnedLetter> letters) override {
    for (const ReturnedLetter& letter : letters) {
      if (std::none_of(returned.begin(), returned.end(), [&](const auto& r) { return r.id == letter.id; }))
        returned.push_back(letter);
    }
    return {};
  }
  Result<std::vector<ReturnedLettersDay>> returned_days(ServiceId service) override {
    std::map<Date, std::int64_t, std::greater<>> days;
    for (const ReturnedLetter& letter : returned)
      if (letter.service_id == service) ++days[letter.reported_on];
    std::vector<ReturnedLettersDay> out;
    for (const auto& [day, count] : days) out.push_back({day, count});
    return out;
  }
  Result<std::vector<NotificationId>> returned_on(ServiceId service, Date day, std::optional<NotificationId> after,
                                                  int limit) override {
    std::vector<NotificationId> out;
    for (const ReturnedLetter& letter : returned) {
      if (letter.service_id == service && letter.reported_on == day && (!after || letter.id > *after))
        out.push_back(letter.id);
    }
    std::sort(out.begin(), out.end());
    if (static_cast<int>(out.size()) > limit) out.resize(static_cast<std::size_t>(limit));
    return out;
  }

 private:
  static bool waits(const notifications::Notification& n) {
    using enum notifications::NotificationStatus;
    return n.type == notifications::NotificationType::letter &&
           (n.status == created || n.status == pending_virus_check);
  }
  static void make_cancelled(notifications::Notification& n, UtcTime at) {
    n.status = notifications::NotificationStatus::cancelled;
    n.updated_at = at;
    n.billable_units = 0;
  }
  MemoryNotificationStore& notifications_;
  MemoryJobStore& jobs_;
};

class MemoryArchiveStore final : public ArchiveStore {
 public:
  MemoryArchiveStore(MemoryNotificationStore& notifications, MemoryJobStore& jobs, MemoryTaskQueue& tasks)
      : notifications_(notifications), jobs_(jobs), tasks_(tasks) {}
  Fault archive_fault;
  int archive_calls_before_fault = 0;
  std::map<NotificationId, notifications::Notification> archived;
  std::set<JobId> without_file;

  Result<std::vector<ExpiredMessage>> expired(ServiceId service, notifications::NotificationType type,
                                              UtcTime before, const ExpiredMessage* after, int limit) override {
    std::vector<ExpiredMessage> out;
    for (const auto& [id, n] : notifications_.rows()) {
      if (n.service_id == service && n.type == type && is_expired(n, before) &&
          (after == nullptr || std::pair(n.created_at, id) > std::pair(after->created_at, after->id)))
        out.push_back({id, n.status, n.key_type, n.reference, n.postage, n.created_at});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
      return std::pair(a.created_at, a.id) < std::pair(b.created_at, b.id);
    });
    if (static_cast<int>(out.size()) > limit) out.resize(static_cast<std::size_t>(limit));
    return out;
  }
  Result<int> archive(std::span<const NotificationId> ids, UtcTime before) override {
    if (archive_fault.count > 0 && archive_calls_before_fault-- <= 0 && archive_fault.strikes())
      return fail(archive_fault.error);
    int gone = 0;
    for (NotificationId id : ids) {
      if (!notifications_.rows().contains(id) || !is_expired(notifications_.at(id), before)) continue;
      notifications::Notification n = notifications_.at(id);
      n.to = n.normalised_to = n.personalisation = n.reply_to = n.unsubscribe_url = n.created_by_name = "";
      if (n.key_type != accounts::KeyType::test) archived[id] = std::move(n);
      notifications_.erase(id);
      ++gone;
    }
    return gone;
  }
  Result<std::vector<notifications::Notification>> find_all(std::span<const NotificationId> ids) override {
    std::vector<notifications::Notification> out;
    for (NotificationId id : ids)
      if (archived.contains(id)) out.push_back(archived.at(id));
    return out;
  }
  Result<std::vector<notifications::Notification>> find_by_references(std::span<const std::string> all) override {
    std::vector<notifications::Notification> out;
    for (const std::string& reference : all)
      for (const auto& [id, n] : archived)
        if (n.reference == reference) out.push_back(n);
    return out;
  }
  Result<std::vector<bool>> move_all(std::span<const StatusMove> moves) override {
    std::vector<bool> out;
    for (const StatusMove& m : moves) {
      auto found = archived.find(m.id);
      out.push_back(found != archived.end() &&
                    std::find(m.from.begin(), m.from.end(), found->second.status) != m.from.end());
      if (!out.back()) continue;
      found->second.status = m.to;
      found->second.updated_at = m.at;
      POSTROOM_CHECK(tasks_.enqueue(std::span<const NewTask>(m.tasks)));
    }
    return out;
  }
  Result<std::vector<ArchiveCount>> counts(ServiceId, UtcTime, UtcTime) override {
    return std::vector<ArchiveCount>{};
  }
  Result<std::vector<JobId>> jobs_with_file(ServiceId service, notifications::NotificationType type, UtcTime before,
                                            int limit) override {
    std::vector<JobId> out;
    for (const auto& [id, job] : jobs_.jobs) {
      const bool is_over = job.status == jobs::JobStatus::finished || job.status == jobs::JobStatus::cancelled;
      if (job.service_id == service && job.type == type && is_over && job.created_at < before &&
          !without_file.contains(id) && static_cast<int>(out.size()) < limit)
        out.push_back(id);
    }
    return out;
  }
  Result<void> note_files_removed(std::span<const JobId> jobs) override {
    without_file.insert(jobs.begin(), jobs.end());
    return {};
  }

 private:
  static bool is_expired(const notifications::Notification& n, UtcTime before) {
    using enum notifications::NotificationStatus;
    const bool is_kept =
        n.type == notifications::NotificationType::letter &&
        (n.status == created || n.status == sending || n.status == pending || n.status == pending_virus_check);
    return n.created_at < before && !is_kept && (!n.scheduled_for || *n.scheduled_for < before);
  }
  MemoryNotificationStore& notifications_;
  MemoryJobStore& jobs_;
  MemoryTaskQueue& tasks_;
};

}  // namespace postroom::ports::testing
