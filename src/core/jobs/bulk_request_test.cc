// Varied: sheets that come as rows or as CSV, their cells, and what may stand beside them. The same cells must read
// the same in both forms.
#include "core/jobs/bulk_request.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "core/notifications/request_json.h"
#include "core/recipients/csv_reader.h"

namespace postroom::jobs {
namespace {

const UtcTime kNow = *parse_rfc3339("2026-03-02T09:00:00Z");
constexpr std::string_view kId = "9b1f7f36-0a3e-4d0b-8f2b-2f8f5f6f7a10";

notifications::Checked<BulkRequest> read(std::string_view body) {
  auto document = notifications::parse_request_json(body);
  EXPECT_TRUE(document) << body;
  return parse_bulk_request(document ? std::move(*document) : json::value(nullptr), body, kNow);
}
std::string with(std::string_view more) { return fmt::format(R"({{"template_id":"{}",{}}})", kId, more); }
std::string faults(std::string_view body) {
  auto request = read(body);
  return request ? "" : join(request.error(), "; ");
}
std::vector<std::vector<std::string>> cells_of(std::string_view csv) {
  std::vector<std::vector<std::string>> out;
  recipients::CsvReader reader(csv);
  std::vector<std::string_view> cells;
  while (reader.next(cells)) out.emplace_back(cells.begin(), cells.end());
  return out;
}

TEST(BulkRequest, RowsBecomeCellsOfASheet) {
  auto request = read(with(R"("rows":[["phone number","name"],["07900900123","Ada, \"B\"\nC"],[447900900124,null],
      [1.50,true],[],["  x ",12345678901234567890123]])"));
  ASSERT_TRUE(request);
  const std::vector<std::vector<std::string>> expected{{"phone number", "name"},
                                                       {"07900900123", "Ada, \"B\"\nC"},
                                                       {"447900900124", ""},
                                                       {"1.5", "True"},
                                                       {},
                                                       {"  x ", "12345678901234567890123"}};
  EXPECT_EQ(cells_of(request->csv), expected);
  EXPECT_EQ(request->name, "API");
  EXPECT_EQ(request->template_id.text(), kId);
  EXPECT_FALSE(request->reference || request->scheduled_for || request->sms_sender_id ||
               request->email_reply_to_id);
}

TEST(BulkRequest, CsvStaysAsItIs) {
  auto request = read(with(
      R"("csv":"email address\na@b.example\n","name":"March","reference":"","scheduled_for":"2026-03-09T09:00:00Z")"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->csv, "email address\na@b.example\n");
  EXPECT_EQ(request->name, "March");
  EXPECT_EQ(request->reference, "");
  EXPECT_EQ(request->scheduled_for, parse_rfc3339("2026-03-09T09:00:00Z"));
}

TEST(BulkRequest, FaultsAreNamed) {
  const std::pair<std::string, std::string> cases[] = {
      {"{}", "template_id is a required property; rows is a required property, or csv instead of it"},
      {with(R"("rows":[],"csv":"")"), "rows cannot be given together with csv, leave one of them out"},
      {with(R"("rows":{})"), "rows {} is not of type array"},
      {with(R"("rows":[["phone number"],"x"])"), "rows row 2 is x, but must be a list of cells"},
      {with(R"("rows":[["phone number",1]])"), "rows row 1 holds 1 where a text is expected"},
      {with(R"("rows":[["phone number"],[["a"]]])"), "rows row 2 holds [a] where a text is expected"},
      {with(R"("rows":[["phone number"],[{}]])"), "rows row 2 holds {} where a text is expected"},
      {with(R"("csv":5)"), "csv 5 is not of type string"},
      {with(R"("csv":"x","scheduled_for":"2026-03-09T09:00:01Z")"), "scheduled_for is more than 168 hours ahead"},
      {with(R"("csv":"x","colour":1)"), "colour is not a known property here, leave it out"},
      {with(R"("csv":"a\u0000b")"), "csv holds the character U+0000, remove it"},
      {with(R"("csv":"x","email_reply_to_id":null)"), "email_reply_to_id is not a valid UUID"},
      {"[1]", "[1] is not of type object"}};
  for (const auto& [body, message] : cases) EXPECT_EQ(faults(body), message) << body;
}

TEST(BulkRequest, LimitsHold) {
  auto name_of = [](std::size_t characters) {
    std::string name;
    for (std::size_t i = 0; i < characters; ++i) name += "é";
    return with(R"("csv":"x","name":")" + name + "\"");
  };
  EXPECT_EQ(faults(name_of(kJobNameCharactersMax)), "");
  EXPECT_NE(faults(name_of(kJobNameCharactersMax + 1)), "");
  auto row_of = [](std::size_t cells) {
    std::string row;
    for (std::size_t i = 0; i < cells; ++i) row += i == 0 ? "\"a\"" : ",\"a\"";
    return with("\"rows\":[[" + row + "]]");
  };
  EXPECT_EQ(faults(row_of(recipients::kCsvCellsMax)), "");
  EXPECT_EQ(faults(row_of(recipients::kCsvCellsMax + 1)), "rows row 1 has more than 2000 cells");
}

}  // namespace
}  // namespace postroom::jobs
