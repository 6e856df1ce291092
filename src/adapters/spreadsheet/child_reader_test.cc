// Varied: programs that answer, refuse, die, hang or talk too much. The real one is started by the end-to-end
// tests.
#include "adapters/spreadsheet/child_reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace postroom::spreadsheet {
namespace {

class ChildReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "postroom-child-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string program(const std::string& script) {
    std::string path = folder_ + "/program";
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  std::string folder_;
};

TEST_F(ChildReaderTest, HandsTheWorkbookOverAndTheAnswerBack) {
  std::string large(3 << 20, 'x');
  auto csv = ChildReader(program("[ \"$1\" = __read-spreadsheet ] && cat; [ -z \"$HOME\" ]")).to_csv(large);
  ASSERT_TRUE(csv) << csv.error().message;
  EXPECT_EQ(*csv, large);
  auto refused = ChildReader(program("printf 'not this one'; exit 3")).to_csv("x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), (Error{ErrorKind::invalid_input, "not this one"}));
}

TEST_F(ChildReaderTest, ReportsProcessesThatBreak) {
  for (const char* script : {"kill -9 $$", "kill -SEGV $$", "exit 4", "exit 1", "printf half; exit 7", "sleep 30",
                             "exec yes 'a very long answer that has no end whatever is done about it'"}) {
    auto csv = ChildReader(program(script), std::chrono::milliseconds{700}).to_csv("x");
    ASSERT_FALSE(csv) << script;
    EXPECT_EQ(csv.error().kind, ErrorKind::invalid_input) << script;
    EXPECT_NE(csv.error().message.find("takes too much time or memory"), std::string::npos) << script;
  }
  auto absent = ChildReader(folder_ + "/absent").to_csv("x");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::retry_later);
}

}  // namespace
}  // namespace postroom::spreadsheet
