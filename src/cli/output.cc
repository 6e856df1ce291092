#include "cli/output.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "cli/letter_story_text.h"

namespace postroom::cli {
namespace {

// Columns of lists; a list without an entry shows all members of its first row.
const std::map<std::string_view, std::vector<std::string_view>>& columns() {
  static const std::map<std::string_view, std::vector<std::string_view>> table{
      {"service list", {"id", "name", "active", "trial"}},
      {"key list", {"id", "name", "type", "created_at", "revoked_at"}},
      {"template list", {"id", "service", "type", "name", "version"}},
      {"tasks buried", {"id", "kind", "subject", "attempts", "reason"}},
  };
  return table;
}

std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return "-";
  return write_json(value);
}

std::string table_text(std::string_view command, const json::array& rows) {
  if (rows.empty()) return "none\n";
  std::vector<std::string_view> names;
  auto known = columns().find(command);
  if (known != columns().end()) {
    names = known->second;
  } else if (rows.front().is_object()) {
    for (const auto& member : rows.front().get_object()) names.push_back(member.key());
  }
  std::vector<std::size_t> widths;
  for (std::string_view name : names) widths.push_back(name.size());
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows) {
    std::vector<std::string> line;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const json::value* value = row.is_object() ? row.get_object().if_contains(names[i]) : nullptr;
      line.push_back(value == nullptr ? "" : text_of(*value));
      widths[i] = std::max(widths[i], line.back().size());
    }
    cells.push_back(std::move(line));
  }
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) out += fmt::format("{:<{}}  ", names[i], widths[i]);
  out += '\n';
  for (const auto& line : cells) {
    for (std::size_t i = 0; i < line.size(); ++i) out += fmt::format("{:<{}}  ", line[i], widths[i]);
    out += '\n';
  }
  return out;
}

std::string lines_text(const json::object& object, const std::string& indent) {
  std::size_t width = 0;
  for (const auto& member : object) width = std::max(width, member.key().size());
  std::string out;
  for (const auto& member : object) {
    const json::value& value = member.value();
    bool list = value.is_array() && !value.get_array().empty() && value.get_array().front().is_object();
    if (!list) {
      out += fmt::format("{}{:<{}}  {}\n", indent, std::string_view(member.key()), width, text_of(value));
      continue;
    }
    out += fmt::format("{}{}\n", indent, std::string_view(member.key()));
    std::string inner = table_text("", value.get_array());
    std::size_t start = 0;
    while (start < inner.size()) {
      std::size_t end = inner.find('\n', start);
      out += indent + "  " + inner.substr(start, end - start) + "\n";
      start = end + 1;
    }
  }
  return out;
}

}  // namespace

std::string describe(std::string_view command, const json::value& answer) {
  if (command == "key create" && answer.is_object()) {
    return fmt::format("{}\nKeep this text safe: it is not shown again.\n",
                       get_string(answer.get_object(), "api_key").value_or(""));
  }
  if (command == "dkim record" && answer.is_object())
    return get_string(answer.get_object(), "zone_line").value_or("") + "\n";
  // A report of its own, made to be kept in a file.
  if (command == "letters returned-report" && answer.is_object())
    return get_string(answer.get_object(), "csv").value_or("");
  if (command == "letters explain" && answer.is_object()) return letter_story_text(answer.get_object());
  if (answer.is_array()) return table_text(command, answer.get_array());
  if (answer.is_object()) return lines_text(answer.get_object(), "");
  return text_of(answer) + "\n";
}

}  // namespace postroom::cli
