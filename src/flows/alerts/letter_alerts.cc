#include "flows/alerts/letter_alerts.h"

#include <fmt/format.h>

#include <vector>

#include "base/log.h"
#include "core/letters/acknowledgement.h"
#include "core/letters/checks.h"
#include "core/letters/file_names.h"
#include "flows/print_run/responses.h"

namespace postroom::flows {
namespace {

using ports::Bucket;

// Acknowledgement files that one check reads; a day has a handful.
constexpr std::size_t kAcknowledgementFilesMax = 1000;
constexpr std::size_t kZipsNamedMax = 100;

std::string_view canonical_environment(std::string_view name) { return name == "live" ? "production" : name; }

std::string letters_word(std::int64_t count) { return count == 1 ? "1 letter" : fmt::format("{} letters", count); }

}  // namespace

AlertOutcome LetterAlerts::raise(std::int64_t count, std::string_view subject, std::string message,
                                 std::string_view task_type, WithoutTicket level) {
  AlertOutcome outcome{.count = count,
                       .ticket_raised = false,
                       .subject = fmt::format("[{}] {}", canonical_environment(options_.environment_name), subject),
                       .message = std::move(message)};
  const std::string event = fmt::format("alerts.{}", task_type);
  if (level == WithoutTicket::log_error) log_error(event, {{"count", count}, {"message", outcome.message}});
  if (!options_.raises_tickets) {
    if (level == WithoutTicket::log_info) log_info(event, {{"count", count}, {"message", outcome.message}});
    return outcome;
  }
  auto raised = ports_.tickets.raise(
      {.subject = outcome.subject, .message = outcome.message, .task_type = std::string(task_type)});
  outcome.ticket_raised = raised.has_value();
  if (!raised) {
    // Nobody will see the ticket, so the log must say all that it would have said.
    log_error("alerts.ticket_not_raised", {{"subject", outcome.subject},
                                           {"message", outcome.message},
                                           {"task_type", task_type},
                                           {"error", raised.error().message}});
  } else if (level == WithoutTicket::log_info) {
    log_warning(event, {{"count", count}, {"message", outcome.message}});
  }
  return outcome;
}

Result<AlertOutcome> LetterAlerts::letters_still_sending() {
  const auto window = letters::still_sending_window(ports_.clock.now(), ports_.holidays);
  if (!window) return AlertOutcome{};
  POSTROOM_TRY(count, ports_.letters.count_sending(from_micros(0), window->before));
  if (count == 0) return AlertOutcome{};
  return raise(
      count, "Letters still sending",
      fmt::format("{} handed to the print house for the run of {} or before, or since then up to last night, "
                  "still in state sending. The response file should have come by 16:00 today: look for it in "
                  "the print house's folder, and ask for it if it is not there.",
                  count == 1 ? "1 letter is" : fmt::format("{} letters are", count),
                  letters::format_day_for_people(window->answered_for)),
      "letters_sending", WithoutTicket::log_info);
}

Result<AlertOutcome> LetterAlerts::letters_without_report() {
  const auto window = letters::report_overdue_window(ports_.clock.now(), ports_.holidays);
  if (!window) return AlertOutcome{};
  POSTROOM_TRY(count, ports_.letters.count_sending(from_micros(0), window->before));
  if (count == 0) return AlertOutcome{};
  return raise(
      count, "Letters still sending",
      fmt::format("{} handed to the print house on {} or before, still in state sending. It reports on each "
                  "letter within two working days: ask it for these, and see whether its reports reach "
                  "/notifications/letter/status.",
                  count == 1 ? "1 letter was" : fmt::format("{} letters were", count),
                  letters::format_day_for_people(window->answered_for)),
      "letters_sending", WithoutTicket::log_info);
}

Result<std::set<std::string>> LetterAlerts::sent_zips(Date today) {
  std::set<std::string> sent;
  POSTROOM_CHECK(
      ports_.blobs.list(Bucket::letters_pdf, letters::zip_records_prefix(today), [&](const ports::BlobInfo& info) {
        if (auto zip = letters::zip_of_record(info.key)) sent.insert(std::move(*zip));
      }));
  return sent;
}

Result<std::set<std::string>> LetterAlerts::acknowledged_zips(Date today) {
  std::set<std::string> acknowledged;
  POSTROOM_TRY(zips, ports_.letters.zips(today));
  for (const ports::LetterZip& zip : zips) {
    if (zip.acknowledged_at) acknowledged.insert(zip.name);
  }
  std::vector<std::string> keys;
  POSTROOM_CHECK(
      ports_.blobs.list(Bucket::print_responses, kAcknowledgementPrefix, [&](const ports::BlobInfo& info) {
        if (letters::is_acknowledgement_key(info.key) && letters::names_day(info.key, today) &&
            keys.size() < kAcknowledgementFilesMax)
          keys.push_back(info.key);
      }));
  for (const std::string& key : keys) {
    auto content = ports_.blobs.get(Bucket::print_responses, key);
    if (!content && content.error().kind == ErrorKind::not_found) continue;
    if (!content) return fail(std::move(content).error());
    acknowledged.merge(letters::acknowledged_zips(key, *content));
  }
  return acknowledged;
}

Result<AlertOutcome> LetterAlerts::missing_acknowledgements() {
  const Date today = ports_.zone.local_date(ports_.clock.now());
  POSTROOM_TRY(sent, sent_zips(today));
  POSTROOM_TRY(acknowledged, acknowledged_zips(today));
  const letters::AcknowledgementGap gap = letters::compare_acknowledgements(sent, acknowledged);
  if (!gap.unexpected.empty())
    log_info("alerts.acknowledged_not_sent", {{"zips", fmt::format("{}", fmt::join(gap.unexpected, ", "))}});
  if (gap.missing.empty()) return AlertOutcome{};
  return raise(
      static_cast<std::int64_t>(gap.missing.size()), "Letter acknowledge error",
      fmt::format("The print house has not acknowledged these zips of today:\n{}\nTheir records are in bucket {} "
                  "under {}; acknowledgement files are kept in bucket {} under {}.",
                  fmt::join(gap.missing, "\n"), to_string(Bucket::letters_pdf), letters::zip_records_prefix(today),
                  to_string(Bucket::print_responses), kAcknowledgementPrefix),
      "letters_acknowledgement", WithoutTicket::log_error);
}

Result<AlertOutcome> LetterAlerts::letters_still_created() {
  const letters::PrintCalendar calendar{.zone = ports_.zone, .cutoff = options_.print_cutoff};
  const UtcTime before = letters::still_created_before(ports_.clock.now(), calendar);
  POSTROOM_TRY(count, ports_.letters.count_created(before));
  if (count == 0) return AlertOutcome{};
  return raise(
      count, "Letters still in 'created' status",
      fmt::format("{} accepted before {} should have gone to the print house and did not. Their PDF may be "
                  "missing, or the run of that evening did not finish: `postroom letters status` shows which.",
                  letters_word(count), format_rfc3339(before)),
      "letters_created", WithoutTicket::log_info);
}

Result<AlertOutcome> LetterAlerts::unfinished_zips() {
  POSTROOM_TRY(zips, ports_.letters.unfinished_zips());
  const UtcTime before = ports_.clock.now() - kZipUnfinishedAfter;
  std::vector<std::string> late;
  std::int64_t count = 0;
  for (const ports::LetterZip& zip : zips) {
    if (zip.created_at >= before) continue;
    ++count;
    if (late.size() < kZipsNamedMax)
      late.push_back(fmt::format("{} ({}, {} letters)", zip.name, to_string(zip.state), zip.letter_count));
  }
  if (count == 0) return AlertOutcome{};
  return raise(count, "Letter zips not sent",
               fmt::format("{} planned more than {} hours ago and not sent yet:\n{}",
                           count == 1 ? "1 zip was" : fmt::format("{} zips were", count),
                           std::chrono::duration_cast<std::chrono::hours>(kZipUnfinishedAfter).count(),
                           fmt::join(late, "\n")),
               "letters_zips", WithoutTicket::log_error);
}

}  // namespace postroom::flows
