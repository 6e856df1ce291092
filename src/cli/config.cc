// Settings and the state of an installation.
#include <fmt/format.h>

#include <iostream>

#include "app/postroom.h"
#include "app/settings.h"
#include "base/log.h"
#include "cli/run.h"

namespace postroom::cli {
namespace {

int show(const Settings& settings, bool as_json) {
  json::array all = app::describe_settings(settings);
  if (as_json) {
    std::cout << write_json(all) << "\n";
    return 0;
  }
  for (const auto& item : all) {
    const json::object& setting = item.get_object();
    std::cout << fmt::format("{} = {}  ({})\n    {}\n", *get_string(setting, "name"), *get_string(setting, "value"),
                             *get_string(setting, "source"), *get_string(setting, "help"));
  }
  return 0;
}

int open_store(const Invocation& invocation, Settings settings) {
  auto postroom = app::Postroom::open(std::move(settings));
  if (!postroom) return fail_with(postroom.error());
  app::Parts& parts = (*postroom)->parts();
  auto version = parts.database->schema_version();
  if (!version) return fail_with(version.error());
  if (invocation.as_json) {
    std::cout << write_json(json::object{{"store", parts.database->description()}, {"schema_version", *version}})
              << "\n";
    return 0;
  }
  std::cout << fmt::format("{}: schema version {}\n", parts.database->description(), *version);
  return 0;
}

}  // namespace

int run_config(const Invocation& invocation) {
  set_log_level(LogLevel::error);
  auto settings = app::load_settings({invocation.config_path, invocation.settings});
  if (!settings) return fail_with(settings.error());
  if (invocation.command == "config show") return show(*settings, invocation.as_json);
  if (invocation.command == "config check") {
    std::cout << (invocation.as_json ? "{\"valid\":true}\n" : "The settings are valid.\n");
    return 0;
  }
  return open_store(invocation, std::move(*settings));
}

}  // namespace postroom::cli
