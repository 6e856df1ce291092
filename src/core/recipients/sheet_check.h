// What is wrong with a spreadsheet of recipients, row by row and as a whole.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/recipients/allowed_recipients.h"
#include "core/recipients/phone_number.h"
#include "core/recipients/postal_address.h"
#include "core/recipients/recipient_csv.h"

namespace postroom::recipients {

// Faults of the filled template; the content library knows them.
struct MessageFaults {
  bool too_long = false;
  bool empty = false;
  bool qr_code_too_long = false;
};
using MessageCheck = std::function<MessageFaults(const RecipientRow&)>;

struct CellError {
  std::string_view key;   // column; lives as long as the sheet
  std::string_view code;  // "missing", "invalid_email", or a PhoneError's name
};

struct RowReport {
  std::vector<CellError> cell_errors;
  bool bad_recipient = false;  // a recipient that is there but wrong; letters: the address
  bool missing_data = false;
  MessageFaults message;
  std::optional<AddressError> address_error;
  bool is_international_sms = false;  // takes from the international allowance

  bool has_error() const {
    return bad_recipient || missing_data || message.too_long || message.empty || message.qr_code_too_long;
  }
};

struct SheetRules {
  PhonePermissions phone_permissions;
  bool international_letters = false;
  // Null or empty: no restriction. Never applies to letters.
  const AllowedRecipients* allowed = nullptr;
  std::optional<std::int64_t> messages_left;                // today, of the service's limit
  std::optional<std::int64_t> international_messages_left;  // below 0 counts as 0
  MessageCheck check_message;                               // may be empty
  bool check_rows = true;                                   // false: only headers and limits
  bool check_phone_numbers = true;
  std::size_t rows_shown_max = 50;
};

// Checks one row; `report` is overwritten (reuse it to keep its memory).
void check_row(const RecipientSheet& sheet, const RecipientRow& row, const SheetRules& rules, RowReport& report);

struct ShownRow {
  RecipientRow row;
  RowReport report;
};

struct SheetReport {
  std::size_t row_count = 0;
  bool has_recipient_columns = false;
  std::vector<std::string> missing_headers;
  std::vector<std::string> duplicate_recipient_headers;
  bool too_many_rows = false;
  bool more_rows_than_can_send = false;
  bool recipients_not_allowed = false;
  std::size_t international_sms_count = 0;
  bool more_international_sms_than_can_send = false;

  // Rows with each fault; one row may have several.
  std::size_t bad_recipients = 0, missing_data = 0, too_long = 0, empty = 0, qr_codes_too_long = 0;
  std::size_t rows_with_errors = 0;

  // The first rows with errors when there are any and all columns are there, else the first rows.
  std::vector<ShownRow> shown;

  // A sheet of headers only has no errors: look at row_count too.
  bool has_errors() const;
};

// Reads the whole sheet once. The shown rows hold views of the sheet.
SheetReport check_sheet(const RecipientSheet& sheet, const SheetRules& rules);

// In the order in which a person should be told.
enum class SheetProblem {
  too_many_rows,
  no_rows,
  no_recipient_columns,
  duplicate_recipient_columns,
  missing_columns,
  already_sent,
  row_errors,
  recipients_not_allowed,
  letters_in_trial,
  more_rows_than_can_send,
  more_international_than_can_send,
};

struct SheetCircumstances {
  bool already_sent = false;      // this file name with this version of the template
  bool letters_in_trial = false;  // a trial service uploads letters
};

std::optional<SheetProblem> first_problem(const SheetReport& report, SheetCircumstances circumstances);

}  // namespace postroom::recipients
