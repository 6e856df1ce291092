#include "cli/read_file.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "base/text.h"

namespace postroom::cli {

void refuse(const std::string& message) { throw CLI::ValidationError(message, 2); }

std::string read_bytes(const std::string& option, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    refuse(fmt::format("{}: '{}' cannot be read: see that it exists and that you may read it", option, path));
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

std::string read_file(const std::string& option, const std::string& path) {
  std::string text = read_bytes(option, path);
  // Arguments travel as JSON, which would silently replace other bytes.
  if (!is_valid_utf8(text)) {
    refuse(fmt::format("{}: '{}' is not UTF-8 text: convert it first (spreadsheets: save as CSV UTF-8)", option,
                       path));
  }
  return text;
}

}  // namespace postroom::cli
