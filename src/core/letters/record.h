// Print records: letters as lines of text that the print house sets itself. The layout of one line, and the names
// of the files that lines travel in.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::letters {

inline constexpr std::size_t kRecordFields = 34;
inline constexpr std::size_t kRecordContactLines = 10;
inline constexpr std::size_t kRecordAddressLines = 5;  // after the name, without the postcode

// One letter. Texts may hold anything: what would break the line, or pass for layout, is taken out of them.
struct Record {
  std::string organisation;                // three digits
  std::string reference;                   // at most kReferenceLength characters
  std::vector<std::string> contact_lines;  // what is beyond kRecordContactLines is left out
  std::vector<std::string> address_lines;  // the first is the name; a postcode may be the last
  std::optional<std::string> postcode;     // as it stands in the last address line; none abroad
  std::string body;                        // as RecordTemplate writes it
};

// The line, without a line end. invalid_input when reference, organisation or address are missing, or the reference
// is too long. Other fields have widths that the print house asks for; they are not cut, since half an address
// delivers nothing.
Result<std::string> record_line(const Record& record);

// Text without "|", without control characters, and without the names of markup tags in angle brackets, in any
// case; every kind of line end is a blank. Time is linear.
std::string clean_record_text(std::string_view text);

// The same, but line ends and control characters stay.
std::string without_record_tags(std::string_view text);

// The fields of a line; nothing unless there are exactly kRecordFields.
std::optional<std::array<std::string_view, kRecordFields>> record_fields(std::string_view line);
// The reference of a line; empty when it is no record.
std::string_view reference_of_record(std::string_view line);
// The lines of a file, without the empty one behind the last line end.
std::vector<std::string_view> record_lines(std::string_view file);

// "Notify-{YYYYMMDDHHMM}-rq.txt", as files of records are called at the print house.
std::string record_file_name(UtcTime at);
// Whether a name has that form, ignoring case.
bool is_record_file_name(std::string_view name);

// Keys in the bucket letter_records.
std::string job_records_key(JobId job);                 // one job's lines: "jobs/{id}-dvla-job.text"
std::string api_records_key(UtcTime at);                // "api/{time}-dvla-notifications.txt"
std::string joined_records_key(std::string_view name);  // several jobs' lines: "joined/{name}"

}  // namespace postroom::letters
