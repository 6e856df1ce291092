// Against a real OpenSSH server, directly and through a relay that stalls or cuts the line.
#include "adapters/sftp/sftp_print_drop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/chaos/tcp_gate.h"
#include "tests/peers/sshd.h"

namespace postroom::sftp {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using tests::Sshd;
using tests::TcpGate;

constexpr std::size_t kLocalBytes = 5'000'001;  // no multiple of a block

class SftpTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    server_ = Sshd::start(why);
    if (!server_) GTEST_SKIP() << why;
    fs::create_directory(server_->files() + "/notify");
    local_ = server_->files() + "/../local.zip";
    Bytes content(kLocalBytes, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 + i / 251);
    std::ofstream(local_, std::ios::binary) << content;
  }

  SftpOptions options() {
    SftpOptions out;
    out.host = "127.0.0.1";
    out.port = server_->port();
    out.user = server_->user();
    out.private_key_path = server_->client_key();
    out.host_key = server_->host_key();
    out.connect_timeout = milliseconds(5000);
    out.idle_timeout = milliseconds(5000);
    return out;
  }
  static std::unique_ptr<SftpPrintDrop> drop(SftpOptions options) {
    auto made = SftpPrintDrop::create(std::move(options));
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
  std::string remote(std::string_view name) const { return fmt::format("{}/notify/{}", server_->files(), name); }
  static Bytes content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void expect_error(const Error& error, ErrorKind kind, std::vector<std::string> words) {
    EXPECT_EQ(to_string(error.kind), to_string(kind)) << error.message;
    for (const std::string& word : words) EXPECT_NE(error.message.find(word), std::string::npos) << error.message;
  }

  std::unique_ptr<Sshd> server_;
  std::string local_;
};

TEST_F(SftpTest, FT5_FT6_UploadsWholeUnderTheFinalNameOnly) {
  auto out = drop(options());
  std::vector<std::uint64_t> seen;
  auto sent = out->upload("notify", "A.ZIP", local_, [&](std::uint64_t bytes) {
    seen.push_back(bytes);
    EXPECT_FALSE(fs::exists(remote("A.ZIP")));
    return true;
  });
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(content_of(remote("A.ZIP")), content_of(local_));
  EXPECT_FALSE(fs::exists(remote("A.ZIP.part")));
  EXPECT_EQ(seen.back(), kLocalBytes);
  EXPECT_GT(seen.size(), 5U);
  auto info = out->stat("notify", "A.ZIP");
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->size, kLocalBytes);
  EXPECT_EQ(info->name, "A.ZIP");
  EXPECT_GT(info->modified_at, UtcTime{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}});
}

TEST_F(SftpTest, EmptyFileArrives) {
  std::ofstream(local_, std::ios::trunc);
  ASSERT_TRUE(drop(options())->upload("notify", "E.ZIP", local_, {}));
  EXPECT_EQ(fs::file_size(remote("E.ZIP")), 0U);
}

TEST_F(SftpTest, FT8_ReplacesAnExistingFileAndAnOldPart) {
  std::ofstream(remote("A.ZIP")) << "half";
  std::ofstream(remote("A.ZIP.part")) << Bytes(6'000'000, 'x');
  auto sent = drop(options())->upload("notify", "A.ZIP", local_, {});
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(content_of(remote("A.ZIP")), content_of(local_));
}

TEST_F(SftpTest, LogsInWithEveryKindOfKey) {
  for (std::string_view type : {"ed25519", "rsa", "ecdsa"}) {
    SftpOptions with = options();
    with.private_key_path = server_->client_key(std::string(type));
    auto files = drop(with)->list("notify");
    EXPECT_TRUE(files) << type << ": " << files.error().message;
  }
}

