// The command line of print records.
#pragma once

#include "cli/letter_care_arguments.h"

namespace postroom::cli {

// "letters record-jobs", "letters send-records", "letters build-records".
void add_records(CLI::App* letters, const AddWord& add);

// What says of a service that, and how, its letters travel as records.
struct RecordOptions {
  bool print_records = false;
  std::string print_organisation;
};
void add_record_options(CLI::App* service, RecordOptions& options);
void put_record_options(json::object& arguments, const RecordOptions& options);

}  // namespace postroom::cli
