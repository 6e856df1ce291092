#include "flows/print_run/stuck_checks.h"

#include <fmt/format.h>

#include "base/log.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

constexpr std::size_t kLettersPerLook = 500;

std::string named(const std::vector<NotificationId>& letters) {
  std::string text;
  for (std::size_t i = 0; i < std::min(letters.size(), kStuckLettersNamedMax); ++i)
    text += (i == 0 ? "" : ", ") + letters[i].text();
  if (letters.size() > kStuckLettersNamedMax)
    text += fmt::format(" and {} more", letters.size() - kStuckLettersNamedMax);
  return text;
}

}  // namespace

Result<StuckChecksOutcome> StuckChecks::recent() {
  if (!has_scanner_) return report_held(false);
  StuckChecksOutcome outcome;
  POSTROOM_CHECK(ask_again(kChecksLookedAtFor, outcome));
  return outcome;
}

Result<StuckChecksOutcome> StuckChecks::nightly() {
  if (!has_scanner_) return report_held(true);
  StuckChecksOutcome outcome;
  const UtcTime now = ports_.clock.now();
  POSTROOM_TRY(old,
               ports_.care.pending_checks(now - kChecksReportedFor, now - kChecksAskedAgainFor, kStuckLettersMax));
  outcome.too_old = static_cast<int>(old.size());
  report("Letters wait for their checks for days",
         "They are not checked again by themselves any more: find out why, and cancel them or send them anew", old);
  POSTROOM_CHECK(ask_again(kChecksAskedAgainFor, outcome));
  return outcome;
}

Result<StuckChecksOutcome> StuckChecks::report_held(bool is_nightly) {
  const UtcTime now = ports_.clock.now();
  const UtcTime from = now - kChecksReportedFor;
  StuckChecksOutcome outcome;
  POSTROOM_TRY(held, ports_.care.pending_checks(from, now - kChecksStuckAfter, kStuckLettersMax));
  outcome.held = static_cast<int>(held.size());
  POSTROOM_TRY(known, ports_.care.pending_checks(from, now - 2 * kChecksStuckAfter, 1));
  if (!held.empty() && !is_nightly && !known.empty()) {
    log_error("letters.held_without_scanner", {{"letters", outcome.held}});
    return outcome;
  }
  report(
      "Letters wait for a virus scanner",
      "This installation has none: install clamd and set antivirus.address; the letters go on by themselves then",
      held);
  return outcome;
}

Result<void> StuckChecks::ask_again(Duration age_max, StuckChecksOutcome& outcome) {
  const UtcTime now = ports_.clock.now();
  POSTROOM_TRY(ids, ports_.care.pending_checks(now - age_max, now - kChecksStuckAfter, kStuckLettersMax));
  const LetterFiles files(ports_.blobs, ports_.calendar);
  std::vector<NotificationId> without_file;
  const std::span<const NotificationId> all(ids);
  for (std::size_t start = 0; start < ids.size(); start += kLettersPerLook) {
    POSTROOM_TRY(letters,
                 ports_.notifications.find_all(all.subspan(start, std::min(kLettersPerLook, ids.size() - start))));
    std::vector<ports::NewTask> tasks;
    for (const notifications::Notification& letter : letters) {
      auto file = files.find(letter);
      // Set aside once, and on its way back.
      if (!file && file.error().kind == ErrorKind::not_found)
        file = files.find_at({letters::PdfPlace::letters_scan, std::string(letters::kUncheckedFolder)}, letter);
      if (!file && file.error().kind != ErrorKind::not_found) return fail(std::move(file).error());
      if (!file) {
        without_file.push_back(letter.id);
        continue;
      }
      const std::string subject = letter.id.text();
      tasks.push_back({.queue = std::string(ports::kScanQueue),
                       .kind = std::string(ports::kScanLetter),
                       .subject = subject,
                       .payload = {},
                       .run_at = now,
                       .unique_key = fmt::format("{}:{}", ports::kScanLetter, subject)});
    }
    if (!tasks.empty()) POSTROOM_CHECK(ports_.tasks.enqueue(tasks));
    outcome.asked_again += static_cast<int>(tasks.size());
  }
  outcome.without_file = static_cast<int>(without_file.size());
  if (outcome.asked_again > 0) log_warning("letters.checks_asked_again", {{"letters", outcome.asked_again}});
  report("Letters wait for their checks, and their files are gone",
         "Look for the files in the blob storage; without them the letters must be sent anew", without_file);
  return {};
}

void StuckChecks::report(std::string_view subject, std::string_view advice,
                         const std::vector<NotificationId>& letters) {
  if (letters.empty()) return;
  const std::string names = named(letters);
  log_error("letters.checks_stuck", {{"subject", subject}, {"letters", letters.size()}, {"ids", names}});
  if (!raises_tickets_) return;
  auto raised = ports_.tickets.raise(
      {.subject = fmt::format("[{}] {}", environment_name_, subject),
       .message = fmt::format("{} letters are pending-virus-check: {}. {}.", letters.size(), names, advice),
       .task_type = "letters_pending_scan"});
  if (!raised) log_error("alerts.ticket_failed", {{"subject", subject}, {"error", raised.error().message}});
}

}  // namespace postroom::flows
