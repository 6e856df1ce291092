#include <fmt/format.h>
#include <toml++/toml.h>

#include <sstream>

#include "base/settings.h"

namespace postroom {
namespace {

Result<void> flatten(const toml::table& table, const std::string& prefix,
                     std::map<std::string, std::string, std::less<>>& out) {
  for (const auto& [key, node] : table) {
    std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      POSTROOM_CHECK(flatten(*inner, name + ".", out));
    } else if (auto text = node.value_exact<std::string>()) {
      out[name] = *text;
    } else if (auto number = node.value_exact<std::int64_t>()) {
      out[name] = std::to_string(*number);
    } else if (auto flag = node.value_exact<bool>()) {
      out[name] = *flag ? "true" : "false";
    } else {
      return fail(ErrorKind::invalid_input,
                  fmt::format("config file: line {}: '{}' must be text in quotes, a whole number, true or false",
                              node.source().begin.line, name));
    }
  }
  return {};
}

}  // namespace

Result<std::map<std::string, std::string, std::less<>>> parse_config_file(std::string_view text) {
  std::map<std::string, std::string, std::less<>> out;
  try {
    POSTROOM_CHECK(flatten(toml::parse(text), "", out));
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::invalid_input,
                fmt::format("config file: line {}, column {}: {}", error.source().begin.line,
                            error.source().begin.column, error.description()));
  }
  return out;
}

}  // namespace postroom
