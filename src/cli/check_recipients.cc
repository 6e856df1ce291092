// Says which rows of a spreadsheet cannot be sent, without a server.
#include <fmt/format.h>

#include <iostream>

#include "adapters/spreadsheet/child_reader.h"
#include "base/bytes.h"
#include "cli/run.h"
#include "core/recipients/sheet_check.h"
#include "core/recipients/sheet_upload.h"
#include "flows/bulk/sheet_judgement.h"

namespace postroom::cli {
namespace {

using notifications::NotificationType;
using recipients::SheetProblem;

// Rows that are described; the rest is counted. As a person is shown at once.
constexpr std::size_t kRowsShownMax = 50;

tl::unexpected<Error> wrong(std::string message) { return fail(ErrorKind::invalid_input, std::move(message)); }

Result<NotificationType> type_of(const json::object& arguments) {
  std::string type = get_string(arguments, "type").value_or("");
  for (NotificationType known : {NotificationType::email, NotificationType::sms, NotificationType::letter}) {
    if (type == to_string(known)) return known;
  }
  return wrong(fmt::format("--type is '{}': use email, sms or letter", type));
}

Result<std::string> sheet_text(const json::object& arguments, const std::string& file_name) {
  Bytes bytes = get_string(arguments, "content").value_or("");
  if (auto encoded = get_string(arguments, "content_base64")) bytes = from_base64(*encoded).value_or(Bytes());
  auto kind = recipients::sheet_file_of(file_name);
  if (!kind) return wrong("The file is no spreadsheet by its name: save it as .csv (UTF-8), .tsv, .xlsx or .ods");
  bool is_workbook = *kind == recipients::SheetFile::workbook || recipients::is_workbook(bytes);
  if (!is_workbook) return recipients::stored_sheet(bytes, *kind);
  POSTROOM_CHECK(recipients::check_sheet_size(bytes.size()));
  return spreadsheet::ChildReader().to_csv(bytes);
}

recipients::SheetRules rules_of(const json::object& arguments, const flows::LoadedTemplate& text,
                                bool has_template) {
  recipients::SheetRules rules;
  bool international = get_bool(arguments, "international").value_or(false);
  rules.phone_permissions = {.international = international,
                             .uk_landlines = get_bool(arguments, "landlines").value_or(false)};
  rules.international_letters = international;
  rules.rows_shown_max = kRowsShownMax;
  // Without a template there is no message that could be too long or empty.
  if (has_template)
    rules.check_message = [&text](const recipients::RecipientRow& row) { return flows::message_faults(text, row); };
  return rules;
}

std::string_view name_of(SheetProblem problem) {
  switch (problem) {
    case SheetProblem::too_many_rows: return "too_many_rows";
    case SheetProblem::no_rows: return "no_rows";
    case SheetProblem::no_recipient_columns: return "no_recipient_columns";
    case SheetProblem::duplicate_recipient_columns: return "duplicate_recipient_columns";
    case SheetProblem::missing_columns: return "missing_columns";
    default: return "row_errors";
  }
}

json::array strings(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& text : list) out.emplace_back(text);
  return out;
}

json::object describe_json(const recipients::RecipientSheet& sheet, const recipients::SheetReport& report,
                           std::optional<SheetProblem> problem) {
  json::array rows;
  for (const recipients::ShownRow& shown : report.shown) {
    if (!shown.report.has_error()) continue;
    json::array cells;
    for (const recipients::CellError& cell : shown.report.cell_errors)
      cells.push_back(json::object{{"column", flows::shown_column(cell.key)}, {"code", cell.code}});
    rows.push_back(json::object{
        {"row", shown.row.index + 2}, {"message", flows::describe_row(shown.report)}, {"cells", std::move(cells)}});
  }
  json::object out{{"rows", report.row_count},
                   {"columns", strings(sheet.headers())},
                   {"problem", problem ? json::value(name_of(*problem)) : json::value(nullptr)},
                   {"message", problem ? flows::describe_problem(*problem, sheet, report) : ""},
                   {"missing_columns", strings(report.missing_headers)},
                   {"duplicate_columns", strings(report.duplicate_recipient_headers)}};
  out["rows_with_errors"] = report.rows_with_errors;
  out["bad_recipients"] = report.bad_recipients;
  out["missing_data"] = report.missing_data;
  out["too_long"] = report.too_long;
  out["empty"] = report.empty;
  out["qr_codes_too_long"] = report.qr_codes_too_long;
  out["international"] = report.international_sms_count;
  out["errors"] = std::move(rows);
  return out;
}

std::string describe_text(const std::string& file_name, const recipients::RecipientSheet& sheet,
                          const recipients::SheetReport& report, std::optional<SheetProblem> problem) {
  std::string out;
  if (!problem) {
    out =
        fmt::format("{}: {} {}, no errors\n", file_name, report.row_count, report.row_count == 1 ? "row" : "rows");
    if (report.international_sms_count > 0)
      out += fmt::format("{} to other countries\n", report.international_sms_count);
    return out;
  }
  out = fmt::format("{}: {}\n", file_name, flows::describe_problem(*problem, sheet, report));
  if (*problem == SheetProblem::no_recipient_columns || *problem == SheetProblem::missing_columns) {
    out += "Columns of the file:";
    for (const std::string& header : sheet.headers()) out += fmt::format(" '{}'", header);
    out += "\n";
  }
  if (*problem != SheetProblem::row_errors) return out;
  // A spreadsheet counts its header as row 1.
  for (const recipients::ShownRow& shown : report.shown)
    out += fmt::format("Row {}: {}\n", shown.row.index + 2, flows::describe_row(shown.report));
  if (report.rows_with_errors > report.shown.size())
    out += fmt::format("and {} more rows\n", report.rows_with_errors - report.shown.size());
  return out;
}

}  // namespace

int run_check_recipients(const Invocation& invocation) {
  const json::object& arguments = invocation.arguments;
  std::string file_name = get_string(arguments, "file_name").value_or("");
  auto type = type_of(arguments);
  if (!type) return fail_with(type.error());
  auto csv = sheet_text(arguments, file_name);
  if (!csv) return fail_with({csv.error().kind, fmt::format("{}: {}", file_name, csv.error().message)});
  auto content = get_string(arguments, "template");
  notifications::Template record{
      .type = *type, .subject = get_string(arguments, "subject").value_or(""), .content = content.value_or("")};
  flows::LoadedTemplate text(std::move(record));
  recipients::RecipientSheet sheet(*csv, flows::sheet_spec(text));
  recipients::SheetReport report = recipients::check_sheet(sheet, rules_of(arguments, text, content.has_value()));
  auto problem = recipients::first_problem(report, {});
  std::cout << (invocation.as_json ? write_json(describe_json(sheet, report, problem)) + "\n"
                                   : describe_text(file_name, sheet, report, problem));
  return problem ? 1 : 0;
}

}  // namespace postroom::cli
