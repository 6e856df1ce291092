#include "flows/receipts/letter_reports.h"

#include <fmt/format.h>

#include "base/log.h"
#include "ports/task_names.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;
using receipts::LetterReport;

namespace {

// As reports of response files say.
constexpr std::string_view kProvider = "dvla";

void log_not_applied(const Notification& letter, const LetterReport& report) {
  const auto reported =
      report.is_despatched ? NotificationStatus::delivered : NotificationStatus::technical_failure;
  // A cancelled letter that was posted went to somebody who was not to get it.
  const LogLevel level = letter.status == reported ? LogLevel::info
                         : report.is_despatched && letter.status == NotificationStatus::cancelled
                             ? LogLevel::error
                             : LogLevel::warning;
  log(level, "letters.report_not_applied",
      {{"notification_id", letter.id.text()},
       {"status", to_string(letter.status)},
       {"reported", report.is_despatched ? "despatched" : "rejected"}});
}

}  // namespace

Result<void> LetterReports::take(const LetterReport& report) {
  const ports::NewTask task{.queue = std::string(ports::kLetterReceiptQueue),
                            .kind = std::string(ports::kProcessLetterReport),
                            .subject = report.letter.text(),
                            .payload = receipts::to_payload(report),
                            .run_at = ports_.clock.now()};
  return ports_.tasks.enqueue(std::span(&task, 1));
}

Result<void> LetterReports::apply(const LetterReport& report) {
  auto found = ports_.notifications.find(report.letter);
  if (!found && found.error().kind != ErrorKind::not_found) return fail(std::move(found).error());
  if (found && found->type == notifications::NotificationType::letter) return apply_to(*found, false, report);
  if (!found && ports_.archive != nullptr) {
    POSTROOM_TRY(archived, ports_.archive->find_all(std::span(&report.letter, 1)));
    if (!archived.empty() && archived.front().type == notifications::NotificationType::letter)
      return apply_to(archived.front(), true, report);
  }
  log_error("letters.report_unknown", {{"notification_id", report.letter.text()}});
  return {};
}

Result<void> LetterReports::apply_to(const Notification& letter, bool is_archived, const LetterReport& report) {
  if (report.is_despatched && report.sheets != letter.billable_units) {
    log_error("letters.report_sheets_differ",
              {{"notification_id", letter.id.text()}, {"ours", letter.billable_units}, {"theirs", report.sheets}});
  }
  const auto moves = moves_for(letter, report);
  POSTROOM_TRY(moved, is_archived ? ports_.archive->move_all(moves) : ports_.notifications.move_all(moves));
  if (!moved.back())
    log_not_applied(letter, report);
  else if (letter.status == NotificationStatus::technical_failure)
    log_warning("letters.despatched_after_failure", {{"notification_id", letter.id.text()}});
  if (!report.is_despatched) return {};
  // Also when this very report was applied by a run that did not live to record it.
  const bool is_delivered = moved.back() || letter.status == NotificationStatus::delivered;
  if (!is_delivered || letter.key_type == accounts::KeyType::test) return {};
  const ports::Despatch despatch{.id = letter.id,
                                 .despatched_on = ports_.zone.local_date(report.at),
                                 .cost_class = std::string(letters::to_string(report.cost_class))};
  return ports_.letters.record_despatches(std::span(&despatch, 1));
}

std::vector<ports::StatusMove> LetterReports::moves_for(const Notification& letter,
                                                        const LetterReport& report) const {
  const UtcTime now = ports_.clock.now();
  std::vector<ports::StatusMove> moves;
  if (letter.status == NotificationStatus::created) {
    // The report overtook our own note of the hand-over; the letter passes through sending all the same.
    moves.push_back({.id = letter.id,
                     .from = {NotificationStatus::created},
                     .to = NotificationStatus::sending,
                     .at = now,
                     .cause = "report.overtook",
                     .detail = "",
                     .sent_at = now,
                     .sent_by = std::string(kProvider)});
  }
  ports::StatusMove& move = moves.emplace_back();
  move.id = letter.id;
  move.from = {NotificationStatus::sending, NotificationStatus::pending};
  move.at = now;
  if (report.is_despatched) {
    // One we had given up, yet it was printed and posted: it counts, and is billed.
    move.from.push_back(NotificationStatus::technical_failure);
    move.to = NotificationStatus::delivered;
    move.cause = "report.despatched";
    move.detail = fmt::format("{} sheets, {}", report.sheets, letters::to_string(report.cost_class));
  } else {
    move.to = NotificationStatus::technical_failure;
    move.cause = "report.rejected";
    move.tasks.push_back({.queue = std::string(ports::kLetterReceiptQueue),
                          .kind = std::string(ports::kReportRejectedLetter),
                          .subject = letter.id.text(),
                          .payload = {},
                          .run_at = now});
  }
  return moves;
}

Result<void> LetterReports::report_rejected(NotificationId id) {
  log_error("letters.rejected", {{"notification_id", id.text()}});
  if (!raises_tickets_) return {};
  return ports_.tickets.raise(
      {.subject = fmt::format("[{}] Letter rejected by the print house", environment_name_),
       .message = fmt::format("The print house rejected letter {} and will not print it. Its state is "
                              "technical-failure: `postroom notification show {}` tells its story. Ask the print "
                              "house for the reason, and tell the service.",
                              id.text(), id.text()),
       .task_type = "letters_rejected"});
}

}  // namespace postroom::flows
