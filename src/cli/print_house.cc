// The stub print house as a program.
#include <fmt/format.h>

#include <iostream>
#include <thread>

#include "adapters/filesystem/file.h"
#include "adapters/zip/zip_reader.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/time_zone.h"
#include "cli/run.h"
#include "fakes/print_house.h"

namespace postroom::cli {
namespace {

json::object describe(const fakes::PrintHouseReport& report) {
  json::array letters, problems, acknowledgements, responses;
  for (const auto& letter : report.letters) {
    letters.push_back(json::object{{"reference", letter.reference},
                                   {"file", letter.file_name},
                                   {"zip", letter.zip_name},
                                   {"pages", letter.pages},
                                   {"sheets", letter.sheets},
                                   {"failed", letter.is_failed}});
  }
  for (const std::string& problem : report.problems) problems.emplace_back(problem);
  for (const std::string& name : report.acknowledgement_files) acknowledgements.emplace_back(name);
  for (const std::string& name : report.response_files) responses.emplace_back(name);
  return {{"zips", report.zips}, {"zips_refused", report.zips_refused},       {"sheets", report.sheets},
          {"letters", letters},  {"acknowledgement_files", acknowledgements}, {"response_files", responses},
          {"problems", problems}};
}

void print(const fakes::PrintHouseReport& report, bool as_json) {
  if (as_json) {
    std::cout << write_json(describe(report)) << std::endl;
    return;
  }
  if (report.zips + report.zips_refused == 0 && report.response_files.empty()) return;
  std::cout << fmt::format("printed {} zips, {} letters, {} sheets; refused {} zips\n", report.zips,
                           report.letters.size(), report.sheets, report.zips_refused);
  for (const std::string& problem : report.problems) std::cout << "  problem: " << problem << "\n";
  std::cout.flush();
}

}  // namespace

int run_print_house(const Invocation& invocation) {
  set_log_level(LogLevel::error);
  auto settings = app::load_settings({invocation.config_path, invocation.settings});
  if (!settings) return fail_with(settings.error());
  auto zone = TimeZone::load(settings->text("time_zone"));
  if (!zone) return fail_with(zone.error());
  const json::object& arguments = invocation.arguments;
  SystemClock clock;
  fakes::PrintHouseOptions options;
  options.root =
      get_string(arguments, "root").value_or(fmt::format("{}/print-house", settings->text("data.folder")));
  if (auto made = filesystem::make_folders(options.root); !made) return fail_with(made.error());
  options.drop_folder = settings->text("print.zip_folder");
  options.acknowledgement_folder = settings->text("print.acknowledgement_folder");
  options.response_folder = settings->text("print.response_folder");
  options.open_zip = zip::StrictZipReader::open;
  options.zone = &*zone;
  options.withhold_acknowledgements = get_bool(arguments, "withhold_acknowledgements").value_or(false);
  options.withhold_responses = get_bool(arguments, "withhold_responses").value_or(false);
  for (const std::string& reference : get_strings(arguments, "fail")) options.failing_references.insert(reference);
  auto house = fakes::PrintHouse::open(std::move(options), clock);
  if (!house) return fail_with(house.error());
  bool once = get_bool(arguments, "once").value_or(false);
  while (true) {
    auto report = (*house)->run_once();
    if (!report) return fail_with(report.error());
    print(*report, invocation.as_json);
    if (once) return report->problems.empty() ? 0 : 1;
    std::this_thread::sleep_for(std::chrono::seconds{get_int(arguments, "interval_seconds").value_or(5)});
  }
}

}  // namespace postroom::cli
