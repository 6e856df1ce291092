// Letters that no run moves on, and what is kept for how long.
#include <fmt/format.h>

#include <map>

#include "app/commands.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "base/text.h"
#include "core/letters/returned_list.h"

namespace postroom::app {
namespace {

using notifications::NotificationType;

constexpr NotificationType kTypes[] = {NotificationType::email, NotificationType::sms, NotificationType::letter};

ErrorKind kind_of(const flows::Refusal& refusal) {
  switch (refusal.kind) {
    case flows::RefusalKind::forbidden: return ErrorKind::forbidden;
    case flows::RefusalKind::unavailable: return ErrorKind::retry_later;
    default: return ErrorKind::invalid_input;
  }
}

tl::unexpected<Error> refused(const flows::Refusal& refusal) {
  return fail(kind_of(refusal), join(refusal.messages, ". "));
}

template <typename IdType>
Result<IdType> id_of(const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "id"));
  auto id = IdType::parse(text);
  if (!id) return fail(ErrorKind::invalid_input, fmt::format("id '{}' is no UUID", text));
  return *id;
}

Result<json::value> cancel_letter(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(id, id_of<NotificationId>(arguments));
  POSTROOM_TRY(letter, parts.database->notifications().find(id));
  POSTROOM_TRY(service, parts.database->services().find(letter.service_id));
  auto cancelled = parts.flows->letter_cancelling->cancel(service, std::nullopt, std::move(letter));
  if (!cancelled) return refused(cancelled.error());
  return json::value(json::object{{"id", cancelled->id.text()}, {"status", to_string(cancelled->status)}});
}

Result<json::value> cancel_job(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(id, id_of<JobId>(arguments));
  POSTROOM_TRY(job, parts.database->jobs().find(id));
  POSTROOM_TRY(service, parts.database->services().find(job.service_id));
  int letters = 0;
  if (job.status == jobs::JobStatus::scheduled) {
    auto cancelled = parts.flows->bulk->cancel({.service = service, .key_type = job.key_type}, job);
    if (!cancelled) return refused(cancelled.error());
  } else {
    auto cancelled = parts.flows->letter_cancelling->cancel_job(service, std::nullopt, job);
    if (!cancelled) return refused(cancelled.error());
    letters = *cancelled;
  }
  return json::value(json::object{{"id", id.text()}, {"status", "cancelled"}, {"letters_cancelled", letters}});
}

Result<json::value> report_returned(Parts& parts, const json::object& arguments) {
  auto content = get_string(arguments, "content");
  if (!content) return fail(ErrorKind::invalid_input, "the file's content is missing");
  auto references = letters::parse_returned_list(*content);
  if (!references) return fail_in(get_string(arguments, "file_name").value_or("the list"), references.error());
  POSTROOM_TRY(summary, parts.flows->returned_letters->report(*references));
  return json::value(json::object{{"references", summary.references},
                                  {"returned", summary.returned},
                                  {"known_before", summary.known_before},
                                  {"were_cancelled", summary.were_cancelled},
                                  {"unknown", summary.unknown},
                                  {"unknown_references", json::value_from(summary.unknown_references)}});
}

Result<json::value> returned_summary(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(statistics, parts.flows->returned_letters->statistics(service.id));
  POSTROOM_TRY(days, parts.database->letter_care().returned_days(service.id));
  json::array reports;
  for (const ports::ReturnedLettersDay& day : days) {
    reports.push_back(
        json::object{{"reported_at", format_date(day.reported_on)}, {"returned_letter_count", day.count}});
  }
  json::object out{{"returned_letter_count", statistics.recent}};
  out["most_recent_report"] =
      statistics.most_recent_report ? json::value(format_date(*statistics.most_recent_report)) : json::value();
  out["reports"] = reports;
  return json::value(out);
}

// The last day with a report, unless one is given.
Result<Date> report_day(Parts& parts, ServiceId service, const json::object& arguments) {
  if (auto text = get_string(arguments, "day")) {
    auto day = parse_date(*text);
    if (day) return *day;
    return fail(ErrorKind::invalid_input, fmt::format("day is '{}', but must be a date such as 2026-03-02", *text));
  }
  POSTROOM_TRY(days, parts.database->letter_care().returned_days(service));
  if (days.empty()) return fail(ErrorKind::not_found, "no letter of the service has been reported as returned");
  return days.front().reported_on;
}

