// A letter's story, and what people do who print letters themselves.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/flow_parts.h"
#include "app/local_printing.h"
#include "app/parts.h"
#include "flows/print_run/letter_story.h"
#include "flows/print_run/local_prints.h"

namespace postroom::app {
namespace {

std::vector<flows::RaisedTicket> raised_tickets(const Parts& parts) {
  std::vector<flows::RaisedTicket> out;
  if (parts.sandbox_tickets == nullptr) return out;
  for (const auto& one : parts.sandbox_tickets->tickets()) {
    const json::object& ticket = one.get_object();
    const auto at = parse_rfc3339(get_string(ticket, "time").value_or(""));
    out.push_back({at.value_or(UtcTime{}), get_string(ticket, "subject").value_or(""),
                   get_string(ticket, "message").value_or("")});
  }
  return out;
}

Result<json::value> explain(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(which, required(arguments, "letter"));
  ports::Database& database = *parts.database;
  const flows::StoryPorts ports{database.notifications(),
                                database.archive(),
                                database.letters(),
                                database.services(),
                                database.tasks(),
                                parts.clock,
                                parts.zone,
                                recipients::BankHolidays::england_and_wales()};
  POSTROOM_TRY(story, flows::letter_story(ports,
                                          {.print_cutoff = parts.flows->calendar->cutoff,
                                           .prints_locally = prints_locally(parts.settings),
                                           .prints_directly = parts.flows->direct_print != nullptr,
                                           .has_print_house = parts.flows->collator || parts.flows->direct_print,
                                           .tickets = raised_tickets(parts)},
                                          which));
  return json::value(flows::to_json(story, parts.zone));
}

Result<flows::LocalPrints*> local_prints_of(Parts& parts) {
  if (parts.flows->local_prints) return parts.flows->local_prints.get();
  return fail(ErrorKind::invalid_input,
              fmt::format("print.provider is {}: this command is for letters printed at hand (print.provider={})",
                          parts.settings.text("print.provider"), kPrintLocally));
}

json::array list_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

Result<json::value> printed(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(prints, local_prints_of(parts));
  flows::PrintedQuery query{.file = get_string(arguments, "file"),
                            .run_day = std::nullopt,
                            .references = get_strings(arguments, "references"),
                            .except = get_strings(arguments, "except")};
  if (auto text = get_string(arguments, "day")) {
    query.run_day = parse_date(*text);
    if (!query.run_day)
      return fail(ErrorKind::invalid_input,
                  fmt::format("day is '{}', but must be a date such as 2026-03-02", *text));
  }
  POSTROOM_TRY(summary, prints->printed(query));
  return json::value(json::object{{"files", list_of(summary.files)},
                                  {"delivered", summary.delivered},
                                  {"unchanged", summary.unchanged},
                                  {"left_out", summary.left_out}});
}

Result<json::value> reprint(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(prints, local_prints_of(parts));
  POSTROOM_TRY(summary, prints->print_again(get_strings(arguments, "references")));
  return json::value(json::object{{"files", list_of(summary.files)}, {"letters", summary.letters}});
}

}  // namespace

void add_printing_commands(Commands& commands) {
  commands.add("letters explain", explain);
  commands.add("letters printed", printed);
  commands.add("letters reprint", reprint);
}

}  // namespace postroom::app
