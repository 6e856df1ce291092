#include "flows/callbacks/returned_callback.h"

#include "base/json.h"

namespace postroom::flows {
namespace {

constexpr int kFirstRowNumber = 2;  // below the header, counted from 1
constexpr std::string_view kSentByKey = "API";

template <typename T>
json::value value_or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

std::string csv_cell(std::string_view text) {
  std::string cell;
  // Spreadsheets run what begins so.
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) cell = "'";
  cell += text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string text_of(const std::optional<int>& number) { return number ? std::to_string(*number) : ""; }

}  // namespace

ReturnedLetterFields returned_fields(const ReturnedLetterFacts& facts) {
  const notifications::Notification& letter = facts.letter;
  ReturnedLetterFields out;
  out.notification_id = letter.id.text();
  out.date_sent = format_rfc3339(letter.created_at);
  // A job's creator is a person's address, or the door that it came through.
  const bool by_person = facts.job_created_by.find('@') != std::string::npos;
  out.sent_by = by_person ? facts.job_created_by : std::string(kSentByKey);
  if (letter.api_key_id && letter.has_client_reference) out.reference = letter.client_reference;
  if (facts.is_precompiled) {
    if (!letter.api_key_id && letter.has_client_reference) out.upload_letter_file_name = letter.client_reference;
  } else {
    out.template_name = facts.template_name;
    out.template_id = letter.template_id.text();
    out.template_version = letter.template_version;
  }
  if (!facts.job_file_name.empty()) out.spreadsheet_file_name = facts.job_file_name;
  if (letter.job_row) out.spreadsheet_row_number = *letter.job_row + kFirstRowNumber;
  return out;
}

std::string returned_callback_body(const ReturnedLetterFields& fields) {
  json::object body;
  body["notification_id"] = fields.notification_id;
  body["reference"] = value_or_null(fields.reference);
  body["date_sent"] = fields.date_sent;
  body["sent_by"] = fields.sent_by;
  body["template_name"] = value_or_null(fields.template_name);
  body["template_id"] = value_or_null(fields.template_id);
  body["template_version"] = value_or_null(fields.template_version);
  body["spreadsheet_file_name"] = value_or_null(fields.spreadsheet_file_name);
  body["spreadsheet_row_number"] = value_or_null(fields.spreadsheet_row_number);
  body["upload_letter_file_name"] = value_or_null(fields.upload_letter_file_name);
  return write_json(body);
}

std::string returned_csv_header() {
  return "notification_id,reference,date_sent,sent_by,template_name,template_id,template_version,"
         "spreadsheet_file_name,spreadsheet_row_number,upload_letter_file_name\n";
}

std::string returned_csv_row(const ReturnedLetterFields& f) {
  std::string row = f.notification_id;
  for (const std::string& cell :
       {f.reference.value_or(""), f.date_sent, f.sent_by, f.template_name.value_or(""), f.template_id.value_or(""),
        text_of(f.template_version), f.spreadsheet_file_name.value_or(""), text_of(f.spreadsheet_row_number),
        f.upload_letter_file_name.value_or("")}) {
    row += "," + csv_cell(cell);
  }
  return row + "\n";
}

}  // namespace postroom::flows
