// Every vector of recipients_csv.json is one case: columns, cells, row errors and the sheet as a whole. The filled
// message is judged by a small stand-in for the content library.
#include "core/recipients/recipient_csv.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "core/recipients/plain_text.h"
#include "core/recipients/sheet_check.h"
#include "core/recipients/vectors_test.h"

namespace postroom::recipients {
namespace {

struct Template {
  Channel channel = Channel::sms;
  std::string content;
  std::vector<std::string> placeholders;
};

// Calls `name_found(name, conditional text)` for each "((name))" and copies the rest to the result.
template <typename Filler>
std::string fill(std::string_view content, Filler name_found) {
  std::string out;
  for (std::size_t position = 0;;) {
    std::size_t open = content.find("((", position);
    std::size_t close = open == std::string_view::npos ? open : content.find("))", open);
    if (close == std::string_view::npos) return out.append(content.substr(position));
    out.append(content.substr(position, open - position));
    out.append(name_found(content.substr(open + 2, close - open - 2)));
    position = close + 2;
  }
}

Template template_of(const json::object& row) {
  Template result;
  std::string type = text_of(row, "template_type");
  result.channel = type == "email" ? Channel::email : type == "sms" ? Channel::sms : Channel::letter;
  result.content = text_of(row, "content");
  fill(result.content, [&](std::string_view name) {
    result.placeholders.emplace_back(name.substr(0, name.find("??")));
    return "";
  });
  return result;
}

MessageFaults judge(const Template& shape, const RecipientRow& row) {
  std::string filled = fill(shape.content, [&](std::string_view name) -> std::string {
    const CellValue* value = row.find(column_key(name.substr(0, name.find("??"))));
    const std::string* text = value ? std::get_if<std::string>(value) : nullptr;
    return text ? *text : "((" + std::string(name) + "))";
  });
  bool empty = trim(filled).empty();
  MessageFaults faults;
  switch (shape.channel) {
    case Channel::sms:
      faults.too_long = filled.size() > 918;
      faults.empty = empty;
      break;
    case Channel::letter:
      faults.qr_code_too_long = filled.starts_with("qr: ") && filled.size() - 4 > 504;
      [[fallthrough]];
    case Channel::email:
      faults.empty = empty && shape.content.starts_with("((") && shape.content.ends_with("))");
      break;
  }
  return faults;
}

std::vector<std::string> texts_of(const json::value& value) {
  std::vector<std::string> texts;
  if (value.is_array()) {
    for (const json::value& item : value.as_array())
      texts.emplace_back(item.is_string() ? item.as_string().c_str() : "");
  }
  return texts;
}

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return list;
}

bool flag(const json::object& row, std::string_view key) { return get_bool(row, key).value_or(false); }

json::value recipient_of(const RecipientSheet& sheet, const RecipientRow& row) {
  if (sheet.spec().channel != Channel::letter) return row.recipient ? json::value(*row.recipient) : json::value();
  json::array lines;
  for (const auto& line : row.address) lines.push_back(line ? json::value(*line) : json::value());
  return lines;
}

void expect_row(const RecipientSheet& sheet, const ShownRow& shown, const json::object& expected, bool checked) {
  const RecipientRow& row = shown.row;
  EXPECT_EQ(row.index, static_cast<std::size_t>(expected.at("index").to_number<int>()));
  if (expected.contains("recipient")) {
    EXPECT_EQ(recipient_of(sheet, row), expected.at("recipient"));
  }
  EXPECT_EQ(json::value(personalisation_of(row)), expected.at("personalisation"));
  EXPECT_EQ(sorted(sheet.ignored_columns()), sorted(texts_of(expected.at("ignored_columns"))));
  if (const json::value* extra = expected.if_contains("extra_cells")) {
    EXPECT_EQ(row.extra_cells, texts_of(*extra));
  }
  if (expected.contains("address_lines")) {
    EXPECT_EQ(PostalAddress::read(address_text(row)).lines(), texts_of(expected.at("address_lines")));
  }
  json::object errors;
  for (const CellError& error : shown.report.cell_errors) errors[error.key] = error.code;
  EXPECT_EQ(json::value(errors), expected.at("errors"));
  if (!checked) return;
  EXPECT_EQ(shown.report.message.too_long, flag(expected, "message_too_long"));
  EXPECT_EQ(shown.report.message.empty, flag(expected, "message_empty"));
  EXPECT_EQ(shown.report.message.qr_code_too_long, flag(expected, "qr_code_too_long"));
  EXPECT_EQ(shown.report.bad_recipient, flag(expected, "bad_recipient"));
  EXPECT_EQ(shown.report.missing_data, flag(expected, "missing_data"));
  EXPECT_EQ(shown.report.has_error(), flag(expected, "has_error"));
}

void expect_sheet(const RecipientSheet& sheet, const SheetReport& report, const json::object& expected) {
  EXPECT_EQ(report.row_count, static_cast<std::size_t>(expected.at("row_count").to_number<int>()));
  EXPECT_EQ(sheet.headers(), texts_of(expected.at("column_headers")));
  EXPECT_EQ(report.has_recipient_columns, flag(expected, "has_recipient_columns"));
  EXPECT_EQ(sorted(report.missing_headers), sorted(texts_of(expected.at("missing_column_headers"))));
  EXPECT_EQ(sorted(report.duplicate_recipient_headers),
            sorted(texts_of(expected.at("duplicate_recipient_column_headers"))));
  EXPECT_EQ(report.too_many_rows, flag(expected, "too_many_rows"));
  EXPECT_EQ(report.more_rows_than_can_send, flag(expected, "more_rows_than_can_send"));
  EXPECT_EQ(!report.recipients_not_allowed, flag(expected, "allowed_to_send_to"));
  if (auto international = get_int(expected, "international_sms_count")) {
    EXPECT_EQ(static_cast<std::int64_t>(report.international_sms_count), *international);
  }
  EXPECT_EQ(report.more_international_sms_than_can_send, flag(expected, "more_international_sms_than_can_send"));
  EXPECT_EQ(report.has_errors(), flag(expected, "has_errors"));
}

void expect_vector(const json::object& vector) {
  std::string csv = text_of(vector, "csv");
  SCOPED_TRACE(text_of(vector, "category") + " '" + csv.substr(0, 200) + "'");
  Template shape = template_of(vector.at("template").as_object());
  json::object options = vector.contains("options") ? vector.at("options").as_object() : json::object{};
  AllowedRecipients allowed(get_strings(options, "guestlist"));
  SheetRules rules;
  rules.phone_permissions = {flag(options, "allow_international_sms"), flag(options, "allow_sms_to_uk_landline")};
  rules.international_letters = flag(options, "allow_international_letters");
  rules.allowed = &allowed;
  rules.messages_left = get_int(options, "remaining_messages");
  rules.international_messages_left = get_int(options, "remaining_international_sms_messages");
  rules.check_message = [&](const RecipientRow& row) { return judge(shape, row); };
  rules.check_rows = get_bool(options, "should_validate").value_or(true);
  rules.check_phone_numbers = get_bool(options, "should_validate_phone_number").value_or(true);

  RecipientSheet sheet(csv, {shape.channel, shape.placeholders,
                             static_cast<std::size_t>(get_int(options, "max_rows").value_or(kSheetRowsMax))});
  const json::object& expected = vector.at("expected").as_object();
  expect_sheet(sheet, check_sheet(sheet, rules), expected);

  RecipientRows rows = sheet.rows();
  ShownRow shown;
  for (const json::value& row : expected.at("rows").as_array()) {
    if (row.is_null()) {
      EXPECT_FALSE(rows.next(shown.row));
      continue;
    }
    ASSERT_TRUE(rows.next(shown.row));
    if (rules.check_rows) check_row(sheet, shown.row, rules, shown.report);
    expect_row(sheet, shown, row.as_object(), rules.check_rows);
  }
  EXPECT_FALSE(rows.next(shown.row));
}

TEST(RecipientSheet, vectors) {
  int cases = 0;
  for (const json::value& value : read_vectors("recipients_csv.json")) {
    if (!value.as_object().contains("csv")) continue;
    expect_vector(value.as_object());
    ++cases;
  }
  EXPECT_EQ(cases, 88);
  std::printf("recipients_csv.json: %d cases\n", cases);
}

TEST(RecipientSheet, reference_column_becomes_the_client_reference) {
  RecipientSheet sheet("phone number,Reference\n07900900123, R1 \n07900900124,", {Channel::sms, {}});
  RecipientRows rows = sheet.rows();
  RecipientRow row;
  ASSERT_TRUE(rows.next(row));
  EXPECT_EQ(row.client_reference, "R1");
  ASSERT_TRUE(rows.next(row));
  EXPECT_EQ(row.client_reference, std::nullopt);
}

TEST(RecipientSheet, repeated_header_without_any_data_makes_no_list) {
  RecipientSheet sheet("phone number,name,name\n07900900123,Ann\n07900900124,Bob", {Channel::sms, {"name"}});
  RecipientRows rows = sheet.rows();
  RecipientRow row;
  ASSERT_TRUE(rows.next(row));
  EXPECT_EQ(json::serialize(personalisation_of(row)), R"({"phonenumber":"07900900123","name":"Ann"})");
}

TEST(RecipientSheet, reused_row_keeps_nothing_of_the_row_before) {
  RecipientSheet sheet("phone number,a,a,reference\n07900900123,x,y,R,extra\n,,,", {Channel::sms, {"a"}});
  RecipientRows rows = sheet.rows();
  RecipientRow row;
  ASSERT_TRUE(rows.next(row));
  EXPECT_EQ(json::serialize(personalisation_of(row)), R"({"phonenumber":"07900900123","a":["x","y"]})");
  EXPECT_EQ(row.extra_cells, std::vector<std::string>{"extra"});
  EXPECT_FALSE(rows.next(row)) << "the last row is empty and goes with the blanks at the end";
  RecipientSheet longer("phone number,a,a\n07900900123,x,y\n,,\n07900900124", {Channel::sms, {"a"}});
  rows = longer.rows();
  ASSERT_TRUE(rows.next(row));
  ASSERT_TRUE(rows.next(row));
  EXPECT_EQ(json::serialize(personalisation_of(row)), R"({"phonenumber":null,"a":null})");
  EXPECT_FALSE(row.recipient);
  EXPECT_FALSE(row.client_reference);
  EXPECT_TRUE(row.extra_cells.empty());
}

TEST(SheetCheck, bad_rows_are_shown_first_and_problems_have_an_order) {
  std::string csv = "phone number\n";
  for (int i = 0; i < 100; ++i) csv += i % 10 == 9 ? "nobody\n" : "07900900123\n";
  RecipientSheet sheet(csv, {Channel::sms, {}});
  SheetRules rules;
  rules.rows_shown_max = 3;
  SheetReport report = check_sheet(sheet, rules);
  EXPECT_EQ(report.bad_recipients, 10u);
  ASSERT_EQ(report.shown.size(), 3u);
  EXPECT_EQ(report.shown[0].row.index, 9u);
  EXPECT_EQ(report.shown[2].row.index, 29u);
  EXPECT_EQ(first_problem(report, {}), SheetProblem::row_errors);
  EXPECT_EQ(first_problem(report, {.already_sent = true}), SheetProblem::already_sent);
  report.missing_headers = {"x"};
  EXPECT_EQ(first_problem(report, {.already_sent = true}), SheetProblem::missing_columns);
  report.duplicate_recipient_headers = {"x"};
  EXPECT_EQ(first_problem(report, {}), SheetProblem::duplicate_recipient_columns);
  report.has_recipient_columns = false;
  EXPECT_EQ(first_problem(report, {}), SheetProblem::no_recipient_columns);
  report.row_count = 0;
  EXPECT_EQ(first_problem(report, {}), SheetProblem::no_rows);
  report.too_many_rows = true;
  EXPECT_EQ(first_problem(report, {}), SheetProblem::too_many_rows);

  SheetReport good;
  good.row_count = 1;
  good.has_recipient_columns = true;
  EXPECT_EQ(first_problem(good, {}), std::nullopt);
  EXPECT_EQ(first_problem(good, {.letters_in_trial = true}), SheetProblem::letters_in_trial);
  good.more_international_sms_than_can_send = true;
  EXPECT_EQ(first_problem(good, {}), SheetProblem::more_international_than_can_send);
  good.more_rows_than_can_send = true;
  EXPECT_EQ(first_problem(good, {}), SheetProblem::more_rows_than_can_send);
  good.recipients_not_allowed = true;
  EXPECT_EQ(first_problem(good, {.letters_in_trial = true}), SheetProblem::recipients_not_allowed);
}

TEST(SheetCheck, hundred_thousand_rows_are_read_and_checked_quickly) {
  std::string csv = "phone number,name,reference\n";
  for (int i = 0; i < 100'000; ++i)
    csv += "07900 9" + std::to_string(10'000 + i % 90'000) + ",Ada Lima,R" + std::to_string(i) + "\n";
  auto start = std::chrono::steady_clock::now();
  RecipientSheet sheet(csv, {Channel::sms, {"name"}});
  SheetReport report = check_sheet(sheet, {});
  auto took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(report.row_count, 100'000u);
  EXPECT_FALSE(report.has_errors());
  auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  std::printf("100,000 rows: %lld ms\n", static_cast<long long>(milliseconds));
  // The release build's budget is 500 ms; debug and sanitizer builds are slower.
  EXPECT_LT(milliseconds, 5'000);
}

TEST(SheetCheck, hostile_headers_take_bounded_time) {
  auto start = std::chrono::steady_clock::now();
  std::string header;
  for (int i = 0; i < 20'000; ++i) header += std::string("phone") + (i % 2 ? " " : "_") + "number,";
  std::string csv = header + "x\n" + header + "\n";
  csv += std::string(5'000, '\n') + "y";
  RecipientSheet sheet(csv, {Channel::sms, {}});
  SheetReport report = check_sheet(sheet, {});
  EXPECT_EQ(report.duplicate_recipient_headers.size(), 2u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace postroom::recipients
