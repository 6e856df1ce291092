// Varied: number formats, serial dates at their edges, ISO dates; good and bad ones.
#include "adapters/spreadsheet/cell_text.h"

#include <gtest/gtest.h>

#include <vector>

namespace postroom::spreadsheet {
namespace {

TEST(CellText, KnowsDatesByTheirFormat) {
  for (const char* code :
       {"dd/mm/yyyy", "d mmm", "[$-809]dd mmmm yyyy", "h:mm AM/PM", "yyyy\\-mm\\-dd;@", "\"on\" d", "[Red]ss.0"})
    EXPECT_EQ(kind_of_format(code), NumberKind::date) << code;
  for (const char* code :
       {"General", "0.00", "#,##0 \"days\"", "[Red]0", "0;dd", "\\d0", "_d0", "\"d", "[", "@", ""})
    EXPECT_EQ(kind_of_format(code), NumberKind::number) << code;
  for (const char* code : {"[h]:mm", "[mm]:ss", "[ss]"})
    EXPECT_EQ(kind_of_format(code), NumberKind::duration) << code;
  EXPECT_EQ(built_in_kind(0), NumberKind::number);
  EXPECT_EQ(built_in_kind(14), NumberKind::date);
  EXPECT_EQ(built_in_kind(22), NumberKind::date);
  EXPECT_EQ(built_in_kind(46), NumberKind::duration);
  EXPECT_EQ(built_in_kind(49), NumberKind::number);
}

TEST(CellText, WritesNumbersAsPeopleDo) {
  for (auto [number, text] : std::vector<std::pair<double, const char*>>{{0, "0"},
                                                                         {-0.0, "0"},
                                                                         {7456123987.0, "7456123987"},
                                                                         {447700900123.0, "447700900123"},
                                                                         {1.5, "1.5"},
                                                                         {0.1 + 0.2, "0.3"},
                                                                         {-2.25, "-2.25"},
                                                                         {9007199254740991.0, "9007199254740991"},
                                                                         {1e20, "1e+20"}})
    EXPECT_EQ(number_text(number), text);
}

TEST(CellText, WritesSerialDates) {
  EXPECT_EQ(date_text(46024, false), "2026-01-02 00:00:00");
  EXPECT_EQ(date_text(46024.5, false), "2026-01-02 12:00:00");
  EXPECT_EQ(date_text(0.25, false), "06:00:00");
  EXPECT_EQ(date_text(1, false), "1900-01-01 00:00:00");
  EXPECT_EQ(date_text(59, false), "1900-02-28 00:00:00");
  EXPECT_EQ(date_text(60, false), std::nullopt);  // 29 February 1900
  EXPECT_EQ(date_text(61, false), "1900-03-01 00:00:00");
  EXPECT_EQ(date_text(2958465, false), "9999-12-31 00:00:00");
  EXPECT_EQ(date_text(2958466, false), std::nullopt);
  EXPECT_EQ(date_text(2958465, true), std::nullopt);
  EXPECT_EQ(date_text(2958465.9999999, false), std::nullopt);
  EXPECT_EQ(date_text(-1, false), std::nullopt);
  EXPECT_EQ(date_text(0.5, true), "12:00:00");
  EXPECT_EQ(date_text(44562, true), "2026-01-02 00:00:00");
  EXPECT_EQ(duration_text(1.5), "36:00:00");
  EXPECT_EQ(duration_text(-1), std::nullopt);
  EXPECT_EQ(duration_text(1e300), std::nullopt);
}

TEST(CellText, WritesIsoDates) {
  EXPECT_EQ(iso_date_text("2026-01-02"), "2026-01-02 00:00:00");
  EXPECT_EQ(iso_date_text("2026-01-02T09:30:00"), "2026-01-02 09:30:00");
  EXPECT_EQ(iso_date_text("2026-01-02T09:30:00.123456Z"), "2026-01-02 09:30:00");
  for (const char* bad : {"", "2026", "2026-13-01", "2026-02-29", "2026-01-02T", "2026-01-02T25:00:00",
                          "2026-01-02 09:30:00", "2026-01-02T09:30:00+01:00", "20260102", "x"})
    EXPECT_EQ(iso_date_text(bad), std::nullopt) << bad;
  EXPECT_EQ(iso_duration_text("PT09H30M00S"), "09:30:00");
  EXPECT_EQ(iso_duration_text("PT100H00M05.5S"), "100:00:05");
  for (const char* bad : {"", "PT", "P1D", "PT5S", "PTxH"}) EXPECT_EQ(iso_duration_text(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace postroom::spreadsheet
