// Uploaded files: extensions, encodings, line ends, tabs, limits.
#include "core/recipients/sheet_upload.h"

#include <gtest/gtest.h>

#include "core/recipients/recipient_csv.h"

namespace postroom::recipients {
namespace {

TEST(SheetUpload, extension_tells_the_kind) {
  EXPECT_EQ(sheet_file_of("people.CSV"), SheetFile::csv);
  EXPECT_EQ(sheet_file_of("a.b.tsv"), SheetFile::tsv);
  for (const char* name : {"a.xlsx", "a.xlsm", "a.xls", "a.Ods"})
    EXPECT_EQ(sheet_file_of(name), SheetFile::workbook);
  for (const char* name : {"csv", "a.csv.exe", "a.", ""}) EXPECT_EQ(sheet_file_of(name), std::nullopt);
}

TEST(SheetUpload, stored_form) {
  EXPECT_EQ(stored_sheet("\xEF\xBB\xBF"
                         "a,b\nc,\"d\"\re\u2028f",
                         SheetFile::csv),
            "a,b\r\nc,\"d\"\r\ne\r\nf\r\n");
  EXPECT_EQ(stored_sheet("a\tb,c\n\"d\te\"\t\"f\"\n", SheetFile::tsv), "a,\"b,c\"\r\nd\te,f\r\n");
  EXPECT_EQ(stored_sheet("", SheetFile::csv), "");
}

TEST(SheetUpload, unreadable_files_are_refused_with_a_remedy) {
  for (auto refused :
       {stored_sheet("a\xff", SheetFile::csv),
        stored_sheet("\xFF\xFE"
                     "a",
                     SheetFile::csv),
        stored_sheet("PK", SheetFile::workbook), stored_sheet(std::string(kSheetBytesMax, 'a'), SheetFile::csv),
        stored_sheet(std::string(kUploadRowsMax + 1, '\n'), SheetFile::tsv)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
    EXPECT_FALSE(refused.error().message.empty());
  }
  EXPECT_TRUE(stored_sheet(std::string(kSheetBytesMax - 1, 'a'), SheetFile::csv));
  EXPECT_TRUE(stored_sheet(std::string(kUploadRowsMax, '\n'), SheetFile::tsv));
}

}  // namespace
}  // namespace postroom::recipients
