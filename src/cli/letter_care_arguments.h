// The command line of cancelling, returned letters and retention.
#pragma once

#include <functional>
#include <string>

#include "base/json.h"

namespace CLI {
class App;
}

namespace postroom::cli {

// Adds a word to a group; its callback fills the arguments of the command.
using AddWord = std::function<CLI::App*(CLI::App* parent, const std::string& word, const std::string& help,
                                        std::string command, std::function<void(json::object&)> fill)>;

void add_letter_care(CLI::App* letters, const AddWord& add);
void add_job_cancel(CLI::App* job, const AddWord& add);
void add_retention(CLI::App* retention, const AddWord& add);

}  // namespace postroom::cli
