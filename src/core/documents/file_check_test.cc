// Varied: encodings, sizes around the limit, names and contents. What is refused must say which key, which limit
// and what to do.
#include "core/documents/file_check.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace postroom::documents {
namespace {

constexpr std::size_t kLimit = 1000;

std::string refusal(std::string_view content, std::optional<std::string_view> name = {}) {
  const std::string encoded = to_base64(content);
  auto checked = check_file({encoded, name, false}, kLimit);
  if (checked) return "";
  EXPECT_EQ(checked.error().kind, ErrorKind::invalid_input);
  return checked.error().message;
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(FileCheck, TheLimitItselfPasses) {
  for (std::size_t over : {0, 1, 2, 3, 4, 1000}) {
    const std::string message = refusal(std::string(kLimit + over, 'a'));
    EXPECT_EQ(message.empty(), over == 0) << over;
    if (over > 0) {
      EXPECT_TRUE(has(message, "file has") && has(message, "1000")) << message;
    }
  }
  EXPECT_EQ(refusal(std::string(kLimit - 1, 'a')), "");
}

TEST(FileCheck, Base64IsStrictButForLineBreaks) {
  for (const char* text : {"YQ", "YQ=", "Y!==", "YQ==YQ==", "-_-_"}) {
    auto checked = check_file({text, {}, false}, kLimit);
    ASSERT_FALSE(checked) << text;
    EXPECT_TRUE(has(checked.error().message, "base64")) << checked.error().message;
  }
  auto lines = check_file({"aGVs\r\nbG8=\n", {}, false}, kLimit);
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->content, "hello");
  EXPECT_TRUE(has(check_file({"", {}, false}, kLimit).error().message, "empty"));
}

TEST(FileCheck, WithoutANameTheContentDecides) {
  auto text = check_file({to_base64("a,b\n"), {}, false}, kLimit);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->file_name, "document.txt");
  auto table = check_file({to_base64("a,b\n"), {}, true}, kLimit);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->type, FileType::csv);
  EXPECT_EQ(table->file_name, "document.csv");
  auto pdf = check_file({to_base64("%PDF-1.7"), {}, true}, kLimit);
  ASSERT_TRUE(pdf);
  EXPECT_EQ(pdf->file_name, "document.pdf");
  EXPECT_TRUE(has(refusal(std::string("MZ\0", 3)), "csv, doc, docx"));
}

TEST(FileCheck, NameAndContentMustAgree) {
  EXPECT_EQ(refusal("a,b", "list.csv"), "");
  EXPECT_EQ(refusal("{}", "data.JSON"), "");
  EXPECT_TRUE(has(refusal("a,b", "report.pdf"), "not of the type pdf that its filename tells but of the type txt"));
  EXPECT_TRUE(has(refusal(std::string("MZ\0", 3), "report.pdf"), "not of the type pdf"));
  EXPECT_TRUE(has(refusal("a", "setup.exe"), "filename ends in .exe"));
  EXPECT_TRUE(has(refusal("a", "page.html"), "csv, doc, docx"));
}

TEST(FileCheck, NamesAreShortAndPlain) {
  auto of_length = [](std::size_t count) {
    std::string name;
    while (count-- > 4) name += "é";
    return name + ".csv";
  };
  EXPECT_EQ(refusal("a", of_length(99)), "");
  EXPECT_EQ(refusal("a", of_length(100)), "");
  EXPECT_TRUE(has(refusal("a", of_length(101)), "filename has 101 characters, shorten it to at most 100"));
  for (const char* name : {"../a.csv", "a\\b.csv", "a\nb.csv", "a\x7f.csv", "a\u202Evsc.exe.csv", "a\u2066.csv"}) {
    EXPECT_TRUE(has(refusal("a", name), "filename must not have")) << name;
  }
  for (const char* name : {".csv", " .csv", "csv"}) EXPECT_TRUE(has(refusal("a", name), "filename needs")) << name;
  EXPECT_EQ(refusal("a", "Quoted \"name\"; Привет.csv"), "");
}

TEST(ReadableSize, RoundsAsFileManagersDo) {
  for (auto [bytes, text] : {std::pair{0U, "0 bytes"},
                             {1U, "1 byte"},
                             {1023U, "1023 bytes"},
                             {1024U, "1 KB"},
                             {600U * 1024, "600 KB"},
                             {1024U * 1024 - 513, "1023 KB"},
                             {1024U * 1024 - 512, "1 MB"},
                             {1024U * 1024 * 3 / 2, "1.5 MB"},
                             {2U * 1024 * 1024, "2 MB"}}) {
    EXPECT_EQ(readable_size(bytes), text) << bytes;
  }
}

}  // namespace
}  // namespace postroom::documents
