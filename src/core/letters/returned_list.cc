#include "core/letters/returned_list.h"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "core/letters/file_names.h"

namespace postroom::letters {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kQuotedMax = 40;  // characters of a bad line that the error shows

std::string_view first_cell(std::string_view line) {
  std::string_view cell = trim(line.substr(0, line.find(',')));
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = trim(cell.substr(1, cell.size() - 2));
  return cell;
}

std::string_view shown(std::string_view cell) {
  cell = cell.substr(0, kQuotedMax);
  return is_valid_utf8(cell) ? cell : "(no text)";
}

}  // namespace

Result<std::vector<std::string>> parse_returned_list(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> out;
  std::unordered_set<std::string_view> seen;
  std::size_t number = 0;
  bool is_first = true;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view cell = first_cell(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (cell.empty()) continue;
    const bool is_header = std::exchange(is_first, false) && equals_ignoring_case(cell, "reference");
    if (is_header || seen.contains(cell)) continue;
    if (!is_reference(cell)) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("line {}: '{}' is no letter's reference, which is 16 characters of A to Z and 0 to 9",
                              number, shown(cell)));
    }
    if (out.size() == kReturnedReferencesMax) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("more than {} references: split the list", kReturnedReferencesMax));
    }
    seen.insert(cell);
    out.emplace_back(cell);
  }
  return out;
}

}  // namespace postroom::letters
