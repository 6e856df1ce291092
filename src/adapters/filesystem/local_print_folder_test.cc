#include "adapters/filesystem/local_print_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace postroom::filesystem {
namespace {

namespace fs = std::filesystem;

class LocalPrintFolderTest : public ::testing::Test {
 protected:
  LocalPrintFolderTest() {
    fs::create_directories(root_);
    std::ofstream(local_) << "letters";
  }
  ~LocalPrintFolderTest() override {
    fs::remove_all(root_);
    fs::remove(local_);
  }
  Result<void> upload(const std::string& name = "a.pdf") { return folder_.upload("to-print", name, local_, {}); }
  bool exists(const std::string& path) const { return fs::exists(root_ + "/" + path); }

  std::string root_ = fmt::format("/tmp/postroom-paper-{}", ::getpid());
  std::string local_ = root_ + ".local";
  LocalPrintFolder folder_{root_};
};

TEST_F(LocalPrintFolderTest, a_file_is_seen_when_it_is_published_and_not_before) {
  ASSERT_TRUE(upload());
  EXPECT_TRUE(exists("being-made/a.pdf"));
  EXPECT_FALSE(exists("to-print/a.pdf"));
  EXPECT_EQ(folder_.stat("to-print", "a.pdf")->size, 7U) << "the sender sees that it is complete";
  const auto shown = folder_.publish("to-print", "a.pdf");
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_FALSE(exists("being-made/a.pdf"));
  EXPECT_TRUE(exists("to-print/a.pdf"));
  EXPECT_EQ(folder_.stat("to-print", "a.pdf")->size, 7U);
  EXPECT_EQ(folder_.list("to-print")->size(), 1U);
}

TEST_F(LocalPrintFolderTest, publishing_again_does_no_harm_even_when_the_file_was_taken_away) {
  ASSERT_TRUE(upload());
  ASSERT_TRUE(folder_.publish("to-print", "a.pdf"));
  EXPECT_TRUE(folder_.publish("to-print", "a.pdf"));
  fs::remove(root_ + "/to-print/a.pdf");
  EXPECT_TRUE(folder_.publish("to-print", "a.pdf"));
  EXPECT_FALSE(exists("to-print/a.pdf"));
  EXPECT_EQ(folder_.stat("to-print", "a.pdf").error().kind, ErrorKind::not_found);
}

TEST_F(LocalPrintFolderTest, an_absent_root_passes_and_bad_names_do_not) {
  ASSERT_TRUE(upload());
  EXPECT_EQ(folder_.publish("to-print", "../a.pdf").error().kind, ErrorKind::invalid_input);
  fs::rename(root_, root_ + ".away");
  EXPECT_EQ(upload().error().kind, ErrorKind::retry_later);
  EXPECT_EQ(folder_.publish("to-print", "a.pdf").error().kind, ErrorKind::retry_later);
  fs::rename(root_ + ".away", root_);
  EXPECT_TRUE(folder_.publish("to-print", "a.pdf"));
}

}  // namespace
}  // namespace postroom::filesystem
