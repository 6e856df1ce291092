// Every setting of the program and what an environment's name stands for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/settings.h"

namespace postroom::app {

// The name only selects defaults of the flags.* settings; no behaviour asks for it (docs/decisions/0005).
enum class Environment { development, test, preview, staging, production };
std::string_view to_string(Environment environment);
// "live" means production.
std::optional<Environment> parse_environment(std::string_view text);

std::vector<SettingSpec> all_settings();

struct SettingsSources {
  std::string config_path;                                       // empty: none
  std::map<std::string, std::string, std::less<>> command_line;  // --set and the options that stand for settings
};

// Layers defaults, the environment's defaults, the config file, POSTROOM_… variables and the command line.
// invalid_input names the setting, the value and what is allowed.
Result<Settings> load_settings(const SettingsSources& sources);

Environment environment_of(const Settings& settings);

// The parts of a list separated by commas, without blanks around them and without empty ones.
std::vector<std::string> list_of(std::string_view text);

// One object a setting: name, value (secrets hidden), source, default, help.
json::array describe_settings(const Settings& settings);

}  // namespace postroom::app
