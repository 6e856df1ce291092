// Recipient spreadsheets: columns, cells, row errors, the sheet as a whole, and how guest lists are compared.
#include <algorithm>

#include "base/text.h"
#include "core/content/email.h"
#include "core/content/letter.h"
#include "core/content/sms.h"
#include "core/recipients/allowed_recipients.h"
#include "core/recipients/sheet_check.h"
#include "vectors.h"

namespace postroom::vectors {
namespace {

using namespace recipients;

// A template as the sheet sees it.
class Message {
 public:
  explicit Message(const json::object& row) : content_(text_of(row, "content")), subject_(text_of(row, "subject")) {
    std::string type = text_of(row, "template_type");
    channel_ = type == "email" ? Channel::email : type == "sms" ? Channel::sms : Channel::letter;
  }

  Channel channel() const { return channel_; }

  std::vector<std::string> placeholders() const {
    std::vector<std::string> names;
    auto list = channel_ == Channel::email    ? content::EmailTemplate(subject_, content_).placeholders()
                : channel_ == Channel::letter ? content::LetterTemplate(subject_, content_).placeholders()
                                              : content::SmsTemplate(content_).placeholders();
    for (const content::Placeholder& placeholder : list) names.push_back(placeholder.name);
    return names;
  }

  MessageFaults judge(const RecipientRow& row) const {
    auto values = content::Personalisation::from_json(personalisation_of(row));
    MessageFaults faults;
    if (channel_ == Channel::sms) {
      content::SmsText text = content::SmsTemplate(content_).render(values);
      faults.too_long = text.is_too_long();
      faults.empty = text.is_empty();
    } else if (channel_ == Channel::email) {
      faults.empty = content::EmailTemplate(subject_, content_).is_empty(values);
    } else {
      content::LetterTemplate letter(subject_, content_);
      faults.empty = letter.is_empty(values);
      faults.qr_code_too_long = letter.find_long_qr_code(values).has_value();
    }
    return faults;
  }

 private:
  Channel channel_ = Channel::sms;
  std::string content_;
  std::string subject_;
};

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::ranges::sort(list);
  return list;
}

json::value recipient_of(const RecipientSheet& sheet, const RecipientRow& row) {
  if (sheet.spec().channel != Channel::letter) return row.recipient ? json::value(*row.recipient) : json::value();
  json::array lines;
  for (const auto& line : row.address) lines.push_back(line ? json::value(*line) : json::value());
  return lines;
}

void check_row_of(const RecipientSheet& sheet, const ShownRow& shown, const json::object& expected, bool checked) {
  const RecipientRow& row = shown.row;
  EXPECT_EQ(row.index, size_of(expected, "index"));
  if (expected.contains("recipient")) {
    EXPECT_EQ(recipient_of(sheet, row), expected.at("recipient"));
  }
  EXPECT_EQ(json::value(personalisation_of(row)), expected.at("personalisation"));
  EXPECT_EQ(sorted(sheet.ignored_columns()), sorted(texts_of(expected, "ignored_columns")));
  if (expected.contains("extra_cells")) {
    EXPECT_EQ(row.extra_cells, texts_of(expected, "extra_cells"));
  }
  if (expected.contains("address_lines")) {
    EXPECT_EQ(PostalAddress::read(address_text(row)).lines(), texts_of(expected, "address_lines"));
  }
  json::object errors;
  for (const CellError& error : shown.report.cell_errors) errors[error.key] = error.code;
  EXPECT_EQ(json::value(errors), expected.at("errors"));
  if (!checked) return;
  EXPECT_EQ(shown.report.message.too_long, flag_of(expected, "message_too_long"));
  EXPECT_EQ(shown.report.message.empty, flag_of(expected, "message_empty"));
  EXPECT_EQ(shown.report.message.qr_code_too_long, flag_of(expected, "qr_code_too_long"));
  EXPECT_EQ(shown.report.bad_recipient, flag_of(expected, "bad_recipient"));
  EXPECT_EQ(shown.report.missing_data, flag_of(expected, "missing_data"));
  EXPECT_EQ(shown.report.has_error(), flag_of(expected, "has_error"));
}

void check_report(const RecipientSheet& sheet, const SheetReport& report, const json::object& expected) {
  EXPECT_EQ(report.row_count, size_of(expected, "row_count"));
  EXPECT_EQ(sheet.headers(), texts_of(expected, "column_headers"));
  EXPECT_EQ(report.has_recipient_columns, flag_of(expected, "has_recipient_columns"));
  EXPECT_EQ(sorted(report.missing_headers), sorted(texts_of(expected, "missing_column_headers")));
  EXPECT_EQ(sorted(report.duplicate_recipient_headers),
            sorted(texts_of(expected, "duplicate_recipient_column_headers")));
  EXPECT_EQ(report.too_many_rows, flag_of(expected, "too_many_rows"));
  EXPECT_EQ(report.more_rows_than_can_send, flag_of(expected, "more_rows_than_can_send"));
  EXPECT_EQ(!report.recipients_not_allowed, flag_of(expected, "allowed_to_send_to"));
  if (auto international = get_int(expected, "international_sms_count")) {
    EXPECT_EQ(static_cast<std::int64_t>(report.international_sms_count), *international);
  }
  EXPECT_EQ(report.more_international_sms_than_can_send, flag_of(expected, "more_international_sms_than_can_send"));
  EXPECT_EQ(report.has_errors(), flag_of(expected, "has_errors"));
}

void check_sheet_of(const json::object& vector) {
  std::string csv = text_of(vector, "csv");
  Message message(vector.at("template").as_object());
  json::object options = vector.contains("options") ? vector.at("options").as_object() : json::object{};
  AllowedRecipients allowed(get_strings(options, "guestlist"));
  SheetRules rules;
  rules.phone_permissions = {flag_of(options, "allow_international_sms"),
                             flag_of(options, "allow_sms_to_uk_landline")};
  rules.international_letters = flag_of(options, "allow_international_letters");
  rules.allowed = &allowed;
  rules.messages_left = get_int(options, "remaining_messages");
  rules.international_messages_left = get_int(options, "remaining_international_sms_messages");
  rules.check_message = [&](const RecipientRow& row) { return message.judge(row); };
  rules.check_rows = get_bool(options, "should_validate").value_or(true);
  rules.check_phone_numbers = get_bool(options, "should_validate_phone_number").value_or(true);

  RecipientSheet sheet(csv, {message.channel(), message.placeholders(),
                             static_cast<std::size_t>(get_int(options, "max_rows").value_or(kSheetRowsMax))});
  const json::object& expected = vector.at("expected").as_object();
  check_report(sheet, check_sheet(sheet, rules), expected);

  RecipientRows rows = sheet.rows();
  ShownRow shown;
  for (const json::value& row : expected.at("rows").as_array()) {
    if (row.is_null()) {
      EXPECT_FALSE(rows.next(shown.row));
      continue;
    }
    ASSERT_TRUE(rows.next(shown.row));
    if (rules.check_rows) check_row(sheet, shown.row, rules, shown.report);
    check_row_of(sheet, shown, row.as_object(), rules.check_rows);
  }
  EXPECT_FALSE(rows.next(shown.row));
}

void check(const json::object& row) {
  if (text_of(row, "category") == "format_for_guest_list") {
    EXPECT_EQ(comparison_value(text_of(row, "input")), text_of(row, "formatted"));
  } else {
    check_sheet_of(row);
  }
}

const VectorFile kFile("recipients_csv", check);

}  // namespace
}  // namespace postroom::vectors
