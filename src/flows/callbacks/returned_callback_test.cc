// Varied: how a letter was sent. Each way tells a service other things about it.
#include "flows/callbacks/returned_callback.h"

#include <gtest/gtest.h>

namespace postroom::flows {
namespace {

ReturnedLetterFacts facts() {
  ReturnedLetterFacts out;
  out.letter.id = NotificationId::parse("0190a6f0-0000-7000-8000-000000000001").value();
  out.letter.template_id = TemplateId::parse("0190a6f0-0000-7000-8000-000000000002").value();
  out.letter.template_version = 3;
  out.letter.created_at = parse_rfc3339("2026-01-14T10:00:00.000001Z").value();
  out.template_name = "Reminder";
  return out;
}

TEST(ReturnedCallback, RL5_SentByAKey) {
  ReturnedLetterFacts f = facts();
  f.letter.api_key_id = ApiKeyId::parse("0190a6f0-0000-7000-8000-000000000003").value();
  f.letter.client_reference = "case 7";
  f.letter.has_client_reference = true;
  EXPECT_EQ(returned_callback_body(returned_fields(f)),
            R"({"notification_id":"0190a6f0-0000-7000-8000-000000000001","reference":"case 7",)"
            R"("date_sent":"2026-01-14T10:00:00.000001Z","sent_by":"API","template_name":"Reminder",)"
            R"("template_id":"0190a6f0-0000-7000-8000-000000000002","template_version":3,)"
            R"("spreadsheet_file_name":null,"spreadsheet_row_number":null,"upload_letter_file_name":null})");
}

TEST(ReturnedCallback, RL4_RL5_ARowOfASpreadsheetHasTheNumberThatPeopleSee) {
  ReturnedLetterFacts f = facts();
  f.letter.job_row = 0;
  f.job_file_name = "people.csv";
  f.job_created_by = "ann@example.org";
  ReturnedLetterFields fields = returned_fields(f);
  EXPECT_EQ(fields.spreadsheet_row_number, 2);
  EXPECT_EQ(fields.spreadsheet_file_name, "people.csv");
  EXPECT_EQ(fields.sent_by, "ann@example.org");
  EXPECT_EQ(fields.reference, std::nullopt);
  f.job_created_by = "api";
  EXPECT_EQ(returned_fields(f).sent_by, "API");
}

TEST(ReturnedCallback, RL5_APrecompiledLetterHasNoTemplate) {
  ReturnedLetterFacts f = facts();
  f.is_precompiled = true;
  f.letter.client_reference = "letter.pdf";
  f.letter.has_client_reference = true;
  ReturnedLetterFields fields = returned_fields(f);
  EXPECT_FALSE(fields.template_name || fields.template_id || fields.template_version);
  EXPECT_EQ(fields.upload_letter_file_name, "letter.pdf");
  f.letter.api_key_id = ApiKeyId::parse("0190a6f0-0000-7000-8000-000000000003").value();
  fields = returned_fields(f);
  EXPECT_EQ(fields.upload_letter_file_name, std::nullopt);
  EXPECT_EQ(fields.reference, "letter.pdf");
}

TEST(ReturnedCallback, RL4_CsvIsQuotedAndRunsNothing) {
  ReturnedLetterFields fields = returned_fields(facts());
  fields.reference = "=1+1";
  fields.template_name = "One, \"two\"\nthree";
  EXPECT_EQ(returned_csv_row(fields),
            "0190a6f0-0000-7000-8000-000000000001,'=1+1,2026-01-14T10:00:00.000001Z,API,"
            "\"One, \"\"two\"\"\nthree\",0190a6f0-0000-7000-8000-000000000002,3,,,\n");
  const std::string header = returned_csv_header(), row = returned_csv_row(returned_fields(facts()));
  EXPECT_EQ(std::count(header.begin(), header.end(), ','), 9);
  EXPECT_EQ(std::count(row.begin(), row.end(), ','), 9);
}

}  // namespace
}  // namespace postroom::flows
