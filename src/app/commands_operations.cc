// Looking at the engine room: status, tasks that were given up, configuration.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/direct_print.h"
#include "app/email.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "app/settings.h"

namespace postroom::app {
namespace {

constexpr int kBuriedShownMax = 500;

Result<json::value> show_status(Parts& parts, const json::object&) {
  POSTROOM_TRY(version, parts.database->schema_version());
  POSTROOM_TRY(counts, parts.database->tasks().counts(parts.clock.now()));
  json::array queues;
  for (const ports::QueueCounts& queue : counts) {
    queues.push_back(json::object{{"queue", queue.queue},
                                  {"due", queue.due},
                                  {"running", queue.running},
                                  {"waiting", queue.waiting},
                                  {"buried", queue.buried}});
  }
  return json::value(json::object{{"environment", to_string(environment_of(parts.settings))},
                                  {"store", parts.database->description()},
                                  {"schema_version", version},
                                  {"time", format_rfc3339(parts.clock.now())},
                                  {"queues", queues}});
}

// What an operator would try first when something does not work: store, keys, files, print house.
Result<json::value> examine(Parts& parts, const json::object&) {
  json::array checks;
  bool all_good = true;
  auto add = [&](std::string_view what, const Result<void>& result, std::string fine) {
    all_good = all_good && result.has_value();
    checks.push_back(json::object{{"check", what},
                                  {"ok", result.has_value()},
                                  {"finding", result ? std::move(fine) : result.error().message}});
  };
  add("store", parts.database->ping(), parts.database->description());
  constexpr std::string_view kProbe = "doctor/probe";
  auto written = parts.blobs->put(ports::Bucket::transient_letters, kProbe, "probe");
  if (written) written = parts.blobs->remove(ports::Bucket::transient_letters, kProbe);
  add("files", written, "can be written under " + parts.data_folder);
  auto email = describe_email(parts);
  add("email", email ? Result<void>{} : Result<void>{fail(email.error())}, email.value_or(""));
  add("sms", {}, "provider " + parts.settings.text("sms.provider"));
  if (parts.flows->direct_print) {
    add("print house", parts.flows->direct_print->service->check_login(),
        "the login at " + parts.settings.text("print.dvla_url") + " works");
  } else if (parts.print_drop) {
    auto listed = parts.print_drop->list(parts.settings.text("print.zip_folder"));
    add("print house", listed ? Result<void>{} : Result<void>{fail(listed.error())},
        parts.print_drop->description() + " answers");
  } else {
    add("print house", {}, "none");
  }
  if (parts.virus_scanner) {
    add("antivirus", parts.virus_scanner->ping(),
        parts.settings.text("antivirus.address").empty()
            ? "the sandbox's scanner"
            : "clamd answers at " + parts.settings.text("antivirus.address"));
  } else {
    add("antivirus",
        fail(ErrorKind::invalid_input,
             "there is none: letters that come as PDF wait; install clamd and set antivirus.address"),
        "");
  }
  const bool deskless = parts.settings.flag("flags.raises_tickets") && parts.tickets->name() == "none";
  add("tickets",
      deskless ? Result<void>{fail(ErrorKind::invalid_input,
                                   "alerts go to the log only: set tickets.desk so that a person sees them")}
               : Result<void>{},
      fmt::format("desk {}", parts.tickets->name()));
  POSTROOM_TRY(buried, parts.database->tasks().buried(kBuriedShownMax));
  add("tasks",
      buried.empty()
          ? Result<void>{}
          : Result<void>{fail(ErrorKind::conflict,
                              fmt::format("{} were given up: see `postroom tasks buried`", buried.size()))},
      "none was given up");
  return json::value(json::object{{"healthy", all_good}, {"checks", checks}});
}

Result<json::value> list_buried(Parts& parts, const json::object&) {
  POSTROOM_TRY(tasks, parts.database->tasks().buried(kBuriedShownMax));
  json::array out;
  for (const ports::BuriedTask& task : tasks) {
    out.push_back(json::object{{"id", task.id.text()},
                               {"queue", task.queue},
                               {"kind", task.kind},
                               {"subject", task.subject},
                               {"reason", task.reason},
                               {"attempts", task.attempts},
                               {"buried_at", format_rfc3339(task.buried_at)}});
  }
  return json::value(out);
}

Result<json::value> revive_task(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "id"));
  auto id = TaskId::parse(text);
  if (!id)
    return fail(ErrorKind::invalid_input,
                fmt::format("id '{}' is no UUID: `postroom tasks buried` lists ids", text));
  POSTROOM_CHECK(parts.database->tasks().revive(*id, parts.clock.now()));
  return json::value(json::object{{"id", text}, {"revived", true}});
}

Result<json::value> show_config(Parts& parts, const json::object&) {
  return json::value(describe_settings(parts.settings));
}

}  // namespace

void add_operation_commands(Commands& commands) {
  commands.add("status", show_status);
  commands.add("doctor", examine);
  commands.add("tasks buried", list_buried);
  commands.add("tasks revive", revive_task);
  commands.add("config show", show_config);
}

}  // namespace postroom::app
