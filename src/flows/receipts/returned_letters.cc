#include "flows/receipts/returned_letters.h"

#include <algorithm>
#include <set>

#include "base/log.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

namespace {

constexpr int kReportPage = 1'000;

Date utc_day(UtcTime time) { return Date{std::chrono::floor<std::chrono::days>(time)}; }

}  // namespace

Result<ReturnedSummary> ReturnedLetters::report(std::span<const std::string> references) {
  ReturnedSummary summary;
  summary.references = static_cast<int>(references.size());
  for (std::size_t start = 0; start < references.size(); start += kReturnedPerCommit) {
    POSTROOM_CHECK(
        report_some(references.subspan(start, std::min(kReturnedPerCommit, references.size() - start)), summary));
  }
  log_info("letters.returned", {{"references", summary.references},
                                {"returned", summary.returned},
                                {"known_before", summary.known_before},
                                {"unknown", summary.unknown}});
  return summary;
}

Result<void> ReturnedLetters::report_some(std::span<const std::string> references, ReturnedSummary& summary) {
  // The archive second: a letter that is archived meanwhile is found there.
  POSTROOM_TRY(letters, ports_.notifications.find_by_references(references));
  const std::size_t live = letters.size();
  POSTROOM_TRY(archived, ports_.archive.find_by_references(references));
  letters.insert(letters.end(), std::make_move_iterator(archived.begin()), std::make_move_iterator(archived.end()));

  std::set<std::string_view> found;
  std::vector<ports::ReturnedLetter> rows;
  std::vector<ports::StatusMove> moves;
  const UtcTime now = ports_.clock.now();
  for (const Notification& letter : letters) {
    found.insert(letter.reference);
    rows.push_back({letter.id, letter.service_id, utc_day(now)});
    POSTROOM_TRY(move, move_of(letter));
    moves.push_back(std::move(move));
  }
  // The report first: a letter in the new state would not be looked at again after an interruption.
  if (!rows.empty()) POSTROOM_CHECK(ports_.care.record_returned(rows));
  const std::span<const ports::StatusMove> all(moves);
  std::vector<bool> moved;
  if (live > 0) {
    POSTROOM_TRY(done, ports_.notifications.move_all(all.first(live)));
    moved = std::move(done);
  }
  // Of the live ones that did not move, some were archived in between.
  POSTROOM_TRY(archived_moved, ports_.archive.move_all(all));
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const Notification& letter = letters[i];
    if (!(i < live && moved[i]) && !archived_moved[i]) {
      ++summary.known_before;
      continue;
    }
    ++summary.returned;
    if (letter.status != NotificationStatus::cancelled) continue;
    // It was printed although it was taken back.
    ++summary.were_cancelled;
    log_warning("letters.cancelled_came_back", {{"notification_id", letter.id.text()}});
  }
  for (const std::string& reference : references) {
    if (found.contains(reference)) continue;
    if (++summary.unknown > static_cast<int>(kUnknownNamedMax)) continue;
    summary.unknown_references.push_back(reference);
    log_error("letters.returned_unknown", {{"reference", reference}});
  }
  return {};
}

Result<ports::StatusMove> ReturnedLetters::move_of(const Notification& letter) {
  ports::StatusMove move{
      .id = letter.id,
      .from = notifications::sources_of(NotificationType::letter, NotificationStatus::returned_letter),
      .to = NotificationStatus::returned_letter,
      .at = ports_.clock.now(),
      .cause = "print_house.returned"};
  POSTROOM_TRY(fields, fields_of(letter));
  POSTROOM_TRY(task, ports_.callbacks.returned_task_for(letter.service_id, letter.id,
                                                        returned_callback_body(fields), move.at));
  if (task) move.tasks.push_back(std::move(*task));
  return move;
}

Result<ReturnedLetterFields> ReturnedLetters::fields_of(Notification letter) {
  ReturnedLetterFacts facts;
  auto text = ports_.templates.find(letter.service_id, letter.template_id, letter.template_version);
  if (!text && text.error().kind != ErrorKind::not_found) return fail(std::move(text).error());
  if (text) {
    facts.template_name = text->name;
    facts.is_precompiled = text->hidden;
  }
  if (letter.job_id) {
    auto job = ports_.jobs.find(*letter.job_id);
    if (!job && job.error().kind != ErrorKind::not_found) return fail(std::move(job).error());
    if (job) {
      facts.job_file_name = job->file_name;
      facts.job_created_by = job->created_by;
    }
  }
  facts.letter = std::move(letter);
  return returned_fields(facts);
}

Result<ReturnedReport> ReturnedLetters::letters_of(ServiceId service, Date reported_on) {
  ReturnedReport report;
  std::optional<NotificationId> after;
  for (;;) {
    POSTROOM_TRY(ids, ports_.care.returned_on(service, reported_on, after, kReportPage));
    if (ids.empty()) return report;
    after = ids.back();
    POSTROOM_TRY(letters, ports_.notifications.find_all(ids));
    POSTROOM_TRY(archived, ports_.archive.find_all(ids));
    report.orphans += static_cast<int>(ids.size() - letters.size() - archived.size());
    for (auto* found : {&letters, &archived}) {
      for (Notification& letter : *found) {
        POSTROOM_TRY(fields, fields_of(std::move(letter)));
        report.letters.push_back(std::move(fields));
      }
    }
  }
}

Result<ReturnedStatistics> ReturnedLetters::statistics(ServiceId service) {
  POSTROOM_TRY(days, ports_.care.returned_days(service));
  ReturnedStatistics out;
  if (days.empty()) return out;
  out.most_recent_report = days.front().reported_on;
  const Date first = add_days(utc_day(ports_.clock.now()), -kReturnedRecentDays);
  for (const ports::ReturnedLettersDay& day : days) {
    if (day.reported_on > first) out.recent += day.count;
  }
  return out;
}

}  // namespace postroom::flows
