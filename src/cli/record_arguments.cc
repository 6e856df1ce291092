#include "cli/record_arguments.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

namespace postroom::cli {

void add_records(CLI::App* letters, const AddWord& add) {
  struct Values {
    std::string job, day;
    std::vector<std::string> jobs;
    bool now = false;
  };
  auto v = std::make_shared<Values>();
  add(letters, "record-jobs", "Jobs whose record file is ready to send or in error", "letters record-jobs", {});
  CLI::App* send = add(letters, "send-records", "Make the evening's record files and send them",
                       "letters send-records", [v](json::object& a) {
                         if (!v->jobs.empty()) a["jobs"] = json::value_from(v->jobs);
                         if (!v->day.empty()) a["day"] = v->day;
                         if (v->now) a["now"] = true;
                       });
  send->add_option("JOB", v->jobs, "Only these jobs, ready to send or in error");
  send->add_option("--day", v->day, "Run of this day (default: the last whose deadline passed)");
  send->add_flag("--now", v->now, "Everything accepted until now");
  add(letters, "build-records", "Make the record file of a job anew", "letters build-records",
      [v](json::object& a) { a["job"] = v->job; })
      ->add_option("JOB", v->job, "Id of the job")
      ->required();
}

void add_record_options(CLI::App* service, RecordOptions& options) {
  service->add_flag("--print-records", options.print_records,
                    "With --permissions: its letters travel as records (no letters_as_pdf), see letters.records");
  service->add_option("--print-organisation", options.print_organisation,
                      "Who it is to the print house, in records: three digits (default: 500)");
}

void put_record_options(json::object& arguments, const RecordOptions& options) {
  if (options.print_records) arguments["print_records"] = true;
  if (!options.print_organisation.empty()) arguments["print_organisation"] = options.print_organisation;
}

}  // namespace postroom::cli
