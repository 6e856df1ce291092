// The print drop on a plain folder keeps the same contract as the one over SFTP.
#include "adapters/filesystem/folder_print_drop.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "adapters/filesystem/file.h"

namespace postroom::filesystem {
namespace {

namespace fs = std::filesystem;

class FolderPrintDropTest : public testing::Test {
 protected:
  FolderPrintDropTest() {
    std::string pattern = (fs::temp_directory_path() / "postroom-drop-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directory(folder_ + "/share");
    EXPECT_TRUE(write_file_durably(local_path(), Bytes(3'000'000, 'z')));
  }
  ~FolderPrintDropTest() override { fs::remove_all(folder_); }

  std::string local_path() const { return folder_ + "/local.zip"; }

  std::string folder_;
};

TEST_F(FolderPrintDropTest, FT6_UploadsUnderTheFinalNameAtTheEnd) {
  FolderPrintDrop drop(folder_ + "/share");
  std::vector<std::uint64_t> seen;
  ASSERT_TRUE(drop.upload("notify", "A.ZIP", local_path(), [&](std::uint64_t sent) {
    seen.push_back(sent);
    EXPECT_FALSE(fs::exists(folder_ + "/share/notify/A.ZIP"));
    EXPECT_TRUE(fs::exists(folder_ + "/share/notify/A.ZIP.part"));
    return true;
  }));
  EXPECT_EQ(seen.back(), 3'000'000U);
  EXPECT_GT(seen.size(), 1U);
  EXPECT_FALSE(fs::exists(folder_ + "/share/notify/A.ZIP.part"));
  EXPECT_EQ(drop.stat("notify", "A.ZIP")->size, 3'000'000U);
  auto files = drop.list("notify");
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 1U);
  EXPECT_EQ(files->front().name, "A.ZIP");
}

TEST_F(FolderPrintDropTest, FT8_ReplacesAnExistingFile) {
  FolderPrintDrop drop(folder_ + "/share");
  fs::create_directory(folder_ + "/share/notify");
  ASSERT_TRUE(write_file_durably(folder_ + "/share/notify/A.ZIP", "half"));
  ASSERT_TRUE(drop.upload("notify", "A.ZIP", local_path(), {}));
  EXPECT_EQ(drop.stat("notify", "A.ZIP")->size, 3'000'000U);
}

TEST_F(FolderPrintDropTest, GivingUpLeavesNothing) {
  FolderPrintDrop drop(folder_ + "/share");
  auto sent = drop.upload("notify", "A.ZIP", local_path(), [](std::uint64_t) { return false; });
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::retry_later);
  EXPECT_TRUE(drop.list("notify")->empty());
}

TEST_F(FolderPrintDropTest, AnUnmountedShareIsTroubleNotAnEmptyFolder) {
  FolderPrintDrop drop(folder_ + "/unmounted");
  EXPECT_EQ(drop.list("responses").error().kind, ErrorKind::retry_later);
  EXPECT_EQ(drop.stat("notify", "A.ZIP").error().kind, ErrorKind::retry_later);
  EXPECT_EQ(drop.fetch("responses", "A.TXT", 10).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(drop.upload("notify", "A.ZIP", local_path(), {}).error().kind, ErrorKind::retry_later);
}

TEST_F(FolderPrintDropTest, AbsentThings) {
  FolderPrintDrop drop(folder_ + "/share");
  EXPECT_TRUE(drop.list("nowhere")->empty());
  EXPECT_EQ(drop.stat("notify", "A").error().kind, ErrorKind::not_found);
  EXPECT_EQ(drop.fetch("notify", "A", 10).error().kind, ErrorKind::not_found);
  FolderPrintDrop unmounted(folder_ + "/gone");
  auto sent = unmounted.upload("notify", "A.ZIP", local_path(), {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::retry_later);
  EXPECT_NE(sent.error().message.find(folder_ + "/gone"), std::string::npos);
}

TEST_F(FolderPrintDropTest, FetchesWithinTheLimitAndRefusesNamesThatLeaveTheFolder) {
  FolderPrintDrop drop(folder_ + "/share");
  ASSERT_TRUE(write_file_durably(folder_ + "/share/R.TXT", "ABC|Sent|1|Sorted"));
  EXPECT_EQ(drop.fetch("", "R.TXT", 17).value(), "ABC|Sent|1|Sorted");
  EXPECT_EQ(drop.fetch("", "R.TXT", 16).error().kind, ErrorKind::rejected);
  for (std::string_view name : {"../local.zip", "a/b", ".", "..", ""}) {
    EXPECT_EQ(drop.fetch("", name, 10).error().kind, ErrorKind::invalid_input) << name;
  }
  EXPECT_EQ(drop.list("../").error().kind, ErrorKind::invalid_input);
}

TEST_F(FolderPrintDropTest, AFileThatThePrintHouseTakesAtOnceIsNotSentAgain) {
  auto drop = std::make_unique<FolderPrintDrop>(folder_ + "/share");
  std::atomic<bool> is_done = false;
  std::thread print_house([&] {
    while (!is_done) {
      std::error_code ignored;
      fs::rename(folder_ + "/share/notify/A.ZIP", folder_ + "/share/TAKEN", ignored);
    }
  });
  for (int i = 0; i < 10; ++i) {
    auto sent = drop->upload("notify", "A.ZIP", local_path(), {});
    EXPECT_TRUE(sent) << sent.error().message;
  }
  is_done = true;
  print_house.join();
}

}  // namespace
}  // namespace postroom::filesystem
