// A returned letter, as its service hears of it and as reports show it.
#pragma once

#include <optional>
#include <string>

#include "core/notifications/notification.h"

namespace postroom::flows {

// What the row of a letter does not say by itself.
struct ReturnedLetterFacts {
  notifications::Notification letter;  // live or archived
  std::string template_name;
  bool is_precompiled = false;
  std::string job_file_name;   // empty: of no job
  std::string job_created_by;  // empty: of no job
};

// In the callback's words; nothing stands for null.
struct ReturnedLetterFields {
  std::string notification_id;
  std::optional<std::string> reference;
  std::string date_sent;
  std::string sent_by;
  std::optional<std::string> template_name, template_id;
  std::optional<int> template_version;
  std::optional<std::string> spreadsheet_file_name;
  std::optional<int> spreadsheet_row_number;  // as a spreadsheet shows it: 2 is the first below the header
  std::optional<std::string> upload_letter_file_name;
};
ReturnedLetterFields returned_fields(const ReturnedLetterFacts& facts);

std::string returned_callback_body(const ReturnedLetterFields& fields);
// The same members as columns, in the same order. Cells that a spreadsheet would run as formulas are made text.
std::string returned_csv_header();
std::string returned_csv_row(const ReturnedLetterFields& fields);

}  // namespace postroom::flows
