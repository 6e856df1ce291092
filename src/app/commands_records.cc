// Print records, by hand.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "app/print_records.h"

namespace postroom::app {
namespace {

constexpr int kJobsListedMax = 1000;

Result<RecordParts*> records_of(Parts& parts) {
  if (parts.flows->records && parts.flows->records->leaves_out) return parts.flows->records.get();
  return fail(ErrorKind::invalid_input, "letters.records is off: letters travel as PDFs, see `letters collate`");
}

Result<JobId> job_of(const std::string& text) {
  auto id = JobId::parse(text);
  if (id) return *id;
  return fail(ErrorKind::invalid_input,
              fmt::format("job '{}' is no UUID: `postroom letters record-jobs` lists them", text));
}

Result<json::value> list_jobs(Parts& parts, const json::object&) {
  POSTROOM_CHECK(records_of(parts));
  json::array out;
  for (jobs::JobStatus status : {jobs::JobStatus::ready_to_send, jobs::JobStatus::error}) {
    POSTROOM_TRY(found, parts.database->records().jobs(status, parts.clock.now(), kJobsListedMax));
    for (const jobs::Job& job : found) {
      out.push_back(json::object{{"id", job.id.text()},
                                 {"service_id", job.service_id.text()},
                                 {"file_name", job.file_name},
                                 {"rows", job.row_count},
                                 {"status", to_string(job.status)},
                                 {"created_at", format_rfc3339(job.created_at)}});
    }
  }
  return json::value(out);
}

json::object describe(const flows::JobRecordsSummary& summary) {
  return {{"jobs", summary.jobs},           {"job_files", summary.files}, {"job_letters", summary.letters},
          {"under_way", summary.under_way}, {"done", summary.done},       {"errors", summary.errors}};
}

Result<UtcTime> deadline_of(Parts& parts, const json::object& arguments) {
  const UtcTime now = parts.clock.now();
  if (get_bool(arguments, "now").value_or(false)) return now;
  const letters::PrintCalendar& calendar = *parts.flows->calendar;
  auto text = get_string(arguments, "day");
  if (!text) return letters::print_deadline(add_days(letters::print_day(now, calendar), -1), calendar);
  auto day = parse_date(*text);
  if (!day)
    return fail(ErrorKind::invalid_input, fmt::format("day is '{}', but must be a date such as 2026-03-02", *text));
  return letters::print_deadline(*day, calendar);
}

Result<json::value> send(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(records, records_of(parts));
  std::vector<JobId> ids;
  for (const std::string& text : get_strings(arguments, "jobs")) {
    POSTROOM_TRY(id, job_of(text));
    ids.push_back(id);
  }
  if (!ids.empty()) {
    POSTROOM_TRY(sent, records->jobs->send(ids));
    return json::value(describe(sent));
  }
  POSTROOM_TRY(deadline, deadline_of(parts, arguments));
  POSTROOM_TRY(of_jobs, records->jobs->send_ready(deadline));
  POSTROOM_TRY(single, records->api->run(deadline));
  json::object out = describe(of_jobs);
  out["deadline"] = format_rfc3339(deadline);
  out["files"] = single.files;
  out["letters"] = single.letters;
  out["refused"] = single.refused;
  return json::value(out);
}

Result<json::value> build(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(records, records_of(parts));
  POSTROOM_TRY(text, required(arguments, "job"));
  POSTROOM_TRY(id, job_of(text));
  POSTROOM_TRY(lines, records->jobs->build(id));
  POSTROOM_TRY(job, parts.database->jobs().find(id));
  return json::value(json::object{{"id", id.text()}, {"lines", lines}, {"status", to_string(job.status)}});
}

}  // namespace

void add_record_commands(Commands& commands) {
  commands.add("letters record-jobs", list_jobs);
  commands.add("letters send-records", send);
  commands.add("letters build-records", build);
}

}  // namespace postroom::app
