// Varied: lines of a table. The built-in one is checked against the published list day by day.
#include "core/notifications/letter_rates.h"

#include <gtest/gtest.h>

namespace postroom::notifications {
namespace {

Date day(std::string_view text) { return parse_date(text).value(); }

TEST(LetterRates, PO2_TheLastLineThatHoldsAndHasSuchALetter) {
  auto table = LetterRates::parse(
      "# a comment\n\n"
      "2026-03-01\tsecond\t0.70\t0.8\t1\t-\t-\r\n"
      "2025-01-01\tsecond\t0.50\t0.60\t0.70\t0.80\t0.90\n"
      "2026-01-01\tabroad\t1.638\t2\t3\t4\t5\n");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->size(), 3u);
  EXPECT_EQ(table->price(day("2024-12-31"), Postage::second, 1), std::nullopt);
  EXPECT_EQ(table->price(day("2025-01-01"), Postage::second, 1), 500'000);
  EXPECT_EQ(table->price(day("2026-02-28"), Postage::second, 3), 700'000);
  EXPECT_EQ(table->price(day("2026-03-01"), Postage::second, 3), 1'000'000);
  EXPECT_EQ(table->price(day("2026-03-01"), Postage::second, 2), 800'000);
  EXPECT_EQ(table->price(day("2026-03-01"), Postage::second, 5), 900'000) << "the later line has none";
  EXPECT_EQ(table->price(day("2026-03-01"), Postage::europe, 1), 1'638'000);
  EXPECT_EQ(table->price(day("2026-03-01"), Postage::rest_of_world, 1), 1'638'000);
  EXPECT_EQ(table->price(day("2026-03-01"), Postage::first, 1), std::nullopt);
  for (int sheets : {-1, 0, 6}) EXPECT_EQ(table->price(day("2026-03-01"), Postage::second, sheets), std::nullopt);
}

TEST(LetterRates, FaultsNameTheirLine) {
  struct Row {
    const char* line;
    const char* words;
  };
  for (const Row& row : {Row{"2026-01-01\tsecond\t1\t2\t3\t4", "five prices"},
                         {"2026-13-01\tsecond\t1\t2\t3\t4\t5", "no date"},
                         {"2026-01-01\teurope\t1\t2\t3\t4\t5", "first, second, economy or abroad"},
                         {"2026-01-01\tsecond\t1.2345\t2\t3\t4\t5", "no price"},
                         {"2026-01-01\tsecond\t1.\t2\t3\t4\t5", "no price"},
                         {"2026-01-01\tsecond\t0\t2\t3\t4\t5", "no price"},
                         {"2026-01-01\tsecond\t-1\t2\t3\t4\t5", "no price"},
                         {"2026-01-01\tsecond\t1.x\t2\t3\t4\t5", "no price"}}) {
    auto table = LetterRates::parse(std::string("# first\n") + row.line);
    ASSERT_FALSE(table) << row.line;
    EXPECT_NE(table.error().message.find("line 2"), std::string::npos) << table.error().message;
    EXPECT_NE(table.error().message.find(row.words), std::string::npos) << table.error().message;
  }
  EXPECT_FALSE(LetterRates::parse("2026-01-01\tfirst\t1\t2\t3\t4\t5\n2026-01-01\tfirst\t2\t2\t3\t4\t5\n"));
}

TEST(LetterRates, PO2_TheBuiltInTableIsThePublishedList) {
  const LetterRates& table = LetterRates::built_in();
  EXPECT_EQ(table.size(), 32u);
  struct Row {
    const char* day;
    Postage postage;
    std::array<int, 5> pence_tenths;
  };
  using enum Postage;
  const Row rows[] = {
      {"2016-04-01", second, {300, 330, 360, 0, 0}},
      {"2018-07-01", second, {300, 330, 360, 390, 420}},
      {"2018-10-01", second, {300, 350, 400, 450, 500}},
      {"2018-10-01", first, {560, 610, 660, 710, 760}},
      {"2019-10-01", first, {610, 660, 710, 760, 810}},
      {"2020-07-01", europe, {840, 920, 1000, 1080, 1160}},
      {"2021-02-01", second, {390, 440, 490, 540, 590}},
      {"2022-03-01", first, {630, 680, 730, 780, 830}},
      {"2023-01-23", second, {470, 520, 570, 620, 670}},
      {"2023-11-01", first, {820, 860, 900, 960, 1000}},
      {"2024-01-02", europe, {1440, 1490, 1530, 1580, 1630}},
      {"2024-07-01", second, {610, 650, 680, 750, 790}},
      {"2025-02-06", europe, {1560, 1610, 1660, 1710, 1760}},
      {"2025-04-01", economy, {590, 640, 680, 730, 780}},
      {"2026-01-05", second, {730, 770, 820, 870, 910}},
      {"2026-04-07", first, {1560, 1610, 1660, 1710, 1760}},
      {"2026-05-03", rest_of_world, {1800, 1840, 1880, 1920, 1960}},
      {"2026-07-01", economy, {638, 684, 724, 779, 823}},
  };
  for (const Row& row : rows) {
    for (int sheets = 1; sheets <= kPricedSheetsMax; ++sheets) {
      const int tenths = row.pence_tenths[static_cast<std::size_t>(sheets - 1)];
      auto expected = tenths == 0 ? std::nullopt : std::optional<std::int64_t>(tenths * 1'000);
      EXPECT_EQ(table.price(day(row.day), row.postage, sheets), expected) << row.day << " " << sheets;
    }
    EXPECT_NE(table.price(add_days(day(row.day), -1), row.postage, kPricedSheetsMax),
              row.pence_tenths.back() * 1'000)
        << "not the day before " << row.day;
  }
}

}  // namespace
}  // namespace postroom::notifications
