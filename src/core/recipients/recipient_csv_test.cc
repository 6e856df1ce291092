// Rows that are reused, the order of problems, large and hostile sheets. Columns, cells and row errors are checked
// against tests/data/recipients_csv.json, in tests/vectors.
#include "core/recipients/recipient_csv.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/json.h"
#include "core/recipients/sheet_check.h"

namespace postroom::recipients {
namespace {

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
