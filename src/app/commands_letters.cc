// The print run, by hand.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/direct_print.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "flows/print_run/day_status.h"
#include "flows/print_run/letter_files.h"
#include "ports/task_names.h"

namespace postroom::app {
namespace {

Result<FlowParts*> print_run_of(Parts& parts) {
  if (!parts.flows->collator) {
    return fail(ErrorKind::invalid_input,
                "print.provider is none: set it to sandbox, folder, sftp or print-locally first");
  }
  return parts.flows.get();
}

// The day whose run is meant: --day, or the one whose deadline passed last.
Result<Date> run_day_of(Parts& parts, const json::object& arguments) {
  auto text = get_string(arguments, "day");
  if (!text) {
    // A letter accepted now belongs to the next deadline; the run before that is the last one that closed.
    return add_days(letters::print_day(parts.clock.now(), *parts.flows->calendar), -1);
  }
  auto day = parse_date(*text);
  if (!day)
    return fail(ErrorKind::invalid_input, fmt::format("day is '{}', but must be a date such as 2026-03-02", *text));
  return *day;
}

Result<json::value> collate(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(f, print_run_of(parts));
  UtcTime deadline;
  if (get_bool(arguments, "now").value_or(false)) {
    deadline = parts.clock.now();
  } else {
    POSTROOM_TRY(day, run_day_of(parts, arguments));
    deadline = letters::print_deadline(day, *f->calendar);
  }
  POSTROOM_TRY(summary, run_collation(parts, deadline));
  return json::value(json::object{{"run_day", format_date(summary.run_day)},
                                  {"deadline", format_rfc3339(deadline)},
                                  {"zips", summary.zips},
                                  {"letters", summary.letters},
                                  {"bytes", summary.bytes},
                                  {"missing_pdf", summary.missing},
                                  {"too_large", summary.refused}});
}

Result<json::value> show_day(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(f, print_run_of(parts));
  POSTROOM_TRY(day, run_day_of(parts, arguments));
  flows::PrintRunOptions options = flows::print_run::from_settings(parts.settings);
  POSTROOM_TRY(status, flows::day_status(*f->print_ports, options, day));
  return json::value(flows::to_json(status));
}

struct NamedFile {
  std::string name;
  Bytes content;
};

Result<NamedFile> file_of(const json::object& arguments) {
  POSTROOM_TRY(name, required(arguments, "file_name"));
  auto content = get_string(arguments, "content");
  if (!content) return fail(ErrorKind::invalid_input, "the file's content is missing");
  return NamedFile{name, *content};
}

Result<json::value> read_response(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(f, print_run_of(parts));
  POSTROOM_TRY(file, file_of(arguments));
  POSTROOM_TRY(summary, f->responses->process_response_file(file.name, file.content));
  json::array failed;
  for (const std::string& reference : summary.failed_references) failed.emplace_back(reference);
  return json::value(json::object{{"file", summary.file_name},
                                  {"lines", summary.lines},
                                  {"delivered", summary.delivered},
                                  {"failed", summary.failed},
                                  {"unchanged", summary.unchanged},
                                  {"unknown_references", summary.unknown},
                                  {"sheet_counts_differ", summary.mismatched},
                                  {"sorted", summary.sorted},
                                  {"unsorted", summary.unsorted},
                                  {"failed_references", failed}});
}

Result<json::value> read_acknowledgement(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(f, print_run_of(parts));
  POSTROOM_TRY(file, file_of(arguments));
  POSTROOM_TRY(summary, f->responses->process_acknowledgement(file.name, file.content));
  json::array acknowledged, unknown;
  for (const std::string& name : summary.acknowledged) acknowledged.emplace_back(name);
  for (const std::string& name : summary.unknown) unknown.emplace_back(name);
  return json::value(
      json::object{{"file", summary.file_name}, {"acknowledged", acknowledged}, {"unknown", unknown}});
}

// Letters of all services that were given up and were accepted since then, tests aside.
Result<std::vector<NotificationId>> given_up_since(Parts& parts, std::string_view text) {
  auto since = parse_rfc3339(text);
  if (!since) {
    return fail(ErrorKind::invalid_input,
                fmt::format("since is '{}', but must be a time such as 2026-03-02T09:15:00Z", text));
  }
  std::vector<NotificationId> ids;
  POSTROOM_TRY(services, parts.database->services().list());
  for (const accounts::Service& service : services) {
    ports::NotificationQuery query{.service_id = service.id,
                                   .key_type = accounts::KeyType::normal,
                                   .types = {notifications::NotificationType::letter},
                                   .statuses = {notifications::NotificationStatus::technical_failure},
                                   .include_jobs = true};
    for (;;) {
      POSTROOM_TRY(page, parts.database->notifications().list(query));
      for (const auto& letter : page) {
        if (letter.created_at >= *since) ids.push_back(letter.id);
      }
      if (page.empty() || page.back().created_at < *since) break;
      query.older_than = page.back().id;
    }
  }
  return ids;
}

// One letter by id, all of a zip that was given up, or all that were given up since some time.
Result<std::vector<NotificationId>> letters_meant(Parts& parts, const json::object& arguments) {
  std::vector<NotificationId> ids;
  if (auto zip = get_string(arguments, "zip")) {
    POSTROOM_CHECK(parts.database->letters().zip(*zip));
    POSTROOM_TRY(letters, parts.database->letters().zip_letters(*zip));
    for (const ports::ZipLetter& letter : letters) ids.push_back(letter.id);
    return ids;
  }
  if (auto since = get_string(arguments, "since")) return given_up_since(parts, *since);
  POSTROOM_TRY(text, required(arguments, "id"));
  auto id = NotificationId::parse(text);
  if (!id)
    return fail(ErrorKind::invalid_input,
                fmt::format("id '{}' is no UUID: give a letter's id, --zip or --since", text));
  ids.push_back(*id);
  return ids;
}

// Nothing for a letter whose PDF came from outside and is not there: it cannot be rendered.
Result<std::optional<ports::StatusMove>> requeue_move(Parts& parts, const notifications::Notification& letter) {
  const UtcTime now = parts.clock.now();
  ports::StatusMove move{.id = letter.id,
                         .from = {notifications::NotificationStatus::technical_failure},
                         .to = notifications::NotificationStatus::created,
                         .at = now,
                         .cause = "operator.requeued"};
  POSTROOM_TRY(text, parts.flows->templates->find(letter.service_id, letter.template_id));
  if (text->record.hidden) {
    auto as_created = letter;
    as_created.status = move.to;
    auto file = flows::LetterFiles(*parts.blobs, *parts.flows->calendar).find(as_created);
    if (!file && file.error().kind != ErrorKind::not_found) return fail(file.error());
    if (!file || letter.billable_units == 0) return std::optional<ports::StatusMove>{};
    return std::optional(std::move(move));
  }
  // Rendered again in any case: the file may be what went wrong, and it replaces itself.
  move.tasks.push_back({.queue = std::string(ports::kLettersQueue),
                        .kind = std::string(ports::kCreateLetterPdf),
                        .subject = letter.id.text(),
                        .run_at = now});
  return std::optional(std::move(move));
}

Result<json::value> requeue(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(ids, letters_meant(parts, arguments));
  POSTROOM_TRY(letters, parts.database->notifications().find_all(ids));
  std::erase_if(letters, [](const auto& n) { return n.type != notifications::NotificationType::letter; });
  if (letters.empty() && !arguments.contains("since")) return fail(ErrorKind::not_found, "there is no such letter");
  std::vector<ports::StatusMove> moves;
  for (const auto& letter : letters) {
    POSTROOM_TRY(move, requeue_move(parts, letter));
    if (move) moves.push_back(std::move(*move));
  }
  POSTROOM_TRY(moved, parts.database->notifications().move_all(moves));
  auto count = std::count(moved.begin(), moved.end(), true);
  return json::value(
      json::object{{"requeued", count}, {"left_alone", static_cast<std::int64_t>(letters.size()) - count}});
}

Result<json::value> poll(Parts& parts, const json::object&) {
  POSTROOM_TRY(f, print_run_of(parts));
  POSTROOM_TRY(summary, f->responses->poll());
  return json::value(json::object{{"responses", summary.responses},
                                  {"acknowledgements", summary.acknowledgements},
                                  {"errors", summary.errors}});
}

}  // namespace

void add_letter_commands(Commands& commands) {
  commands.add("letters collate", collate);
  commands.add("letters status", show_day);
  commands.add("letters response", read_response);
  commands.add("letters ack", read_acknowledgement);
  commands.add("letters poll", poll);
  commands.add("letters requeue", requeue);
}

}  // namespace postroom::app
