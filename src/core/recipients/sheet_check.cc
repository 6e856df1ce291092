#include "core/recipients/sheet_check.h"

#include <algorithm>

#include "core/recipients/email_address.h"

namespace postroom::recipients {
namespace {

constexpr std::string_view kMissing = "missing";
constexpr std::string_view kInvalidEmail = "invalid_email";

// The code of what is wrong with a recipient that is there; nothing when it is good.
std::optional<std::string_view> recipient_error(const RecipientSheet& sheet, const std::string& recipient,
                                                const SheetRules& rules, RowReport& report) {
  if (sheet.spec().channel == Channel::email) {
    if (EmailAddress::parse(recipient)) return std::nullopt;
    return kInvalidEmail;
  }
  if (!rules.check_phone_numbers) return std::nullopt;
  auto number = PhoneNumber::parse(recipient);
  if (!number) return to_string(number.error());
  report.is_international_sms = number->counts_as_international();
  if (auto allowed = check_permissions(*number, rules.phone_permissions); !allowed)
    return to_string(allowed.error());
  return std::nullopt;
}

void check_recipient_field(const RecipientSheet& sheet, const RecipientRow& row, const RowField& field,
                           const SheetRules& rules, RowReport& report) {
  if (!row.recipient) {
    // With several recipient columns nobody knows which one should be filled.
    if (!sheet.duplicate_recipient_headers().empty()) return;
    report.missing_data = true;
    report.cell_errors.push_back({field.key, kMissing});
    return;
  }
  if (auto code = recipient_error(sheet, *row.recipient, rules, report)) {
    report.bad_recipient = true;
    report.cell_errors.push_back({field.key, *code});
  }
}

void count(SheetReport& report, const RowReport& row) {
  if (row.is_international_sms) ++report.international_sms_count;
  if (row.bad_recipient) ++report.bad_recipients;
  if (row.missing_data) ++report.missing_data;
  if (row.message.too_long) ++report.too_long;
  if (row.message.empty) ++report.empty;
  if (row.message.qr_code_too_long) ++report.qr_codes_too_long;
  if (row.has_error()) ++report.rows_with_errors;
}

void check_all_rows(const RecipientSheet& sheet, const SheetRules& rules, SheetReport& report) {
  bool restricted = rules.allowed && !rules.allowed->empty() && sheet.spec().channel != Channel::letter;
  std::vector<ShownRow> first_rows;
  std::vector<ShownRow> first_bad_rows;
  RecipientRows rows = sheet.rows();
  RecipientRow row;
  RowReport row_report;
  while (rows.next(row)) {
    if (rules.check_rows) check_row(sheet, row, rules, row_report);
    count(report, row_report);
    if (restricted && !report.recipients_not_allowed)
      report.recipients_not_allowed = !rules.allowed->contains(row.recipient.value_or(""));
    if (first_rows.size() < rules.rows_shown_max) first_rows.push_back({row, row_report});
    if (row_report.has_error() && first_bad_rows.size() < rules.rows_shown_max)
      first_bad_rows.push_back({row, row_report});
  }
  bool show_bad = !first_bad_rows.empty() && report.missing_headers.empty();
  report.shown = show_bad ? std::move(first_bad_rows) : std::move(first_rows);
}

}  // namespace

void check_row(const RecipientSheet& sheet, const RecipientRow& row, const SheetRules& rules, RowReport& report) {
  report.cell_errors.clear();
  report.bad_recipient = false;
  report.missing_data = false;
  report.message = {};
  report.address_error.reset();
  report.is_international_sms = false;

  for (const RowField& field : row.fields) {
    if (field.use == FieldUse::recipient) {
      check_recipient_field(sheet, row, field, rules, report);
    } else if (field.use == FieldUse::placeholder && std::holds_alternative<std::monostate>(field.value)) {
      report.missing_data = true;
      report.cell_errors.push_back({field.key, kMissing});
    }
  }
  if (sheet.spec().channel == Channel::letter) {
    report.address_error = PostalAddress::read(address_text(row)).check(rules.international_letters);
    report.bad_recipient = report.address_error.has_value();
  }
  if (rules.check_message) report.message = rules.check_message(row);
}

bool SheetReport::has_errors() const {
  return !missing_headers.empty() || !duplicate_recipient_headers.empty() || more_rows_than_can_send ||
         too_many_rows || recipients_not_allowed || rows_with_errors > 0 || more_international_sms_than_can_send;
}

SheetReport check_sheet(const RecipientSheet& sheet, const SheetRules& rules) {
  SheetReport report;
  report.row_count = sheet.row_count();
  report.has_recipient_columns = sheet.has_recipient_columns();
  report.missing_headers = sheet.missing_headers();
  report.duplicate_recipient_headers = sheet.duplicate_recipient_headers();
  report.too_many_rows = sheet.too_many_rows();
  auto exceeds = [](std::size_t wanted, const std::optional<std::int64_t>& left) {
    return left && wanted > static_cast<std::size_t>(std::max<std::int64_t>(*left, 0));
  };
  report.more_rows_than_can_send = exceeds(report.row_count, rules.messages_left);
  check_all_rows(sheet, rules, report);
  report.more_international_sms_than_can_send =
      exceeds(report.international_sms_count, rules.international_messages_left);
  return report;
}

std::optional<SheetProblem> first_problem(const SheetReport& report, SheetCircumstances circumstances) {
  if (report.too_many_rows) return SheetProblem::too_many_rows;
  if (report.row_count == 0) return SheetProblem::no_rows;
  if (!report.has_recipient_columns) return SheetProblem::no_recipient_columns;
  if (!report.duplicate_recipient_headers.empty()) return SheetProblem::duplicate_recipient_columns;
  if (!report.missing_headers.empty()) return SheetProblem::missing_columns;
  if (circumstances.already_sent) return SheetProblem::already_sent;
  if (report.rows_with_errors > 0) return SheetProblem::row_errors;
  if (report.recipients_not_allowed) return SheetProblem::recipients_not_allowed;
  if (circumstances.letters_in_trial) return SheetProblem::letters_in_trial;
  if (report.more_rows_than_can_send) return SheetProblem::more_rows_than_can_send;
  if (report.more_international_sms_than_can_send) return SheetProblem::more_international_than_can_send;
  return std::nullopt;
}

}  // namespace postroom::recipients