Result<json::value> returned_report(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(day, report_day(parts, service.id, arguments));
  POSTROOM_TRY(report, parts.flows->returned_letters->letters_of(service.id, day));
  std::string csv = flows::returned_csv_header();
  for (const flows::ReturnedLetterFields& letter : report.letters) csv += flows::returned_csv_row(letter);
  return json::value(json::object{{"reported_at", format_date(day)},
                                  {"letters", report.letters.size()},
                                  {"orphaned_count", report.orphans},
                                  {"csv", csv}});
}

json::object describe(const flows::RetentionSummary& summary) {
  return {{"before", format_rfc3339(summary.before)},
          {"messages", summary.messages},
          {"pdfs", summary.pdfs},
          {"job_files", summary.job_files}};
}

Result<json::value> run_retention(Parts& parts, const json::object& arguments) {
  std::vector<accounts::Service> services;
  if (arguments.contains("service")) {
    POSTROOM_TRY(service, find_service(parts, arguments));
    services.push_back(std::move(service));
  } else {
    POSTROOM_TRY(all, parts.database->services().list());
    services = std::move(all);
  }
  json::array rows;
  for (const accounts::Service& service : services) {
    for (NotificationType type : kTypes) {
      POSTROOM_TRY(summary, parts.flows->retention->run(service.id, type, {}));
      json::object row{{"service", service.name}, {"type", to_string(type)}};
      for (const auto& member : describe(summary)) row[member.key()] = member.value();
      rows.push_back(std::move(row));
    }
  }
  return json::value(rows);
}

// "letter=30".
Result<void> change_days(accounts::RetentionDays& days, std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view channel = text.substr(0, equals);
  auto number = parse_int<int>(equals == std::string_view::npos ? "" : text.substr(equals + 1));
  int* chosen = channel == "email"    ? &days.email
                : channel == "sms"    ? &days.sms
                : channel == "letter" ? &days.letter
                                      : nullptr;
  if (chosen == nullptr || !number || *number < accounts::kRetentionDaysMin ||
      *number > accounts::kRetentionDaysMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("retention '{}': write CHANNEL=DAYS, with email, sms or letter and {} to {} days", text,
                            accounts::kRetentionDaysMin, accounts::kRetentionDaysMax));
  }
  *chosen = *number;
  return {};
}

Result<json::value> set_retention(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  const std::vector<std::string> changes = get_strings(arguments, "days");
  for (const std::string& change : changes) POSTROOM_CHECK(change_days(service.retention_days, change));
  if (!changes.empty()) POSTROOM_CHECK(parts.database->services().update(service));
  return json::value(json::object{{"service", service.name},
                                  {"email", service.retention_days.email},
                                  {"sms", service.retention_days.sms},
                                  {"letter", service.retention_days.letter}});
}

Result<json::value> archive_counts(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  auto day_of = [&](std::string_view name, Date otherwise) -> Result<Date> {
    auto text = get_string(arguments, name);
    if (!text) return otherwise;
    auto day = parse_date(*text);
    if (day) return *day;
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is '{}', but must be a date such as 2026-03-02", name, *text));
  };
  const Date today = parts.zone.local_date(parts.clock.now());
  POSTROOM_TRY(from, day_of("from", add_days(today, -365)));
  POSTROOM_TRY(to, day_of("to", today));
  POSTROOM_TRY(counts, parts.database->archive().counts(service.id, parts.zone.to_utc(from, {}),
                                                        parts.zone.to_utc(add_days(to, 1), {})));
  json::array rows;
  for (const ports::ArchiveCount& count : counts) {
    rows.push_back(json::object{{"type", to_string(count.type)},
                                {"status", to_string(count.status)},
                                {"messages", count.messages},
                                {"units", count.units}});
  }
  return json::value(rows);
}

}  // namespace

void add_letter_care_commands(Commands& commands) {
  commands.add("letters cancel", cancel_letter);
  commands.add("letters returned", report_returned);
  commands.add("letters returned-summary", returned_summary);
  commands.add("letters returned-report", returned_report);
  commands.add("job cancel", cancel_job);
  commands.add("retention run", run_retention);
  commands.add("retention days", set_retention);
  commands.add("retention archived", archive_counts);
}

}  // namespace postroom::app