TEST_F(SftpTest, AcceptsEveryKindOfHostKey) {
  for (const char* type : {"rsa", "ecdsa"}) {
    std::string why;
    auto other = Sshd::start(why, {.host_key_type = type});
    ASSERT_TRUE(other) << why;
    for (const std::string& pin : {other->host_key(), other->host_key_fingerprint()}) {
      SftpOptions with = options();
      with.port = other->port();
      with.private_key_path = other->client_key();
      with.host_key = pin;
      auto files = drop(with)->list("");
      EXPECT_TRUE(files) << type << ": " << files.error().message;
    }
  }
}

TEST_F(SftpTest, FT5_RefusesAServerWithAnotherKey) {
  SftpOptions with = options();
  with.host_key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  auto sent = drop(with)->upload("notify", "A.ZIP", local_, {});
  ASSERT_FALSE(sent);
  expect_error(sent.error(), ErrorKind::rejected, {server_->host_key_fingerprint(), "print.sftp_host_key"});
  EXPECT_TRUE(fs::is_empty(server_->files() + "/notify"));

  with.host_key += ";" + server_->host_key_fingerprint();
  EXPECT_TRUE(drop(with)->upload("notify", "A.ZIP", local_, {})) << "a second pin is as good";
}

TEST_F(SftpTest, RefusesAServerWithoutThePinnedKindOfKey) {
  std::string why;
  auto other = Sshd::start(why, {.host_key_type = "rsa"});
  ASSERT_TRUE(other) << why;
  SftpOptions with = options();
  with.port = other->port();
  auto files = drop(with)->list("");
  ASSERT_FALSE(files);
  expect_error(files.error(), ErrorKind::rejected, {"print.sftp_host_key"});
}

TEST_F(SftpTest, SaysWhichKeyWasRefused) {
  SftpOptions with = options();
  with.private_key_path = server_->foreign_key();
  auto files = drop(with)->list("notify");
  ASSERT_FALSE(files);
  expect_error(files.error(), ErrorKind::rejected, {"SHA256:", "print.sftp_user", "sftp://127.0.0.1"});
}

TEST_F(SftpTest, SaysWhatIsWrongWithThePrivateKeyFile) {
  SftpOptions with = options();
  with.private_key_path = server_->files() + "/none";
  expect_error(drop(with)->list("").error(), ErrorKind::rejected, {"/none", "print.sftp_private_key_path"});
  with.private_key_path = local_;
  expect_error(drop(with)->list("").error(), ErrorKind::rejected, {"no private key"});
  with.private_key_path = "";
  with.password = "wrong";
  expect_error(drop(with)->list("").error(), ErrorKind::rejected, {"print.sftp_password"});
}

TEST_F(SftpTest, NamesTheMissingFolderAndMakesNone) {
  auto sent = drop(options())->upload("elsewhere", "A.ZIP", local_, {});
  ASSERT_FALSE(sent);
  expect_error(sent.error(), ErrorKind::not_found, {"elsewhere", "print.sftp_root"});
  EXPECT_FALSE(fs::exists(server_->files() + "/elsewhere"));
  EXPECT_TRUE(drop(options())->list("elsewhere")->empty());
  EXPECT_EQ(drop(options())->stat("notify", "A.ZIP").error().kind, ErrorKind::not_found);
  EXPECT_EQ(drop(options())->fetch("notify", "A.ZIP", 10).error().kind, ErrorKind::not_found);
  auto no_local = drop(options())->upload("notify", "A.ZIP", local_ + ".none", {});
  EXPECT_FALSE(no_local);
}

TEST_F(SftpTest, PermissionDeniedIsForThePrintHouseToMend) {
  std::string why;
  auto read_only = Sshd::start(why, {.is_read_only = true});
  ASSERT_TRUE(read_only) << why;
  SftpOptions with = options();
  with.port = read_only->port();
  with.private_key_path = read_only->client_key();
  with.host_key = read_only->host_key();
  auto sent = drop(with)->upload("", "A.ZIP", local_, {});
  ASSERT_FALSE(sent);
  expect_error(sent.error(), ErrorKind::rejected, {"permission denied"});
}

