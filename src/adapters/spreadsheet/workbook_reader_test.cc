// Varied: workbooks as spreadsheet programs write them, and as enemies do; each limit and each message.
#include "adapters/spreadsheet/workbook_reader.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "adapters/spreadsheet/limits.h"
#include "adapters/spreadsheet/testing.h"

namespace postroom::spreadsheet {
namespace {

using testing::made_ods;
using testing::made_xlsx;
using testing::made_zip;

std::string file_of(const std::string& name) {
  std::ifstream file(std::string(POSTROOM_SOURCE_DIR) + "/tests/data/sheets/" + name, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

std::string csv_of(const std::string& workbook) {
  auto csv = WorkbookReader().to_csv(workbook);
  return csv ? *csv : "error: " + csv.error().message;
}

std::string refusal_of(const std::string& workbook) {
  auto csv = WorkbookReader().to_csv(workbook);
  if (csv) return "no error, but: " + *csv;
  EXPECT_EQ(csv.error().kind, ErrorKind::invalid_input);
  return csv.error().message;
}

// <row> elements of cells with inline text.
std::string rows_of(const std::vector<std::vector<std::string>>& rows) {
  std::string xml = "<sheetData>";
  for (const auto& row : rows) {
    xml += "<row>";
    for (const auto& cell : row) xml += "<c t='inlineStr'><is><t>" + cell + "</t></is></c>";
    xml += "</row>";
  }
  return xml + "</sheetData>";
}

TEST(WorkbookReader, ReadsTheFirstVisibleSheetOfExcelFiles) {
  const std::string expected =
      "phone number,name,due,amount,twice,at\r\n"
      "7700900001,Ann Example,2026-01-02 00:00:00,1.5,3,09:30:00\r\n"
      "+447700900003,\"Zoë \"\"Zo\"\" O’Neil, Dr\",2026-03-29 13:05:00,1234.25,2468.5\r\n";
  EXPECT_EQ(csv_of(file_of("people.xlsx")), expected);
  EXPECT_EQ(csv_of(file_of("people.xlsm")), expected);
}

TEST(WorkbookReader, ReadsTheFirstVisibleSheetOfOpenDocument) {
  EXPECT_EQ(csv_of(file_of("people.ods")),
            "phone number,name,due,amount,at,yes\r\n"
            "07700900001,Ann Example,2026-01-02 00:00:00,1.5,09:30:00,TRUE\r\n"
            "7700900003,\"Two\nlines\",Friday,Friday\r\n");
}

TEST(WorkbookReader, FillsMergedCells) {
  EXPECT_EQ(csv_of(file_of("merged.xlsx")),
            "email address,team,item,item\r\n"
            "ann@example.org,North,one,two\r\n"
            "bob@example.org,North\r\n"
            "cyd@example.org,South,three,three\r\n");
  // A range to the end of the sheet reaches the last row there is, and wins over what lies under it.
  EXPECT_EQ(csv_of(made_xlsx(rows_of({{"a", "b"}, {"1", "2"}, {"3", "4"}}) +
                             "<mergeCells><mergeCell ref='A2:A1048576'/></mergeCells>")),
            "a,b\r\n1,2\r\n1,4\r\n");
  EXPECT_EQ(
      csv_of(made_ods("<table:table><table:table-row><table:table-cell table:number-rows-spanned='2' "
                      "table:number-columns-spanned='2'><text:p>x</text:p></table:table-cell></table:table-row>"
                      "<table:table-row><table:covered-table-cell table:number-columns-repeated='2'/>"
                      "<table:table-cell><text:p>y</text:p></table:table-cell></table:table-row></table:table>")),
      "x,x\r\nx,x,y\r\n");
}

TEST(WorkbookReader, GivesPlainTextOfEveryKindOfCell) {
  const std::string strings =
      "<si><t>shared</t></si><si><r><t>rich </t></r><r><t>text</t></r><rPh><t>PHONETIC</t></rPh></si>"
      "<si><t>a_x000D__x005F_x0041_b</t></si>";
  const std::string sheet =
      "<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' t='s'><v>1</v></c><c r='D1' t='s'><v>2</v></c>"
      "<c r='E1' t='b'><v>1</v></c><c r='F1' t='b'><v>0</v></c><c r='G1' t='e'><v>#N/A</v></c>"
      "<c r='H1' t='str'><f>A1&amp;B1</f><v>made</v></c><c r='I1' t='d'><v>2026-01-02T03:04:05.678Z</v></c></row>"
      "<row r='3'><c><v>7.456123987E9</v></c><c s='5'><v>0.1</v></c><c><v>0.30000000000000004</v></c>"
      "<c s='2'><v>1.5</v></c><c s='3'><v>0.39583333333333331</v></c><c s='4'><v>46024.999999999</v></c>"
      "<c><v>-0.5</v></c><c><v>1E+30</v></c><c><f>1+1</f></c><c><v>12x</v></c></row></sheetData>";
  EXPECT_EQ(csv_of(made_xlsx(sheet, strings)),
            "shared,,rich text,\"a\r_x0041_b\",TRUE,FALSE,#N/A,made,2026-01-02 03:04:05\r\n"
            "\r\n"
            "7456123987,0.1,0.3,36:00:00,09:30:00,2026-01-03 00:00:00,-0.5,1e+30,,12x\r\n");
}

TEST(WorkbookReader, CountsDaysFrom1904WhereTheWorkbookSaysSo) {
  EXPECT_EQ(csv_of(made_xlsx("<sheetData><row><c s='1'><v>1</v></c></row></sheetData>", "",
                             "<workbookPr date1904='1'/>")),
            "1904-01-02 00:00:00\r\n");
}

TEST(WorkbookReader, SkipsHiddenSheetsChartsRowsAndColumns) {
  EXPECT_EQ(csv_of(made_xlsx(rows_of({{"a"}}), "", "",
                             "<sheet name='1' state='hidden' r:id='r1'/><sheet name='2' r:id='r4'/>"
                             "<sheet name='3' r:id='r1'/>")),
            "a\r\n");
  EXPECT_EQ(refusal_of(made_xlsx("", "", "", "<sheet name='1' state='veryHidden' r:id='r1'/>")),
            "All sheets of the workbook are hidden: show the one to be sent");
  EXPECT_EQ(refusal_of(made_ods("<table:table table:style-name='h'/>")),
            "All sheets of the workbook are hidden: show the one to be sent");
  EXPECT_EQ(refusal_of(file_of("all_rows_hidden.xlsx")),
            "All rows or columns of the sheet are hidden: show those to be sent");
  EXPECT_EQ(csv_of(made_xlsx("<cols><col min='2' max='3' hidden='true'/></cols>" +
                             rows_of({{"a", "b", "c", "d"}, {"", "x", "", "y"}}))),
            "a,d\r\n,y\r\n");
  EXPECT_EQ(csv_of(made_ods("<table:table><table:table-row table:visibility='collapse' "
                            "table:number-rows-repeated='2'><table:table-cell><text:p>x</text:p></table:table-cell>"
                            "</table:table-row><table:table-row table:number-rows-repeated='2'><table:table-cell "
                            "table:number-columns-repeated='2'><text:p>y<text:s text:c='2'/>z<text:line-break/>"
                            "</text:p></table:table-cell></table:table-row></table:table>")),
            "\"y  z\n\",\"y  z\n\"\r\n\"y  z\n\",\"y  z\n\"\r\n");
}

TEST(WorkbookReader, EmptySheetsAreEmpty) {
  EXPECT_EQ(csv_of(file_of("empty.xlsx")), "");
  EXPECT_EQ(csv_of(made_ods("<table:table/>")), "");
  EXPECT_EQ(refusal_of(made_ods("")), "The workbook has no sheets");
}

TEST(WorkbookReader, SaysWhatToDoWithFilesItCannotRead) {
  const std::string password = "The workbook is protected by a password: take the password away and save it again";
  EXPECT_EQ(refusal_of(file_of("password.xlsx")), password);
  EXPECT_EQ(refusal_of(file_of("password.ods")), password);
  EXPECT_NE(refusal_of(file_of("old.xls")).find("(.xls) cannot be read: save it as .xlsx or CSV"),
            std::string::npos);
  EXPECT_NE(refusal_of(file_of("text.xlsx")).find("The file is no workbook, whatever its name says"),
            std::string::npos);
  EXPECT_NE(refusal_of(made_zip({{"word/document.xml", ""}})).find("is no .xlsx or .ods workbook"),
            std::string::npos);
  EXPECT_EQ(refusal_of(file_of("date_out_of_range.xlsx")),
            "Row 2 of the sheet has a date that cannot be read: save the sheet as CSV");
  EXPECT_NE(refusal_of(made_zip({{"[Content_Types].xml", ""},
                                 {"_rels/.rels",
                                  "<R><Relationship Id='a' Type='/officeDocument' "
                                  "Target='xl/workbook.bin'/></R>"}}))
                .find("(.xlsb) cannot be read"),
            std::string::npos);
}

TEST(WorkbookReader, RefusesDamagedAndHostileFiles) {
  for (const char* name : {"cut.xlsx", "damaged.xlsx", "entities.xlsx"})
    EXPECT_NE(refusal_of(file_of(name)).find("is damaged"), std::string::npos) << name;
  EXPECT_NE(refusal_of(file_of("bomb.xlsx")).find("grows too large when it is unpacked"), std::string::npos);
  EXPECT_NE(refusal_of("PK\x03\x04").find("is damaged"), std::string::npos);
  std::string deep = "<sheetData>";
  for (std::size_t i = 0; i < kXmlDepthMax + 1; ++i) deep += "<a>";
  EXPECT_NE(refusal_of(made_xlsx(deep)).find("is damaged"), std::string::npos);
  for (const char* cell :
       {"<row r='0'/>", "<row r='1048577'/>", "<row><c r='XFE1'/></row>", "<row><c r='1A'/></row>",
        "<row><c r='A99999999999'/></row>", "<row><c t='s'><v>7</v></c></row>"})
    EXPECT_NE(refusal_of(made_xlsx(std::string("<sheetData>") + cell + "</sheetData>")).find("is damaged"),
              std::string::npos)
        << cell;
  EXPECT_NE(refusal_of(made_xlsx("<mergeCell ref='A0:B1'/>")).find("is damaged"), std::string::npos);
}

TEST(WorkbookReader, EveryCutOfAWorkbookIsRefusedOrRead) {
  for (const char* name : {"people.xlsx", "people.ods"}) {
    std::string whole = file_of(name);
    for (std::size_t size = 0; size < whole.size(); size += 7) (void)WorkbookReader().to_csv(whole.substr(0, size));
    for (std::size_t at = 0; at < whole.size(); at += 3) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0x41);
      (void)WorkbookReader().to_csv(changed);
    }
  }
}

TEST(WorkbookReader, HoldsTheLimitsOfRowsAndColumns) {
  EXPECT_EQ(refusal_of(made_xlsx("<sheetData><row r='200001'><c><v>1</v></c></row></sheetData>")),
            "The sheet has more than 200000 rows: split it into several files");
  EXPECT_EQ(csv_of(made_xlsx("<sheetData><row><c><v>1</v></c></row><row r='1048576'><c/></row></sheetData>")),
            "1\r\n");
  // OpenDocument can say this in a hundred bytes.
  EXPECT_NE(
      refusal_of(made_ods("<table:table><table:table-row table:number-rows-repeated='1048576'><table:table-cell "
                          "table:number-columns-repeated='1000'><text:p>x</text:p></table:table-cell>"
                          "</table:table-row></table:table>"))
          .find("more than 4000000 filled cells"),
      std::string::npos);
  auto wide = [](const std::string& column) {
    return "<sheetData><row r='1'><c r='A1'><v>1</v></c><c r='" + column + "1'><v>1</v></c></row></sheetData>";
  };
  EXPECT_EQ(csv_of(made_xlsx(wide("ALL"))).size(), 1 + 999 + 1 + 2U);  // ALL is column 1,000
  EXPECT_EQ(refusal_of(made_xlsx(wide("ALM"))),
            "The sheet has more than 1000 columns: take away those that are not needed");
  EXPECT_EQ(csv_of(made_xlsx("<cols><col min='1001' max='16384' hidden='1'/></cols>" + wide("ALM"))), "1\r\n");
  // Only header cells count, and of short headers 50 columns are read.
  EXPECT_EQ(csv_of(made_xlsx("<sheetData><row><c><v>1</v></c></row><row r='2'><c r='AX2'><v>5</v></c><c r='AY2'>"
                             "<v>6</v></c><c r='ALM2'><v>7</v></c></row></sheetData>")),
            "1\r\n" + std::string(49, ',') + "5\r\n");
}

TEST(WorkbookReader, HoldsTheLimitsOfText) {
  // A long text that many cells share.
  std::string strings = "<si><t>" + std::string(1 << 20, 'x') + "</t></si>";
  std::string sheet = "<sheetData>";
  for (int i = 0; i < 65; ++i) sheet += "<row><c t='s'><v>0</v></c></row>";
  EXPECT_NE(refusal_of(made_xlsx(sheet + "</sheetData>", strings)).find("64 MB of text"), std::string::npos);
  // Merged ranges multiply what is written, not what is held.
  std::string merged =
      "<sheetData><row><c t='s'><v>0</v></c></row><row r='100'/></sheetData><mergeCells><mergeCell "
      "ref='A1:A100'/></mergeCells>";
  EXPECT_NE(refusal_of(made_xlsx(merged, strings)).find("64 MB of text"), std::string::npos);
  std::string squares;
  for (int i = 0; i < 5; ++i) squares += "<mergeCell ref='A1:ALL200000'/>";
  EXPECT_NE(refusal_of(made_xlsx("<sheetData><row><c><v>1</v></c></row><row r='200000'/></sheetData>" + squares))
                .find("filled cells"),
            std::string::npos);
}

}  // namespace
}  // namespace postroom::spreadsheet
