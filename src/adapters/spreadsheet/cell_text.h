// Numbers, dates and times of cells as plain text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::spreadsheet {

enum class NumberKind : std::uint8_t { number, date, duration };

// By the id of a number format that is built into the format (ECMA-376, part 1, 18.8.30).
NumberKind built_in_kind(unsigned format_id);
// By a number format's code, for example "dd/mm/yyyy" or "[h]:mm".
NumberKind kind_of_format(std::string_view code);

// "7456123987", "1.5"; whole numbers without a point, others with the 15 digits that spreadsheets keep.
std::string number_text(double number);
// Days since 30 December 1899 (or 1 January 1904) as "2026-01-02 00:00:00", a mere time of day as "09:30:00";
// nothing when it is no day of the years 1900 to 9999.
std::optional<std::string> date_text(double days, bool from_1904);
// "26:30:00"; nothing for what is negative or longer than ten thousand years.
std::optional<std::string> duration_text(double days);

// ISO 8601 as files hold it: "2026-01-02" or "2026-01-02T09:30:00", with or without parts of a second and a Z, as
// "2026-01-02 09:30:00". Nothing for other texts.
std::optional<std::string> iso_date_text(std::string_view text);
// "PT09H30M00S" as "09:30:00".
std::optional<std::string> iso_duration_text(std::string_view text);

}  // namespace postroom::spreadsheet
