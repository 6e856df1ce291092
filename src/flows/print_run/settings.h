// Settings of the print run.
#pragma once

#include <functional>
#include <string>

#include "base/ids.h"
#include "base/settings.h"
#include "core/letters/grouper.h"
#include "core/letters/print_day.h"

namespace postroom::flows {

struct PrintRunOptions {
  letters::GroupLimits group_limits;
  Duration print_cutoff = letters::kPrintCutoffDefault;
  std::string zip_folder = "notify";  // folders at the print house
  std::string response_folder = "responses";
  std::string acknowledgement_folder = "acknowledgements";
  std::uint64_t response_bytes_max = 64 * 1024 * 1024;
  int parallel_reads = 4;  // PDFs read ahead while a zip is written
  // Services whose letters travel another way than in zips; none when empty.
  std::function<bool(ServiceId)> leaves_out;
  // Letters are printed at hand: what travels is one PDF for each postage in place of zips, and it has arrived as
  // soon as it lies in the folder.
  bool prints_locally = false;
  std::string sent_by = "dvla";  // as letters name who has them
  // Local folder for zips on their way, on a disk with room for one zip for each worker of the print queue. Set by
  // the program, from its data folder.
  std::string temp_folder = ".";
};

namespace print_run {

inline constexpr SettingSpec kSettings[] = {
    {"letters.zip_bytes_max", SettingType::bytes, "524288000",
     "Most bytes of letters in one zip; the print house refuses files of 2 GiB and more.", 1, 2'147'483'647},
    {"letters.zip_letters_max", SettingType::integer, "5000", "Most letters in one zip.", 1, 100'000},
    {"letters.zip_per_service", SettingType::flag, "true",
     "Whether each service's letters travel in zips of their own."},
    {"letters.print_cutoff", SettingType::time_of_day, "17:30",
     "Wall-clock time from which a letter belongs to the next day's run."},
    {"letters.volume_email_to", SettingType::text, "",
     "Addresses, separated by commas, that learn each evening before the run how many letters come."},
    {"print.zip_folder", SettingType::text, "notify", "Folder at the print house that zips are put into."},
    {"print.response_folder", SettingType::text, "responses", "Folder at the print house with response files."},
    {"print.acknowledgement_folder", SettingType::text, "acknowledgements",
     "Folder at the print house with acknowledgement files."},
    {"print.response_bytes_max", SettingType::bytes, "64MiB",
     "Largest response or acknowledgement file that is read.", 1024, 1024 * 1024 * 1024},
    {"print.parallel_reads", SettingType::integer, "4",
     "Letters read from storage at the same time while a zip is written.", 1, 64},
};

inline PrintRunOptions from_settings(const Settings& settings) {
  PrintRunOptions options;
  options.group_limits.bytes_max = static_cast<std::uint64_t>(settings.integer("letters.zip_bytes_max"));
  options.group_limits.letters_max = static_cast<int>(settings.integer("letters.zip_letters_max"));
  options.group_limits.per_service = settings.flag("letters.zip_per_service");
  options.print_cutoff = settings.duration("letters.print_cutoff");
  options.zip_folder = settings.text("print.zip_folder");
  options.response_folder = settings.text("print.response_folder");
  options.acknowledgement_folder = settings.text("print.acknowledgement_folder");
  options.response_bytes_max = static_cast<std::uint64_t>(settings.integer("print.response_bytes_max"));
  options.parallel_reads = static_cast<int>(settings.integer("print.parallel_reads"));
  return options;
}

}  // namespace print_run
}  // namespace postroom::flows