TEST_F(SftpTest, X41_FullDiskIsTriedLaterAndLeavesNothing) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full here";
  fs::create_symlink("/dev/full", remote("A.ZIP.part"));
  auto sent = drop(options())->upload("notify", "A.ZIP", local_, {});
  ASSERT_FALSE(sent);
  expect_error(sent.error(), ErrorKind::retry_later, {"disk may be full"});
  EXPECT_TRUE(fs::is_empty(server_->files() + "/notify"));
}

TEST_F(SftpTest, GivingUpLeavesNothing) {
  auto sent =
      drop(options())->upload("notify", "A.ZIP", local_, [](std::uint64_t bytes) { return bytes < 2'000'000; });
  ASSERT_FALSE(sent);
  expect_error(sent.error(), ErrorKind::retry_later, {"given up"});
  EXPECT_TRUE(fs::is_empty(server_->files() + "/notify"));
}

TEST_F(SftpTest, X43_CutAnywhereLeavesNothingUnderTheFinalNameAndTheNextTryWorks) {
  TcpGate gate(server_->port());
  SftpOptions with = options();
  with.port = gate.port();
  for (std::uint64_t bytes : {0U, 100U, 2'000U, 10'000U, 500'000U, 4'900'000U}) {
    gate.cut_after(bytes);
    auto sent = drop(with)->upload("notify", "A.ZIP", local_, {});
    ASSERT_FALSE(sent) << bytes;
    expect_error(sent.error(), ErrorKind::retry_later, {"sftp://"});
    EXPECT_FALSE(fs::exists(remote("A.ZIP"))) << bytes;
  }
  gate.open();
  auto sent = drop(with)->upload("notify", "A.ZIP", local_, {});
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(content_of(remote("A.ZIP")), content_of(local_));
}

TEST_F(SftpTest, AServerThatHangsIsLeftInTime) {
  TcpGate gate(server_->port());
  SftpOptions with = options();
  with.port = gate.port();
  with.connect_timeout = milliseconds(300);
  with.idle_timeout = milliseconds(300);
  // Before the greeting, within the key exchange, within the transfer.
  for (std::uint64_t bytes : {0U, 500U, 1'000'000U}) {
    gate.stall_after(bytes);
    auto start = std::chrono::steady_clock::now();
    auto sent = drop(with)->upload("notify", "A.ZIP", local_, {});
    auto took = std::chrono::steady_clock::now() - start;
    ASSERT_FALSE(sent) << bytes;
    expect_error(sent.error(), ErrorKind::retry_later, {});
    EXPECT_LT(took, std::chrono::seconds(5)) << bytes << ": " << sent.error().message;
    EXPECT_FALSE(fs::exists(remote("A.ZIP")));
  }
}

TEST_F(SftpTest, ASlowCallEndsWithItsTime) {
  SftpOptions with = options();
  with.call_timeout = milliseconds(400);
  auto sent = drop(with)->upload("notify", "A.ZIP", local_, [](std::uint64_t) {
    ::usleep(100'000);
    return true;
  });
  ASSERT_FALSE(sent);
  expect_error(sent.error(), ErrorKind::retry_later, {"print.sftp_call_timeout"});
}

TEST_F(SftpTest, NobodyThereIsTriedLater) {
  SftpOptions with = options();
  server_->stop();
  auto files = drop(with)->list("");
  ASSERT_FALSE(files);
  expect_error(files.error(), ErrorKind::retry_later, {"print.sftp_host"});
}

TEST_F(SftpTest, ListsFilesByNameAndFetchesWithinTheLimit) {
  fs::create_directories(server_->files() + "/root/dispatch/sub");
  for (int i = 0; i < 250; ++i)
    std::ofstream(fmt::format("{}/root/dispatch/F{:03}", server_->files(), 249 - i)) << i;
  Bytes large(100'000, 'r');
  std::ofstream(server_->files() + "/root/dispatch/LARGE") << large;
  SftpOptions with = options();
  with.root = server_->files() + "/root";
  auto out = drop(with);
  auto files = out->list("dispatch");
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 251U);
  EXPECT_EQ(files->front().name, "F000");
  EXPECT_EQ(files->front().size, 3U);
  EXPECT_EQ(files->back().name, "LARGE");
  EXPECT_EQ(out->fetch("dispatch", "F249", 100).value(), "0");
  EXPECT_EQ(out->fetch("dispatch", "LARGE", 100'000).value(), large);
  EXPECT_EQ(out->fetch("dispatch", "LARGE", 99'999).error().kind, ErrorKind::rejected);
  EXPECT_EQ(out->fetch("dispatch", "../x", 10).error().kind, ErrorKind::invalid_input);
}

TEST_F(SftpTest, SeveralThreadsUploadAtOnce) {
  auto out = drop(options());
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      if (!out->upload("notify", fmt::format("T{}.ZIP", i), local_, {})) ++failures;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(out->list("notify")->size(), 4U);
}

TEST_F(SftpTest, ReadingCallsShareALoginAndUploadsDoNot) {
  std::ofstream(remote("A.TXT")) << "a";
  TcpGate gate(server_->port());
  SftpOptions through = options();
  through.port = gate.port();
  auto house = drop(through);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(house->list("notify")->size(), 1U);
    EXPECT_EQ(house->fetch("notify", "A.TXT", 10).value(), "a");
    EXPECT_EQ(house->stat("notify", "B.TXT").error().kind, ErrorKind::not_found);
  }
  EXPECT_EQ(gate.connections(), 1);
  ASSERT_TRUE(house->upload("notify", "A.ZIP", local_, {}));
  EXPECT_EQ(gate.connections(), 2);
}

TEST_F(SftpTest, ALoginThatDiedMeanwhileIsMadeAgain) {
  TcpGate gate(server_->port());
  SftpOptions through = options();
  through.port = gate.port();
  auto house = drop(through);
  ASSERT_TRUE(house->list("notify"));
  gate.cut_after(0);
  EXPECT_EQ(house->list("notify").error().kind, ErrorKind::retry_later);
  gate.open();
  EXPECT_TRUE(house->list("notify"));
}

TEST_F(SftpTest, AFileThatThePrintHouseTakesAtOnceIsNotSentAgain) {
  std::atomic<bool> is_done = false;
  std::thread print_house([&] {
    while (!is_done) {
      std::error_code ignored;
      fs::rename(remote("A.ZIP"), remote("TAKEN"), ignored);
    }
  });
  for (int i = 0; i < 10; ++i) {
    auto sent = drop(options())->upload("notify", "A.ZIP", local_, {});
    EXPECT_TRUE(sent) << sent.error().message;
  }
  is_done = true;
  print_house.join();
}

TEST(SftpOptionsTest, MissingOptionsNameTheSetting) {
  SftpOptions good;
  good.host = "print.example.com";
  good.user = "notify";
  good.password = "x";
  good.host_key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  good.root = "/in";
  auto made = SftpPrintDrop::create(good);
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)->description(), "sftp://print.example.com:22/in");

  auto refused = [&](auto change, std::string_view setting) {
    SftpOptions bad = good;
    change(bad);
    auto result = SftpPrintDrop::create(bad);
    ASSERT_FALSE(result) << setting;
    EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(result.error().message.find(setting), std::string::npos) << result.error().message;
  };
  refused([](SftpOptions& o) { o.host = ""; }, "print.sftp_host");
  refused([](SftpOptions& o) { o.port = 0; }, "print.sftp_port");
  refused([](SftpOptions& o) { o.user = ""; }, "print.sftp_user");
  refused([](SftpOptions& o) { o.password = ""; }, "print.sftp_private_key_path");
  refused([](SftpOptions& o) { o.host_key = ""; }, "print.sftp_host_key");
  refused([](SftpOptions& o) { o.idle_timeout = milliseconds(0); }, "time-outs");
}

}  // namespace
}  // namespace postroom::sftp
