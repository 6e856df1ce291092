// Whole files and temporary files on a real folder.
#include "adapters/filesystem/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

namespace postroom::filesystem {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string pattern = (fs::temp_directory_path() / "postroom-file-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FileTest() override { fs::remove_all(folder_); }

  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  std::string folder_;
};

TEST_F(FileTest, WritesReadsAndReplaces) {
  std::string path = folder_ + "/a";
  ASSERT_TRUE(write_file_durably(path, "one"));
  ASSERT_TRUE(write_file_durably(path, "three", 0644));
  EXPECT_EQ(read_file(path, 5).value(), "three");
  EXPECT_EQ(files(), 1U);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0644U);
}

TEST_F(FileTest, RefusesAFileOverTheLimit) {
  ASSERT_TRUE(write_file_durably(folder_ + "/a", "three"));
  EXPECT_EQ(read_file(folder_ + "/a", 4).error().kind, ErrorKind::rejected);
  EXPECT_EQ(read_file(folder_ + "/b", 4).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(read_file(folder_, 4));
}

TEST_F(FileTest, TemporaryFileGoesAwayUnlessMoved) {
  {
    ASSERT_TRUE(TempFile::create(folder_));
  }
  EXPECT_EQ(files(), 0U);
  auto file = TempFile::create(folder_);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("x"));
  ASSERT_TRUE(std::move(*file).move_to(folder_ + "/kept"));
  EXPECT_EQ(read_file(folder_ + "/kept", 10).value(), "x");
  EXPECT_EQ(files(), 1U);
}

TEST_F(FileTest, FailedMoveLeavesTheOldFileAndNoOther) {
  fs::create_directories(folder_ + "/taken/by");
  EXPECT_FALSE(write_file_durably(folder_ + "/taken", "x"));
  EXPECT_TRUE(fs::is_directory(folder_ + "/taken/by"));
  EXPECT_EQ(files(), 1U);
}

TEST_F(FileTest, MakesFoldersOnTheWay) {
  ASSERT_TRUE(make_folders(folder_ + "/a/b/c"));
  ASSERT_TRUE(make_folders(folder_ + "/a/b/c"));
  ASSERT_TRUE(make_folders(folder_ + "/a/b/d"));
  EXPECT_TRUE(fs::is_directory(folder_ + "/a/b/c"));
  EXPECT_TRUE(fs::is_directory(folder_ + "/a/b/d"));
  ASSERT_TRUE(write_file_durably(folder_ + "/file", "x"));
  EXPECT_FALSE(make_folders(folder_ + "/file/sub"));
  EXPECT_FALSE(make_folders(folder_ + "/file"));
}

}  // namespace
}  // namespace postroom::filesystem
