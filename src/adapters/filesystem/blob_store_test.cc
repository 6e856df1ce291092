// The store on a real temporary folder: what is on disk, what a crash leaves, what a bad key does.
#include "adapters/filesystem/blob_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/filesystem/file.h"

namespace postroom::filesystem {
namespace {

namespace fs = std::filesystem;
using ports::Bucket;

class BlobStoreTest : public testing::Test {
 protected:
  BlobStoreTest() {
    std::string pattern = (fs::temp_directory_path() / "postroom-blob-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    root_ = folder_ + "/blobs";
    store_ = open();
  }
  ~BlobStoreTest() override { fs::remove_all(folder_); }

  std::unique_ptr<FilesystemBlobStore> open() {
    auto opened = FilesystemBlobStore::open(root_, ring_, random_);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  std::vector<std::string> keys(Bucket bucket, std::string_view prefix) {
    std::vector<std::string> out;
    EXPECT_TRUE(store_->list(bucket, prefix, [&](const ports::BlobInfo& info) { out.push_back(info.key); }));
    return out;
  }

  SeededRandom random_{7};
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
  std::string folder_;
  std::string root_;
  std::unique_ptr<FilesystemBlobStore> store_;
};

TEST_F(BlobStoreTest, GetsBackWhatWasPutAndReplacesIt) {
  ASSERT_TRUE(store_->put(Bucket::letters_pdf, "2018-02-02/A.PDF", "first"));
  ASSERT_TRUE(store_->put(Bucket::letters_pdf, "2018-02-02/A.PDF", "second one"));
  EXPECT_EQ(store_->get(Bucket::letters_pdf, "2018-02-02/A.PDF").value(), "second one");
  auto info = store_->stat(Bucket::letters_pdf, "2018-02-02/A.PDF");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->size, 10U);
  EXPECT_EQ(info->key, "2018-02-02/A.PDF");
  EXPECT_GT(info->modified_at, UtcTime{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}});
}

TEST_F(BlobStoreTest, KeepsEmptyObjectsAndTellsAbsentOnesApart) {
  ASSERT_TRUE(store_->put(Bucket::job_files, "empty", ""));
  EXPECT_EQ(store_->get(Bucket::job_files, "empty").value(), "");
  EXPECT_EQ(store_->get(Bucket::job_files, "absent").error().kind, ErrorKind::not_found);
  EXPECT_EQ(store_->stat(Bucket::job_files, "absent").error().kind, ErrorKind::not_found);
  EXPECT_EQ(store_->get(Bucket::letters_pdf, "empty").error().kind, ErrorKind::not_found) << "buckets are apart";
}

TEST_F(BlobStoreTest, StoresNothingReadableAndOnlyForTheOwner) {
  ASSERT_TRUE(store_->put(Bucket::letters_pdf, "A.PDF", "Dear Mrs Example of 1 Test Street"));
  std::string path = root_ + "/letters-pdf/A.PDF";
  Bytes raw = read_file(path, 1000).value();
  EXPECT_EQ(raw.find("Example"), std::string::npos);
  EXPECT_EQ(raw.size(), 33 + KeyRing::kOverheadBytes);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(BlobStoreTest, RefusesAFilePutInAnothersPlace) {
  ASSERT_TRUE(store_->put(Bucket::letters_pdf, "A.PDF", "for A"));
  ASSERT_TRUE(store_->put(Bucket::letters_pdf, "B.PDF", "for B"));
  fs::copy_file(root_ + "/letters-pdf/A.PDF", root_ + "/letters-pdf/B.PDF", fs::copy_options::overwrite_existing);
  auto read = store_->get(Bucket::letters_pdf, "B.PDF");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::corrupt);
  EXPECT_NE(read.error().message.find("letters-pdf/B.PDF"), std::string::npos);
}

TEST_F(BlobStoreTest, ListsByKeyWithPrefixAcrossFolders) {
  // "." and "-" sort before "/", digits after it: a folder's keys stand where the whole key does.
  for (std::string_view key : {"a/x", "a.b", "a-c", "a0", "a/b/c", "b", "a/x.y"}) {
    ASSERT_TRUE(store_->put(Bucket::letters_scan, key, key));
  }
  std::vector<std::string> all = {"a-c", "a.b", "a/b/c", "a/x", "a/x.y", "a0", "b"};
  EXPECT_EQ(keys(Bucket::letters_scan, ""), all);
  EXPECT_EQ(keys(Bucket::letters_scan, "a/"), (std::vector<std::string>{"a/b/c", "a/x", "a/x.y"}));
  EXPECT_EQ(keys(Bucket::letters_scan, "a/x"), (std::vector<std::string>{"a/x", "a/x.y"}));
  EXPECT_EQ(keys(Bucket::letters_scan, "a"),
            (std::vector<std::string>{"a-c", "a.b", "a/b/c", "a/x", "a/x.y", "a0"}));
  EXPECT_TRUE(keys(Bucket::letters_scan, "nothing/here").empty());
  EXPECT_TRUE(keys(Bucket::letters_pdf, "").empty());
}

TEST_F(BlobStoreTest, CO2_P12_ListsManyLettersOfADay) {
  for (int i = 0; i < 300; ++i)
    ASSERT_TRUE(store_->put(Bucket::letters_pdf, fmt::format("2018-02-02/N.{:05}.PDF", i), "x"));
  auto found = keys(Bucket::letters_pdf, "2018-02-02/");
  EXPECT_EQ(found.size(), 300U);
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  EXPECT_TRUE(keys(Bucket::letters_pdf, "2018-02-03/").empty());
}

TEST_F(BlobStoreTest, RefusesBadKeys) {
  std::vector<std::string> bad = {"",
                                  "/a",
                                  "a/",
                                  "a//b",
                                  "..",
                                  "../a",
                                  "a/..",
                                  "a/../b",
                                  ".hidden",
                                  "a/.tmp-x",
                                  "a b",
                                  "a\\b",
                                  "a\n",
                                  "caf\xc3\xa9",
                                  std::string("a\0b", 3),
                                  std::string(513, 'a'),
                                  std::string(201, 'a')};
  for (const std::string& key : bad) {
    EXPECT_EQ(store_->put(Bucket::job_files, key, "x").error().kind, ErrorKind::invalid_input) << key;
    EXPECT_EQ(store_->get(Bucket::job_files, key).error().kind, ErrorKind::invalid_input) << key;
    EXPECT_EQ(store_->stat(Bucket::job_files, key).error().kind, ErrorKind::invalid_input) << key;
    EXPECT_EQ(store_->remove(Bucket::job_files, key).error().kind, ErrorKind::invalid_input) << key;
  }
  EXPECT_EQ(store_->list(Bucket::job_files, "../", [](const auto&) {}).error().kind, ErrorKind::invalid_input);
  EXPECT_TRUE(store_->put(Bucket::job_files, fmt::format("{:a>200}/{:b>200}", "", ""), "x"));
}

TEST_F(BlobStoreTest, RemovesAndClearsEmptyFolders) {
  ASSERT_TRUE(store_->put(Bucket::letters_pdf, "2018-02-02/zips_sent/A", "x"));
  ASSERT_TRUE(store_->put(Bucket::letters_pdf, "2018-02-02/B", "x"));
  ASSERT_TRUE(store_->remove(Bucket::letters_pdf, "2018-02-02/zips_sent/A"));
  EXPECT_FALSE(fs::exists(root_ + "/letters-pdf/2018-02-02/zips_sent"));
  EXPECT_TRUE(fs::exists(root_ + "/letters-pdf/2018-02-02/B"));
  ASSERT_TRUE(store_->remove(Bucket::letters_pdf, "2018-02-02/B"));
  EXPECT_FALSE(fs::exists(root_ + "/letters-pdf/2018-02-02"));
  EXPECT_TRUE(store_->remove(Bucket::letters_pdf, "2018-02-02/B")) << "an absent key is no error";
  EXPECT_TRUE(store_->put(Bucket::letters_pdf, "2018-02-02/B", "again"));
}

TEST_F(BlobStoreTest, PutAndRemoveInOneFolderFromManyThreads) {
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        std::string key = fmt::format("day/{}-{}", t, i);
        if (!store_->put(Bucket::letters_pdf, key, key) || store_->get(Bucket::letters_pdf, key) != key ||
            !store_->remove(Bucket::letters_pdf, key)) {
          ++failures;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
}

TEST_F(BlobStoreTest, ForgetsTemporaryFilesOfACrashButNotThoseAtWork) {
  std::string old_file = root_ + "/.tmp/.tmp-oldold";
  std::string new_file = root_ + "/.tmp/.tmp-newnew";
  std::ofstream(old_file) << "half a letter";
  std::ofstream(new_file) << "another process at work";
  utimbuf long_ago{1'500'000'000, 1'500'000'000};
  ASSERT_EQ(::utime(old_file.c_str(), &long_ago), 0);
  EXPECT_TRUE(keys(Bucket::letters_pdf, "").empty());
  store_ = open();
  EXPECT_FALSE(fs::exists(old_file));
  EXPECT_TRUE(fs::exists(new_file));
}

TEST_F(BlobStoreTest, CutFileIsCorruptNotEmpty) {
  ASSERT_TRUE(store_->put(Bucket::letters_pdf, "A.PDF", "content"));
  fs::resize_file(root_ + "/letters-pdf/A.PDF", 10);
  EXPECT_EQ(store_->get(Bucket::letters_pdf, "A.PDF").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(store_->stat(Bucket::letters_pdf, "A.PDF").error().kind, ErrorKind::corrupt);
}

TEST_F(BlobStoreTest, SaysWhatToDoAboutARootThatCannotBe) {
  std::ofstream(folder_ + "/file") << "x";
  auto opened = FilesystemBlobStore::open(folder_ + "/file/blobs", ring_, random_);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find(folder_ + "/file"), std::string::npos) << opened.error().message;
  if (::geteuid() == 0) return;  // may write everywhere
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  auto refused = FilesystemBlobStore::open(folder_ + "/new", ring_, random_);
  fs::permissions(folder_, fs::perms::owner_all);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("permission"), std::string::npos) << refused.error().message;
}

TEST_F(BlobStoreTest, FullDiskIsWorthATry) {
  EXPECT_EQ(file_error(ENOSPC, "write", "/x").kind, ErrorKind::retry_later);
  // A device that is always full.
  FileDescriptor full(::open("/dev/full", O_WRONLY));
  if (!full.is_open()) GTEST_SKIP() << "no /dev/full here";
  auto written = write_all(full.number(), "x", "/dev/full");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::retry_later);
  EXPECT_NE(written.error().message.find("free some disk space"), std::string::npos);
}

}  // namespace
}  // namespace postroom::filesystem
