// Names of the PDFs that hold a day's letters for a printer at hand: made for people who sort files by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/letters/file_names.h"

namespace postroom::letters {

// "2026-11-25.second.001.dEktXSj8gq4ZoXE620Ru.pdf"; number 0 is for letters that are printed once more:
// "2026-11-25.second.again.dEktXSj8gq4ZoXE620Ru.pdf". As with zips, the same letters in the same order give the
// same name. Service and organisation are left out.
std::string print_file_name(const ZipNameParts& parts);

struct PrintFileFacts {
  Date run_day;
  notifications::Postage postage = notifications::Postage::second;
  bool is_again = false;
  std::string day_for_people;      // "25 November 2026"
  std::string postage_for_people;  // "Second class"
};
// Nothing on any other name.
std::optional<PrintFileFacts> parse_print_file_name(std::string_view name);

// Key of the record of what a file of letters printed once more holds, in the bucket of letters; as
// zip_record_key().
std::string print_again_record_key(std::string_view name);

// "Second class".
std::string_view postage_for_people(notifications::Postage postage);

}  // namespace postroom::letters
