#include "cli/letter_care_arguments.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "cli/read_file.h"

namespace postroom::cli {
namespace {

struct Values {
  std::string id, service, file, day, from, to;
  std::vector<std::string> days;
};

void put(json::object& out, std::string_view key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}

}  // namespace

void add_letter_care(CLI::App* letters, const AddWord& add) {
  auto v = std::make_shared<Values>();
  add(letters, "cancel", "Take a letter back before its run closes", "letters cancel",
      [v](json::object& a) { put(a, "id", v->id); })
      ->add_option("ID", v->id, "Id of the letter")
      ->required();
  add(letters, "returned", "Read the print house's list of letters that came back", "letters returned",
      [v](json::object& a) {
        a["file_name"] = std::filesystem::path(v->file).filename().string();
        a["content"] = read_file("FILE", v->file);
      })
      ->add_option("FILE", v->file, "One reference a line, or a CSV file with them in its first column")
      ->required();
  add(letters, "returned-summary", "How many letters of a service came back, by day", "letters returned-summary",
      [v](json::object& a) { put(a, "service", v->service); })
      ->add_option("SERVICE", v->service, "Id or name of the service")
      ->required();
  CLI::App* report = add(letters, "returned-report", "CSV of the letters of a service that came back",
                         "letters returned-report", [v](json::object& a) {
                           put(a, "service", v->service);
                           put(a, "day", v->day);
                         });
  report->add_option("SERVICE", v->service, "Id or name of the service")->required();
  report->add_option("--day", v->day, "Day of the report (default: the last)");
}

void add_job_cancel(CLI::App* job, const AddWord& add) {
  auto v = std::make_shared<Values>();
  add(job, "cancel", "Stop a job that has not started, or take its letters back before their run closes",
      "job cancel", [v](json::object& a) { put(a, "id", v->id); })
      ->add_option("ID", v->id)
      ->required();
}

void add_retention(CLI::App* retention, const AddWord& add) {
  auto v = std::make_shared<Values>();
  add(retention, "run", "Delete now what has been kept long enough", "retention run", [v](json::object& a) {
    put(a, "service", v->service);
  })->add_option("SERVICE", v->service, "Id or name of the service (default: all)");
  CLI::App* days = add(retention, "days", "How long a service's messages are kept; with CHANNEL=DAYS: change that",
                       "retention days", [v](json::object& a) {
                         put(a, "service", v->service);
                         if (!v->days.empty()) a["days"] = json::value_from(v->days);
                       });
  days->add_option("SERVICE", v->service, "Id or name of the service")->required();
  days->add_option("CHANGES", v->days, "email, sms or letter and 3 to 90 days, such as letter=30");
  CLI::App* archived = add(retention, "archived", "Counts of a service's deleted messages by state",
                           "retention archived", [v](json::object& a) {
                             put(a, "service", v->service);
                             put(a, "from", v->from);
                             put(a, "to", v->to);
                           });
  archived->add_option("SERVICE", v->service, "Id or name of the service")->required();
  archived->add_option("--from", v->from, "First day of acceptance (default: a year ago)");
  archived->add_option("--to", v->to, "Last day (default: today)");
}

}  // namespace postroom::cli
