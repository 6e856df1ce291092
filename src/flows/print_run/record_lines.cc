#include "flows/print_run/record_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace postroom::flows {
namespace {

using notifications::Notification;
using notifications::NotificationStatus;

// Each file of one minute takes the next minute's name.
constexpr int kFileNameTriesMax = 120;

Result<void> give_up(const RecordPorts& ports, const Notification& letter, const std::string& reason) {
  log_error("letters.record_refused", {{"notification_id", letter.id.text()}, {"reason", reason}});
  POSTROOM_TRY(moved, ports.print.notifications.move({.id = letter.id,
                                                      .from = {NotificationStatus::created},
                                                      .to = NotificationStatus::technical_failure,
                                                      .at = ports.print.clock.now(),
                                                      .cause = "record.refused",
                                                      .detail = reason}));
  if (!moved) log_info("letters.moved_elsewhere", {{"notification_id", letter.id.text()}});
  return {};
}

bool is_full(const RecordDraft& draft) {
  return draft.letters.size() >= static_cast<std::size_t>(kRecordsPerFileMax) ||
         draft.content.size() >= kRecordFileBytesMax;
}

}  // namespace

Result<const std::string*> RecordLines::organisation_of(ServiceId id) {
  auto known = organisations_.find(id);
  if (known == organisations_.end()) {
    POSTROOM_TRY(service, ports_.services.find(id));
    known = organisations_.emplace(id, service.print_organisation).first;
  }
  return &known->second;
}

Result<const letters::RecordTemplate*> RecordLines::template_of(const Notification& letter) {
  const auto key = std::pair(letter.template_id, letter.template_version);
  auto known = templates_.find(key);
  if (known == templates_.end()) {
    POSTROOM_TRY(text, ports_.templates.find(letter.service_id, letter.template_id, letter.template_version));
    if (text.hidden) {
      return fail(ErrorKind::rejected,
                  "a letter that came as a PDF has no text for a record: give its service letters_as_pdf");
    }
    known = templates_.emplace(key, std::make_unique<letters::RecordTemplate>(text)).first;
  }
  return known->second.get();
}

Result<std::string> RecordLines::line_of(const Notification& letter) {
  const auto refused = [](Error error) {
    if (error.kind == ErrorKind::invalid_input || error.kind == ErrorKind::not_found)
      error.kind = ErrorKind::rejected;
    return fail(std::move(error));
  };
  auto organisation = organisation_of(letter.service_id);
  if (!organisation) return refused(organisation.error());
  auto text = template_of(letter);
  if (!text) return refused(text.error());
  const Date today = ports_.print.zone.local_date(ports_.print.clock.now());
  auto line = letters::record_of(letter, **text, **organisation, today);
  if (!line) return refused(line.error());
  return line;
}

Result<std::size_t> draft_records(const RecordPorts& ports, RecordLines& lines, std::span<const NotificationId> ids,
                                  RecordDraft& draft, int& refused) {
  std::size_t seen = 0;
  while (seen < ids.size() && !is_full(draft)) {
    const std::size_t room = static_cast<std::size_t>(kRecordsPerFileMax) - draft.letters.size();
    const std::size_t count = std::min({kLettersPerCommitMax, ids.size() - seen, room});
    POSTROOM_TRY(found, ports.print.notifications.find_all(ids.subspan(seen, count)));
    seen += count;
    for (const Notification& letter : found) {
      if (letter.status != NotificationStatus::created) continue;
      auto line = lines.line_of(letter);
      if (line) {
        draft.add(letter, *line);
        continue;
      }
      if (line.error().kind == ErrorKind::rejected) {
        ++refused;
        POSTROOM_CHECK(give_up(ports, letter, line.error().message));
        continue;
      }
      if (line.error().kind != ErrorKind::corrupt) return fail(line.error());
      log_error("letters.record_unreadable",
                {{"notification_id", letter.id.text()}, {"error", line.error().message}});
    }
  }
  return seen;
}

Result<std::string> plan_records(const RecordPorts& ports, PlannedRecords planned, RecordDraft& draft) {
  const UtcTime now = ports.print.clock.now();
  for (ports::ZipLetter& letter : draft.letters) letter.blob_key = planned.key;
  for (int i = 0; i < kFileNameTriesMax; ++i) {
    const std::string name = letters::record_file_name(now + std::chrono::minutes{i});
    const auto taken = ports.print.letters.zip(name);
    if (taken) continue;
    if (taken.error().kind != ErrorKind::not_found) return fail(taken.error());
    const ports::LetterZip file{.name = name,
                                .run_day = planned.run_day,
                                .state = ports::ZipState::planned,
                                .letter_count = static_cast<int>(draft.letters.size()),
                                .byte_count = static_cast<std::int64_t>(draft.content.size()),
                                .error = "",
                                .created_at = now,
                                .uploaded_at = std::nullopt,
                                .acknowledged_at = std::nullopt};
    const ports::NewTask task{.queue = std::string(ports::kPrintQueue),
                              .kind = std::string(planned.task_kind),
                              .subject = name,
                              .payload = {},
                              .run_at = now,
                              .unique_key = fmt::format("{}:{}", planned.task_kind, name)};
    POSTROOM_CHECK(ports.records.plan(file, draft.letters, planned.to, task));
    log_info("letters.records_planned",
             {{"file", name}, {"letters", draft.letters.size()}, {"bytes", draft.content.size()}});
    return name;
  }
  return fail(ErrorKind::retry_later,
              fmt::format("{} record files have been made within the last minutes; the next "
                          "run goes on",
                          kFileNameTriesMax));
}

Result<std::unique_ptr<RecordsLease>> RecordsLease::take(const RecordPorts& ports) {
  std::unique_ptr<RecordsLease> lease(new RecordsLease(ports, Uuid::random(ports.print.random).text()));
  POSTROOM_CHECK(lease->renew());
  return lease;
}

Result<void> RecordsLease::renew() {
  POSTROOM_TRY(held,
               ports_.print.leases.acquire(kRecordsLease, owner_, ports_.print.clock.now(), kRecordsLeaseTime));
  if (held) return {};
  return fail(ErrorKind::conflict, "another run makes record files; wait until it has finished");
}

RecordsLease::~RecordsLease() {
  if (auto released = ports_.print.leases.release(kRecordsLease, owner_); !released)
    log_warning("letters.records_lease_not_released", {{"error", released.error().message}});
}

}  // namespace postroom::flows
