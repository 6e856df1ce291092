#include "flows/print_run/record_sender.h"

#include <fmt/format.h>

#include <fstream>

#include "base/log.h"
#include "core/letters/file_names.h"
#include "flows/print_run/responses.h"
#include "flows/print_run/temp_file.h"

namespace postroom::flows {
namespace {

using jobs::JobStatus;
using notifications::NotificationStatus;
using ports::Bucket;
using ports::LetterZip;
using ports::ZipLetter;
using ports::ZipState;

// Well below any lease, and rare enough to cost nothing.
constexpr Duration kRenewEvery = std::chrono::seconds{10};

tl::unexpected<Error> retry(std::string_view where, Error error) {
  error.kind = ErrorKind::retry_later;
  return fail_in(where, std::move(error));
}

bool is_waiting(NotificationStatus status) {
  return status == NotificationStatus::created || status == NotificationStatus::pending;
}

bool was_handed_over(NotificationStatus status) {
  return status == NotificationStatus::sending || status == NotificationStatus::delivered ||
         status == NotificationStatus::temporary_failure || status == NotificationStatus::permanent_failure ||
         status == NotificationStatus::returned_letter;
}

template <typename Do>
Result<void> in_chunks(std::span<const ZipLetter> all, Do&& act) {
  while (!all.empty()) {
    const std::size_t count = std::min(kLettersPerCommitMax, all.size());
    POSTROOM_CHECK(act(all.first(count)));
    all = all.subspan(count);
  }
  return {};
}

std::vector<NotificationId> ids_of(std::span<const ZipLetter> letters) {
  std::vector<NotificationId> ids;
  ids.reserve(letters.size());
  for (const ZipLetter& letter : letters) ids.push_back(letter.id);
  return ids;
}

Result<void> write_file(const std::string& path, BytesView content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.flush();
  if (out) return {};
  return fail(ErrorKind::retry_later, fmt::format("cannot write {}: check disk space", path));
}

}  // namespace

Result<SendOutcome> RecordSender::send(std::string_view name, const std::function<bool()>& renew) {
  POSTROOM_TRY(file, ports_.print.letters.zip(name));
  POSTROOM_TRY(letters, ports_.print.letters.zip_letters(name));
  if (letters.empty())
    return postroom::fail(ErrorKind::rejected, fmt::format("record file {} has no letters", name));
  POSTROOM_TRY(recorded, has_record(file));
  if (recorded || file.state == ZipState::uploaded)
    return complete(file, letters, SendOutcome::How::recorded_before);
  if (file.state == ZipState::failed) {
    return postroom::fail(ErrorKind::rejected,
                          fmt::format("record file {} failed before and its letters were set free", name));
  }
  if (file.acknowledged_at) {
    POSTROOM_CHECK(record(file, letters));
    return complete(file, letters, SendOutcome::How::acknowledged_before);
  }
  const bool is_first_attempt = file.state == ZipState::planned;
  if (is_first_attempt) {
    POSTROOM_CHECK(
        ports_.print.letters.move_zip(name, ZipState::planned, ZipState::uploading, ports_.print.clock.now(), ""));
  }
  auto how = deliver(file, letters, renew);
  if (!how) {
    log_warning("letters.records_not_sent", {{"file", name}, {"error", how.error().message}});
    return postroom::fail(how.error());
  }
  POSTROOM_CHECK(record(file, letters));
  return complete(file, letters, *how);
}

Result<RecordSender::Found> RecordSender::look_for(const LetterZip& file) const {
  POSTROOM_TRY(there, is_there(file));
  if (there) return Found::uploaded;
  if (file.state != ZipState::uploading) return Found::nothing;
  // Not the first attempt: the print house may have taken the file away before we knew of our success.
  POSTROOM_CHECK(PrintResponses(ports_.print, options_).poll_acknowledgements());
  POSTROOM_TRY(now, ports_.print.letters.zip(file.name));
  return now.acknowledged_at ? Found::acknowledged : Found::nothing;
}

Result<SendOutcome::How> RecordSender::deliver(const LetterZip& file, const std::vector<ZipLetter>& letters,
                                               const std::function<bool()>& renew) const {
  auto found = look_for(file);
  if (!found) return retry("look for " + file.name, std::move(found).error());
  if (*found == Found::uploaded) return SendOutcome::How::found_there;
  if (*found == Found::acknowledged) return SendOutcome::How::acknowledged_before;
  // An attempt to give up this file may have been cut short; its letters must not be printed after all.
  POSTROOM_CHECK(check_any_waiting(file, letters));

  auto content = ports_.print.blobs.get(Bucket::letter_records, letters.front().blob_key);
  if (!content) return retry("read the content of " + file.name, std::move(content).error());
  if (static_cast<std::int64_t>(content->size()) != file.byte_count) {
    return postroom::fail(ErrorKind::rejected,
                          fmt::format("the content of {} has {} bytes, but was planned with {}", file.name,
                                      content->size(), file.byte_count));
  }
  POSTROOM_TRY(local, TempFile::create(options_.temp_folder));
  POSTROOM_CHECK(write_file(local.path(), *content));
  UtcTime renewed = ports_.print.clock.now();
  const auto progress = [&](std::uint64_t) {
    const UtcTime now = ports_.print.clock.now();
    if (!renew || (now >= renewed && now - renewed < kRenewEvery)) return true;
    renewed = now;
    return renew();
  };
  auto sent = ports_.print.print_house.upload(options_.zip_folder, file.name, local.path(), progress);
  if (sent) return SendOutcome::How::uploaded;
  // An error after the last byte is an upload all the same.
  if (const auto after = is_there(file); after && *after) {
    log_warning("letters.records_sent_despite_error", {{"file", file.name}, {"error", sent.error().message}});
    return SendOutcome::How::found_there;
  }
  return retry("upload " + file.name, std::move(sent).error());
}

Result<bool> RecordSender::is_there(const LetterZip& file) const {
  const auto found = ports_.print.print_house.stat(options_.zip_folder, file.name);
  if (found) return static_cast<std::int64_t>(found->size) == file.byte_count;
  if (found.error().kind == ErrorKind::not_found) return false;
  return postroom::fail(found.error());
}

Result<bool> RecordSender::has_record(const LetterZip& file) const {
  const auto found = ports_.print.blobs.stat(Bucket::letters_pdf, letters::zip_record_key(file.run_day, file.name));
  if (found) return true;
  if (found.error().kind == ErrorKind::not_found) return false;
  return retry("look for the record of " + file.name, found.error());
}

Result<void> RecordSender::check_any_waiting(const LetterZip& file, const std::vector<ZipLetter>& letters) const {
  bool waiting = false;
  POSTROOM_CHECK(in_chunks(letters, [&](std::span<const ZipLetter> chunk) -> Result<void> {
    if (waiting) return {};
    POSTROOM_TRY(found, ports_.print.notifications.find_all(ids_of(chunk)));
    for (const auto& letter : found) waiting = waiting || is_waiting(letter.status);
    return {};
  }));
  if (waiting) return {};
  return postroom::fail(ErrorKind::rejected,
                        fmt::format("no letter of record file {} is waiting to be sent any more", file.name));
}

Result<void> RecordSender::record(const LetterZip& file, const std::vector<ZipLetter>& letters) const {
  // The references, since no letter has a file of its own.
  std::vector<std::string> references;
  references.reserve(letters.size());
  for (const ZipLetter& letter : letters) references.push_back(letter.reference);
  auto put = ports_.print.blobs.put(Bucket::letters_pdf, letters::zip_record_key(file.run_day, file.name),
                                    letters::zip_record(references));
  if (!put) return retry("write the record of " + file.name, std::move(put).error());
  return {};
}

Result<SendOutcome> RecordSender::complete(const LetterZip& file, const std::vector<ZipLetter>& letters,
                                           SendOutcome::How how) {
  const UtcTime now = ports_.print.clock.now();
  for (ZipState from : {ZipState::planned, ZipState::uploading}) {
    if (file.state != ZipState::uploaded)
      POSTROOM_CHECK(ports_.print.letters.move_zip(file.name, from, ZipState::uploaded, now, ""));
  }
  if (auto shown = ports_.print.print_house.publish(options_.zip_folder, file.name); !shown)
    return retry("publish " + file.name, std::move(shown).error());
  SendOutcome outcome{.how = how, .bytes = static_cast<std::uint64_t>(file.byte_count)};
  std::set<JobId> jobs;
  POSTROOM_CHECK(in_chunks(letters, [&](std::span<const ZipLetter> chunk) {
    return move_letters(file, chunk, file.uploaded_at.value_or(now), outcome, jobs);
  }));
  static constexpr JobStatus kUnsent[] = {JobStatus::ready_to_send, JobStatus::error};
  POSTROOM_CHECK(move_jobs(jobs, kUnsent, JobStatus::sent_to_dvla));
  log_info("letters.records_sent", {{"file", file.name},
                                    {"how", to_string(how)},
                                    {"bytes", outcome.bytes},
                                    {"letters", outcome.moved},
                                    {"unmoved", outcome.unmoved},
                                    {"jobs", jobs.size()}});
  return outcome;
}

Result<void> RecordSender::move_letters(const LetterZip& file, std::span<const ZipLetter> letters, UtcTime sent_at,
                                        SendOutcome& outcome, std::set<JobId>& jobs) {
  std::vector<ports::StatusMove> moves;
  moves.reserve(letters.size());
  for (const ZipLetter& letter : letters) {
    moves.push_back({.id = letter.id,
                     .from = {NotificationStatus::created, NotificationStatus::pending},
                     .to = NotificationStatus::sending,
                     .at = ports_.print.clock.now(),
                     .cause = "records.verified",
                     .detail = file.name,
                     .sent_at = sent_at,
                     .sent_by = options_.sent_by,
                     .provider_reference = file.name});
  }
  POSTROOM_TRY(moved, ports_.print.notifications.move_all(moves));
  POSTROOM_TRY(found, ports_.print.notifications.find_all(ids_of(letters)));
  const auto count = std::count(moved.begin(), moved.end(), true);
  outcome.moved += static_cast<int>(count);
  outcome.unmoved += static_cast<int>(static_cast<std::ptrdiff_t>(moved.size()) - count);
  for (const auto& letter : found) {
    if (letter.job_id) jobs.insert(*letter.job_id);
    if (was_handed_over(letter.status)) continue;
    log_error("letters.printed_though_not_waiting",
              {{"file", file.name}, {"notification_id", letter.id.text()}, {"status", to_string(letter.status)}});
  }
  return {};
}

Result<void> RecordSender::move_jobs(const std::set<JobId>& jobs, std::span<const JobStatus> from, JobStatus to) {
  for (const JobId& job : jobs) {
    for (JobStatus one : from) POSTROOM_CHECK(ports_.jobs.move(job, one, to, ports_.print.clock.now()));
  }
  return {};
}

Result<int> RecordSender::fail(std::string_view name, std::string_view reason) {
  POSTROOM_TRY(file, ports_.print.letters.zip(name));
  if (file.state == ZipState::failed) return 0;
  POSTROOM_TRY(recorded, has_record(file));
  POSTROOM_TRY(letters, ports_.print.letters.zip_letters(name));
  const auto found = look_for(file);
  if (recorded || file.state == ZipState::uploaded || file.acknowledged_at || (found && *found != Found::nothing)) {
    log_warning("letters.records_sent_after_all", {{"file", name}, {"reason", reason}});
    if (!recorded) POSTROOM_CHECK(record(file, letters));
    POSTROOM_CHECK(complete(file, letters, SendOutcome::How::recorded_before));
    return 0;
  }
  // The file last: it sets its letters free, and a run at this moment would take them up again.
  int failed = 0;
  std::set<JobId> jobs;
  POSTROOM_CHECK(in_chunks(letters, [&](std::span<const ZipLetter> chunk) -> Result<void> {
    POSTROOM_TRY(count, fail_letters(file, chunk, reason, jobs));
    failed += count;
    return {};
  }));
  static constexpr JobStatus kReady[] = {JobStatus::ready_to_send};
  POSTROOM_CHECK(move_jobs(jobs, kReady, JobStatus::error));
  for (ZipState from : {ZipState::planned, ZipState::uploading})
    POSTROOM_CHECK(ports_.print.letters.move_zip(name, from, ZipState::failed, ports_.print.clock.now(), reason));
  log_error("letters.records_failed",
            {{"file", name}, {"letters", failed}, {"jobs", jobs.size()}, {"reason", reason}});
  return failed;
}

Result<int> RecordSender::fail_letters(const LetterZip& file, std::span<const ZipLetter> letters,
                                       std::string_view reason, std::set<JobId>& jobs) {
  POSTROOM_TRY(found, ports_.print.notifications.find_all(ids_of(letters)));
  std::vector<ports::StatusMove> moves;
  for (const auto& letter : found) {
    if (letter.job_id) jobs.insert(*letter.job_id);
    if (letter.status != NotificationStatus::pending) continue;
    moves.push_back({.id = letter.id,
                     .from = {NotificationStatus::pending},
                     .to = NotificationStatus::technical_failure,
                     .at = ports_.print.clock.now(),
                     .cause = "records.failed",
                     .detail = fmt::format("{}: {}", file.name, reason)});
  }
  if (moves.empty()) return 0;
  POSTROOM_TRY(moved, ports_.print.notifications.move_all(moves));
  return static_cast<int>(std::count(moved.begin(), moved.end(), true));
}

Result<int> RecordSender::reconcile() {
  POSTROOM_TRY(names, ports_.records.uploaded_files_with_waiting_letters());
  int moved = 0;
  for (const std::string& name : names) {
    POSTROOM_TRY(file, ports_.print.letters.zip(name));
    POSTROOM_TRY(letters, ports_.print.letters.zip_letters(name));
    auto outcome = complete(file, letters, SendOutcome::How::recorded_before);
    if (outcome)
      moved += outcome->moved;
    else
      log_error("letters.records_not_reconciled", {{"file", name}, {"error", outcome.error().message}});
  }
  if (!names.empty()) log_warning("letters.records_reconciled", {{"files", names.size()}, {"letters", moved}});
  return moved;
}

}  // namespace postroom::flows
