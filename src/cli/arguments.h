// The command line as plain data.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"

namespace postroom::cli {

struct Invocation {
  // "serve", "migrate", "config show", "config check", "print-house run", "render", "check-recipients",
  // "letters check", or a command of app/commands.h.
  std::string command;
  json::object arguments;
  std::string config_path;
  std::map<std::string, std::string, std::less<>> settings;  // --set, --data and the like
  bool as_json = false;
};

// What to print and with which code to exit, when there is nothing to run (--help, a usage error).
struct EarlyExit {
  std::string text;
  int code = 0;
};

// Reads files that options name (--content-file, spreadsheets). Errors name the option and the remedy.
std::variant<Invocation, EarlyExit> parse_arguments(int argc, char** argv);

}  // namespace postroom::cli
