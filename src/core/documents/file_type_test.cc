// Varied: names, beginnings of files, zips of office programs and broken ones. A kind must be borne out by the
// content, and no content may make the reader look outside of it.
#include "core/documents/file_type.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/documents/testing.h"

namespace postroom::documents {
namespace {

using namespace std::string_view_literals;
using enum FileType;

TEST(FileTypeOfName, ReadsTheExtension) {
  for (auto [name, type] : {std::pair{"a.csv", csv},
                            {"a.doc", doc},
                            {"a.docx", docx},
                            {"a.jpeg", jpeg},
                            {"a.jpg", jpeg},
                            {"a.json", json},
                            {"a.odt", odt},
                            {"a.pdf", pdf},
                            {"a.png", png},
                            {"a.rtf", rtf},
                            {"a.txt", txt},
                            {"a.xlsx", xlsx},
                            {"my.report.PDF", pdf}}) {
    EXPECT_EQ(type_of_name(name), type) << name;
    EXPECT_EQ(type_of_name("x." + std::string(extension(type))), type);
    EXPECT_EQ(parse_file_type(to_string(type)), type);
    EXPECT_FALSE(media_type(type).empty());
    EXPECT_FALSE(describe(type).empty());
  }
  for (const char* name : {"a", "a.", "a.exe", "a.pdf.exe", "a.html", "a.svg", "a.docm", "a.xls", "a.zip", "pdf"}) {
    EXPECT_EQ(type_of_name(name), std::nullopt) << name;
  }
  EXPECT_EQ(allowed_extensions(), "csv, doc, docx, jpeg, jpg, json, odt, pdf, png, rtf, txt, xlsx");
}

TEST(FileTypeOfContent, IsToldByTheBytes) {
  const std::pair<std::string, std::optional<FileType>> rows[] = {
      {"%PDF-1.7\n", pdf},
      {fmt::format("{:1019}%PDF-", ""), pdf},
      {fmt::format("{:1020}%PDF-", ""), txt},
      {std::string("\x89PNG\r\n\x1a\n\0\0", 10), png},
      {std::string("\x89PNG\n\x1a\n\0\0", 9), std::nullopt},
      {std::string("\xff\xd8\xff\xe0\0", 5), jpeg},
      {"{\\rtf1 hello}", rtf},
      {testing::a_word_97_file(), doc},
      {testing::a_compound_file(), std::nullopt},
      {testing::a_zip({{"[Content_Types].xml", "x"}, {"word/document.xml", "x"}}), docx},
      {testing::a_zip({{"[Content_Types].xml", "x"}, {"xl/workbook.xml", "x"}}), xlsx},
      {testing::a_zip({{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", "x"}}), odt},
      {testing::a_zip({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}}), std::nullopt},
      {testing::a_zip({{"word/document.xml", "x"}}), std::nullopt},
      {testing::a_zip({{"[Content_Types].xml", "x"}, {"ppt/presentation.xml", "x"}}), std::nullopt},
      {testing::a_zip({{"[Content_Types].xml", "x"}, {"word/a", "x"}, {"xl/a", "x"}}), std::nullopt},
      {testing::a_zip({{"evil.exe", "x"}}), std::nullopt},
      {testing::a_zip({}), std::nullopt},
      {"PK\x03\x04", std::nullopt},
      {"a,b\n1,2\r\n", txt},
      {"caf\xc3\xa9\t", txt},
      {"caf\xe9\t", txt},
      {"end\x1a", txt},
      {"\xef\xbb\xbf"
       "a,b",
       txt},
      {std::string("\xff\xfe"
                   "a\0\n\0",
                   6),
       txt},
      {std::string("\xfe\xff\0a\0\n", 6), txt},
      {std::string("\xff\xfe"
                   "a\0\n",
                   5),
       std::nullopt},
      {std::string("\xff\xfe"
                   "a\0\x01\0",
                   6),
       std::nullopt},
      {std::string("a\0b", 3), std::nullopt},
      {"a\x1b[2Jb", std::nullopt},
      {"a\x7f", std::nullopt},
      {std::string("MZ\x90\0\x03", 5), std::nullopt},
      {std::string("\x7f"
                   "ELF\x02",
                   5),
       std::nullopt},
      {std::string("GIF89a\x01\0\x01\0", 10), std::nullopt}};
  for (const auto& [content, type] : rows) EXPECT_EQ(type_of_content(content), type) << content;
}

TEST(FileTypeOfContent, MustBearOutTheName) {
  EXPECT_TRUE(can_be(csv, "a,b"));
  EXPECT_TRUE(can_be(json, "{}"));
  EXPECT_FALSE(can_be(csv, "a\0b"sv));
  EXPECT_FALSE(can_be(pdf, "a,b"));
  EXPECT_FALSE(can_be(docx, testing::a_zip({{"[Content_Types].xml", "x"}, {"xl/workbook.xml", "x"}})));
  EXPECT_FALSE(can_be(jpeg, "\x89PNG\r\n\x1a\n"));
  EXPECT_FALSE(can_be(doc, "{\\rtf1 hello}"));
}

TEST(FileTypeOfContent, LooksNeverOutsideABrokenZip) {
  const std::string whole =
      testing::a_zip({{"[Content_Types].xml", "x"}, {"mimetype", "y"}, {"word/document.xml", "x"}});
  for (std::size_t size = 0; size <= whole.size(); ++size) type_of_content(std::string(whole, 0, size));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (char byte : {'\x00', '\xff', '\x7f'}) {
      std::string broken = whole;
      broken[at] = byte;
      type_of_content(broken);
    }
  }
}

}  // namespace
}  // namespace postroom::documents
