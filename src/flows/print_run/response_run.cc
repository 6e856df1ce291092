#include "flows/print_run/response_run.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "base/log.h"
#include "core/letters/file_names.h"
#include "core/letters/record.h"

namespace postroom::flows {

using letters::ResponseLine;
using notifications::Notification;
using notifications::NotificationStatus;

namespace {
constexpr int kLinesLoggedMax = 200;
// Lines whose letters change in one commit: a file of a hundred thousand spends more on commits than on letters
// otherwise, and others still wait for the store no longer than a tenth of a second.
constexpr std::size_t kLinesPerCommitMax = 5000;

// A letter that travelled as a record has no sheets of ours: the print house sets it, and counts.
bool counted_by_print_house(const ResponseLine& line, const Notification& letter) {
  const bool as_record =
      letter.status == NotificationStatus::pending || letters::is_record_file_name(letter.provider_reference);
  return as_record && letter.billable_units == 0 && letter.key_type == accounts::KeyType::normal &&
         line.sheets.value_or(0) > 0;
}

}  // namespace

ResponseRun::ResponseRun(const PrintRunPorts& ports, std::string_view name)
    : ports_(ports), now_(ports.clock.now()) {
  summary_.file_name = letters::base_name(name);
  if (const auto day = letters::response_billing_day(name, ports.zone)) {
    summary_.billing_day = *day;
  } else {
    summary_.billing_day = ports.zone.local_date(now_);
    log_error("letters.response_name", {{"file", summary_.file_name},
                                        {"billing_day", format_date(summary_.billing_day)},
                                        {"error", "the name carries no time; today is taken"}});
  }
}

Result<ResponseSummary> ResponseRun::all(const std::vector<ResponseLine>& lines) {
  summary_.lines = static_cast<int>(lines.size());
  const std::span<const ResponseLine> rest(lines);
  for (std::size_t start = 0; start < rest.size(); start += kLinesPerCommitMax)
    POSTROOM_CHECK(chunk(rest.subspan(start, std::min(kLinesPerCommitMax, rest.size() - start))));
  POSTROOM_CHECK(record_counts(lines));
  log_info("letters.response_processed", {{"file", summary_.file_name},
                                          {"lines", summary_.lines},
                                          {"delivered", summary_.delivered},
                                          {"failed", summary_.failed},
                                          {"unchanged", summary_.unchanged},
                                          {"unknown", summary_.unknown},
                                          {"mismatched", summary_.mismatched}});
  report_failures();
  return summary_;
}

Result<ResponseRun::Letters> ResponseRun::look_up(std::span<const ResponseLine> lines) {
  std::vector<std::string> references;
  references.reserve(lines.size());
  for (const ResponseLine& line : lines) references.push_back(line.reference);
  POSTROOM_TRY(found, ports_.notifications.find_by_references(references));
  Letters letters;
  letters.reserve(found.size());
  for (Notification& letter : found) {
    std::string reference = letter.reference;
    letters.emplace(std::move(reference), std::move(letter));
  }
  return letters;
}

Result<void> ResponseRun::chunk(std::span<const ResponseLine> lines) {
  POSTROOM_TRY(letters, look_up(lines));
  std::vector<ports::StatusMove> moves;
  moves.reserve(lines.size());
  // For each line the letter and the place of its decisive move.
  std::vector<std::pair<Notification*, std::size_t>> decided(lines.size(), {nullptr, 0});
  std::vector<ResponseLine> others;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto found = letters.find(lines[i].reference);
    if (found == letters.end()) {
      others.push_back(lines[i]);
      continue;
    }
    compare_sheets(lines[i], found->second);
    add_moves(lines[i], found->second, moves);
    decided[i] = {&found->second, moves.size() - 1};
  }
  std::vector<ports::Despatch> despatches;
  if (!moves.empty()) {
    POSTROOM_TRY(moved, ports_.notifications.move_all(moves));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto [letter, move] = decided[i];
      if (letter) judge(lines[i], *letter, moved[move], despatches);
    }
  }
  if (!others.empty()) POSTROOM_CHECK(late(others, despatches));
  if (despatches.empty()) return {};
  return ports_.letters.record_despatches(despatches);
}

Result<void> ResponseRun::late(std::span<const ResponseLine> lines, std::vector<ports::Despatch>& despatches) {
  std::map<std::string, Notification> letters;
  if (ports_.archive != nullptr) {
    std::vector<std::string> references;
    for (const ResponseLine& line : lines) references.push_back(line.reference);
    POSTROOM_TRY(found, ports_.archive->find_by_references(references));
    for (Notification& letter : found) letters.emplace(letter.reference, std::move(letter));
  }
  for (const ResponseLine& line : lines) {
    const auto found = letters.find(line.reference);
    if (found == letters.end()) {
      ++summary_.unknown;
      if (may_log())
        log_error("letters.response_unknown",
                  {{"file", summary_.file_name}, {"line", line.number}, {"reference", line.reference}});
      continue;
    }
    compare_sheets(line, found->second);
    std::vector<ports::StatusMove> moves;
    add_moves(line, found->second, moves);
    POSTROOM_TRY(moved, ports_.archive->move_all(moves));
    judge(line, found->second, moved.back(), despatches);
  }
  return {};
}

