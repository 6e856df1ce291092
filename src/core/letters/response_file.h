// Response files: what the print house printed and what it could not. One line a letter:
// "reference|status|sheets|cost class" with, since 2023, a fifth field, the day of despatch (YYYY-MM-DD).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/time_zone.h"

namespace postroom::letters {

// A day's letters fit many times over; more is not a response file.
inline constexpr std::size_t kResponseLinesMax = 2'000'000;

// True for keys that end in "rs.txt" or "rsp.txt", ignoring case.
bool is_response_key(std::string_view key);

// The day the letters are billed on: local date of the UTC time in the name, read to the minute only, since the
// print house has written seconds of 60. Names "NOTIFY.{time}.RSP.TXT" and "NOTIFY-{time}-RSP.TXT", in any case.
std::optional<Date> response_billing_day(std::string_view key, const TimeZone& zone);

enum class CostClass { sorted, unsorted };
std::string_view to_string(CostClass cost_class);

struct ResponseLine {
  int number = 0;         // from 1
  std::string reference;  // upper case
  std::string status;     // as written
  bool sent = false;      // status is "Sent", ignoring case
  std::string sheets_text;
  std::optional<int> sheets;  // nothing when the field is no number
  std::string cost_text;
  std::optional<CostClass> cost_class;  // nothing when unknown
  std::optional<Date> despatched_on;    // fifth field, when it is there and a date
};

// All lines or nothing: a line with too few or too many fields is invalid_input with its number, because it
// may mean a transfer cut short. Blanks around fields and carriage returns are dropped, empty lines skipped.
Result<std::vector<ResponseLine>> parse_response_file(std::string_view content);

// Name and content of the file that stands in for the print house's answer to a letter that is never printed.
// It counts 0 sheets, as such letters do. The reference keeps names of the same second apart.
std::string fake_response_name(UtcTime now, std::string_view reference);
std::string fake_response_content(std::string_view reference);

}  // namespace postroom::letters
