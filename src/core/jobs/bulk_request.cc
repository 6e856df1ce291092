#include "core/jobs/bulk_request.h"

#include <fmt/format.h>

#include "core/content/personalisation.h"
#include "core/notifications/request_json.h"
#include "core/recipients/csv_reader.h"

namespace postroom::jobs {
namespace {

using notifications::printable;
using notifications::RequestReader;

constexpr std::string_view kRowEnd = "\r\n";
constexpr std::string_view kDefaultName = "API";
// Cells are mostly short; a guess that is too low only costs a copy.
constexpr std::size_t kRowBytesGuess = 48;

// Appends one row; what is wrong with it when it is none.
std::optional<std::string> append_row(std::string& csv, const json::value& row, bool is_header) {
  if (!row.is_array()) return "is " + printable(row) + ", but must be a list of cells";
  const json::array& cells = row.get_array();
  if (cells.size() > recipients::kCsvCellsMax)
    return fmt::format("has more than {} cells", recipients::kCsvCellsMax);
  bool is_first = true;
  for (const json::value& cell : cells) {
    if (!std::exchange(is_first, false)) csv += ',';
    if (cell.is_string()) {
      recipients::append_csv_cell(csv, cell.get_string());
    } else if (is_header || cell.is_array() || cell.is_object()) {
      return "holds " + printable(cell) + " where a text is expected";
    } else if (!cell.is_null()) {
      recipients::append_csv_cell(csv, content::python_text(cell));
    }
  }
  csv += kRowEnd;
  return std::nullopt;
}

// The rows as CSV. The first fault ends it: with thousands of rows the second is seldom another one.
std::optional<Bytes> read_rows(RequestReader& reader) {
  constexpr std::string_view kName = "rows";
  const json::value* value = reader.peek(kName);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) {
    reader.refuse_type(kName, "array", *value);
    return std::nullopt;
  }
  Bytes csv;
  csv.reserve(value->get_array().size() * kRowBytesGuess);
  int number = 0;
  for (const json::value& row : value->get_array()) {
    ++number;
    if (auto fault = append_row(csv, row, number == 1)) {
      reader.refuse(kName, fmt::format("row {} {}", number, *fault));
      return std::nullopt;
    }
  }
  return csv;
}

}  // namespace

notifications::Checked<BulkRequest> parse_bulk_request(json::value document, std::string_view body, UtcTime now) {
  if (auto faults = notifications::check_document(document, body)) {
    return tl::unexpected<notifications::FieldErrors>(std::move(*faults));
  }
  RequestReader reader(document.get_object());
  auto name = reader.text("name", kJobNameCharactersMax);
  auto template_id = reader.id("template_id");
  auto rows = read_rows(reader);
  auto csv = reader.text("csv");
  auto reference = reader.text("reference", notifications::kClientReferenceCharactersMax);
  auto scheduled_for = reader.time_ahead("scheduled_for", now, kJobScheduleAheadMax);
  auto reply_to_id = reader.id("email_reply_to_id");
  auto sender_id = reader.id("sms_sender_id");
  reader.require({"template_id"});
  const bool has_rows = document.get_object().contains("rows");
  if (has_rows == document.get_object().contains("csv")) {
    reader.refuse("rows", has_rows ? "cannot be given together with csv, leave one of them out"
                                   : "is a required property, or csv instead of it");
  }
  reader.refuse_unexpected();
  if (!reader.ok() || !template_id) return tl::unexpected<notifications::FieldErrors>(reader.take_errors());
  return BulkRequest{.template_id = TemplateId{*template_id},
                     .name = name && !name->empty() ? std::move(*name) : std::string(kDefaultName),
                     .csv = rows ? std::move(*rows) : std::move(csv).value_or(""),
                     .reference = std::move(reference),
                     .scheduled_for = scheduled_for,
                     .sms_sender_id = sender_id,
                     .email_reply_to_id = reply_to_id};
}

}  // namespace postroom::jobs
