// Whether a sheet of recipients can be sent as it is, in the words that its sender gets.
#pragma once

#include "core/recipients/recipient_csv.h"
#include "core/recipients/sheet_check.h"
#include "flows/send/send_context.h"

namespace postroom::flows {

// What a sheet needs so that every row fills the template.
recipients::SheetSpec sheet_spec(const LoadedTemplate& text);

// What is wrong with the message that the row makes of the template.
recipients::MessageFaults message_faults(const LoadedTemplate& text, const recipients::RecipientRow& row);

// A column's key as people write it: "phonenumber" is "phone number".
std::string_view shown_column(std::string_view key);

// All faults of a row, for a person: "column 'name' is empty, the message is too long".
std::string describe_row(const recipients::RowReport& report);

// "2 with a bad recipient, 1 with missing data"; a row may count twice.
std::string describe_counts(const recipients::SheetReport& report);
// What is wrong with a file, or how many of its rows are at fault.
std::string describe_problem(recipients::SheetProblem problem, const recipients::RecipientSheet& sheet,
                             const recipients::SheetReport& report);

struct SheetSize {
  int rows = 0;
  int international_sms = 0;  // of them
};

// Reads the whole sheet. Refused when a single row could not be sent: the first message says how many, then one
// message names each of the first `rows_named_max` rows, by the number that a spreadsheet shows. Refused as well
// when it is larger than what is `left` of the day's limits.
Outcome<SheetSize> judge_sheet(const Sender& sender, const LoadedTemplate& text,
                               const recipients::RecipientSheet& sheet, const std::optional<MessagesLeft>& left,
                               std::size_t rows_named_max);

}  // namespace postroom::flows