void ResponseRun::compare_sheets(const ResponseLine& line, const Notification& letter) {
  if (line.sheets == letter.billable_units || counted_by_print_house(line, letter)) return;
  ++summary_.mismatched;
  if (!may_log()) return;
  if (!line.sheets) {
    log_error("letters.response_sheets_unreadable",
              {{"file", summary_.file_name}, {"line", line.number}, {"notification_id", letter.id.text()}});
    return;
  }
  log_error("letters.response_sheets_differ", {{"file", summary_.file_name},
                                               {"notification_id", letter.id.text()},
                                               {"ours", letter.billable_units},
                                               {"theirs", *line.sheets}});
}

void ResponseRun::add_moves(const ResponseLine& line, const Notification& letter,
                            std::vector<ports::StatusMove>& moves) const {
  if (letter.status == NotificationStatus::created) {
    // The answer overtook our own note that the zip was sent; the letter passes through sending all the same.
    moves.push_back({.id = letter.id,
                     .from = {NotificationStatus::created},
                     .to = NotificationStatus::sending,
                     .at = now_,
                     .cause = "response.overtook",
                     .detail = summary_.file_name,
                     .sent_at = now_,
                     .sent_by = std::string(kPrintProvider)});
  }
  ports::StatusMove move{.id = letter.id,
                         .from = {NotificationStatus::sending, NotificationStatus::pending},
                         .to = line.sent ? NotificationStatus::delivered : NotificationStatus::temporary_failure,
                         .at = now_,
                         .cause = line.sent ? "response.sent" : "response.failed",
                         .detail = summary_.file_name};
  if (counted_by_print_house(line, letter)) move.billable_units = line.sheets;
  // We had given the letter up, yet it was printed and posted: it counts, and is billed.
  if (line.sent) move.from.push_back(NotificationStatus::technical_failure);
  moves.push_back(std::move(move));
}

void ResponseRun::judge(const ResponseLine& line, Notification& letter, bool moved,
                        std::vector<ports::Despatch>& despatches) {
  const NotificationStatus before = letter.status;
  if (moved) {
    letter.status = line.sent ? NotificationStatus::delivered : NotificationStatus::temporary_failure;
    ++(line.sent ? summary_.delivered : summary_.failed);
    if (before == NotificationStatus::technical_failure)
      log_warning("letters.despatched_after_failure",
                  {{"file", summary_.file_name}, {"notification_id", letter.id.text()}});
    else if (before == NotificationStatus::created && may_log())
      log_warning("letters.response_overtook",
                  {{"file", summary_.file_name}, {"notification_id", letter.id.text()}});
  } else {
    ++summary_.unchanged;
    const bool repeated =
        before == (line.sent ? NotificationStatus::delivered : NotificationStatus::temporary_failure);
    // A cancelled letter that was printed went to somebody who was not to get it.
    const LogLevel level = repeated                                               ? LogLevel::debug
                           : line.sent && before == NotificationStatus::cancelled ? LogLevel::error
                                                                                  : LogLevel::warning;
    if (level == LogLevel::error || may_log())
      log(level, "letters.response_not_applied",
          {{"file", summary_.file_name},
           {"line", line.number},
           {"notification_id", letter.id.text()},
           {"status", to_string(before)},
           {"reported", line.sent ? "sent" : "failed"}});
  }
  const bool billable = letter.key_type != accounts::KeyType::test;
  if (line.sent && line.cost_class && billable && letter.status == NotificationStatus::delivered) {
    despatches.push_back({.id = letter.id,
                          .despatched_on = line.despatched_on.value_or(summary_.billing_day),
                          .cost_class = std::string(letters::to_string(*line.cost_class))});
  }
}

Result<void> ResponseRun::record_counts(const std::vector<ResponseLine>& lines) {
  for (const ResponseLine& line : lines) {
    if (!line.sent) {
      ++summary_.failure_lines;
      if (summary_.failed_references.size() < kFailedReferencesMax)
        summary_.failed_references.push_back(line.reference);
    }
    if (!line.cost_class)
      ++summary_.unknown_cost;
    else
      ++(*line.cost_class == letters::CostClass::sorted ? summary_.sorted : summary_.unsorted);
  }
  if (summary_.unknown_cost > 0) {
    // Half a count would be billed as if it were the whole.
    log_error("letters.response_cost_unknown", {{"file", summary_.file_name}, {"lines", summary_.unknown_cost}});
    return {};
  }
  POSTROOM_CHECK(ports_.letters.record_sorted_counts({.billing_day = summary_.billing_day,
                                                      .file_name = summary_.file_name,
                                                      .sorted = summary_.sorted,
                                                      .unsorted = summary_.unsorted}));
  summary_.counts_recorded = true;
  return {};
}

void ResponseRun::report_failures() {
  if (summary_.failure_lines == 0) return;
  log_error("letters.print_house_failures",
            {{"file", summary_.file_name},
             {"letters", summary_.failure_lines},
             {"references", fmt::format("{}", fmt::join(summary_.failed_references, ", "))}});
}

bool ResponseRun::may_log() {
  if (++logged_ <= kLinesLoggedMax) return true;
  if (logged_ == kLinesLoggedMax + 1)
    log_warning("letters.response_log_cut", {{"file", summary_.file_name}, {"lines", kLinesLoggedMax}});
  return false;
}

}  // namespace postroom::flows
