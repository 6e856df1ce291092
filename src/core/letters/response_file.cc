#include "core/letters/response_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "core/letters/file_names.h"

namespace postroom::letters {
namespace {

constexpr std::size_t kFieldsMin = 4;
constexpr std::size_t kFieldsMax = 5;
constexpr std::size_t kMinuteDigits = 12;

bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && equals_ignoring_case(text.substr(text.size() - suffix.size()), suffix);
}

std::optional<CostClass> parse_cost_class(std::string_view text) {
  if (equals_ignoring_case(text, "sorted")) return CostClass::sorted;
  if (equals_ignoring_case(text, "unsorted")) return CostClass::unsorted;
  return std::nullopt;
}

Result<ResponseLine> parse_line(std::string_view line, int number) {
  std::array<std::string_view, kFieldsMax> fields;
  std::size_t count = 0;
  for (std::size_t start = 0; start <= line.size();) {
    const std::size_t end = std::min(line.find('|', start), line.size());
    if (count < kFieldsMax) fields[count] = trim(line.substr(start, end - start));
    ++count;
    start = end + 1;
  }
  if (count < kFieldsMin || count > kFieldsMax) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("line {} of the response file has {} fields instead of {} or {}; nothing of the file was "
                    "used, fetch it again or ask the print house for a new one",
                    number, count, kFieldsMin, kFieldsMax));
  }
  ResponseLine out;
  out.number = number;
  out.reference = to_upper(fields[0]);
  out.status = fields[1];
  out.sent = equals_ignoring_case(fields[1], "sent");
  out.sheets_text = fields[2];
  out.sheets = parse_int<int>(fields[2]);
  out.cost_text = fields[3];
  out.cost_class = parse_cost_class(fields[3]);
  if (count > 4) out.despatched_on = parse_date(fields[4]);
  return out;
}

}  // namespace

bool is_response_key(std::string_view key) {
  return ends_with_ignoring_case(key, "rs.txt") || ends_with_ignoring_case(key, "rsp.txt");
}

std::optional<Date> response_billing_day(std::string_view key, const TimeZone& zone) {
  std::string_view name = base_name(key);
  const std::size_t separator = name.find_first_of("-.");
  if (separator == std::string_view::npos) return std::nullopt;
  name.remove_prefix(separator + 1);
  name = name.substr(0, name.find_first_of("-."));
  if (name.size() < kMinuteDigits || !std::all_of(name.begin(), name.end(), is_ascii_digit)) return std::nullopt;
  const auto time = parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:00Z", name.substr(0, 4), name.substr(4, 2),
                                              name.substr(6, 2), name.substr(8, 2), name.substr(10, 2)));
  if (!time) return std::nullopt;
  return zone.local_date(*time);
}

std::string_view to_string(CostClass cost_class) { return cost_class == CostClass::sorted ? "sorted" : "unsorted"; }

Result<std::vector<ResponseLine>> parse_response_file(std::string_view content) {
  std::vector<ResponseLine> lines;
  lines.reserve(std::min<std::size_t>(content.size() / 24, kResponseLinesMax));
  int number = 0;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    const std::string_view line = trim(content.substr(0, end));
    content.remove_prefix(std::min(end + 1, content.size()));
    ++number;
    if (line.empty()) continue;
    if (lines.size() == kResponseLinesMax) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("the response file has more than {} lines; split it", kResponseLinesMax));
    }
    POSTROOM_TRY(parsed, parse_line(line, number));
    lines.push_back(std::move(parsed));
  }
  return lines;
}

std::string fake_response_name(UtcTime now, std::string_view reference) {
  return fmt::format("NOTIFY-{}-{}-RSP.TXT", format_compact(now), to_upper(reference));
}

std::string fake_response_content(std::string_view reference) { return fmt::format("{}|Sent|0|Sorted", reference); }

}  // namespace postroom::letters
