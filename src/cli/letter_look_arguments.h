// The command line of how letters look: a service's logo, and what 'render' can be told about a letter.
#pragma once

#include <string>

#include "base/json.h"
#include "cli/letter_care_arguments.h"

namespace postroom::cli {

// Names of files, but for the date and the subject.
struct LetterLookOptions {
  std::string date, logo, welsh, welsh_subject, fonts;
};

void add_letter_logo(CLI::App* service, const AddWord& add);
void add_letter_look(CLI::App* render, LetterLookOptions& options);
// Reads the files.
void put_letter_look(const LetterLookOptions& options, json::object& out);

}  // namespace postroom::cli
