// Varied: what is recorded, repeated, reopened and cut off. A killed process must forget nothing that a provider
// has taken, and a second hand-over must count as an attempt, not as a message.
#include "fakes/sandbox_outbox.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace postroom::fakes {
namespace {

namespace fs = std::filesystem;

class OutboxTest : public testing::Test {
 protected:
  OutboxTest() {
    std::string name = (fs::temp_directory_path() / "postroom-outbox-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    outbox_ = open();
  }
  ~OutboxTest() override { fs::remove_all(folder_); }

  std::unique_ptr<SandboxOutbox> open() {
    auto opened = SandboxOutbox::open(path());
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }
  std::string path() const { return (folder_ / "outbox.jsonl").string(); }
  void reopen() {
    outbox_.reset();
    outbox_ = open();
  }
  SandboxMessage message(std::string notification, std::string type = "sms") {
    return {.notification_id = std::move(notification),
            .type = std::move(type),
            .to = "to \"you\"\nhere",
            .subject = "Zoë",
            .body = "body",
            .html = "<b>",
            .provider = "sandbox",
            .time = *parse_rfc3339("2026-03-02T09:15:00Z")};
  }

  fs::path folder_;
  std::unique_ptr<SandboxOutbox> outbox_;
};

TEST_F(OutboxTest, AMessageIsTakenOnceForEachChannel) {
  std::string id = outbox_->record(message("n1"));
  EXPECT_EQ(id, "sandbox-1");
  EXPECT_EQ(outbox_->record(message("n1")), id);
  EXPECT_EQ(outbox_->record(message("n1", "email")), "sandbox-2");
  EXPECT_EQ(outbox_->record(message("n2")), "sandbox-3");
  ASSERT_EQ(outbox_->messages().size(), 3u);
  EXPECT_EQ(outbox_->messages()[0].attempts, 2);
  EXPECT_EQ(outbox_->messages()[1].attempts, 1);
  // What is no notification is never a repetition.
  EXPECT_NE(outbox_->record(message("")), outbox_->record(message("")));
}

TEST_F(OutboxTest, EverythingIsThereAfterReopening) {
  outbox_->record(message("n1"));
  outbox_->record(message("n1"));
  SandboxMessage letter = message("n2", "letter");
  letter.page_count = 3;
  letter.file_names = {"A.PDF"};
  outbox_->record(letter);
  outbox_->set_zip("n2", "NOTIFY.ZIP", "B.PDF");
  std::vector<json::object> before;
  for (const auto& m : outbox_->messages()) before.push_back(to_json(m));
  reopen();
  std::vector<json::object> after;
  for (const auto& m : outbox_->messages()) after.push_back(to_json(m));
  EXPECT_EQ(before, after);
  EXPECT_EQ(outbox_->messages()[0].attempts, 2);
  EXPECT_EQ(outbox_->messages()[1].zip_name, "NOTIFY.ZIP");
  EXPECT_EQ(outbox_->messages()[1].file_names, std::vector<std::string>{"B.PDF"});
  EXPECT_EQ(outbox_->messages()[1].page_count, 3);
  EXPECT_EQ(outbox_->record(message("n1")), "sandbox-1") << "and still known";
  EXPECT_EQ(outbox_->record(message("n3")), "sandbox-3") << "numbers go on";
}

TEST_F(OutboxTest, ALineThatWasCutOffIsLeftOutAndDoesNotSpoilTheNext) {
  outbox_->record(message("n1"));
  outbox_->record(message("n2"));
  outbox_.reset();
  fs::resize_file(path(), fs::file_size(path()) - 7);
  outbox_ = open();
  ASSERT_EQ(outbox_->messages().size(), 1u);
  outbox_->record(message("n2"));
  reopen();
  ASSERT_EQ(outbox_->messages().size(), 2u) << "the message recorded after the cut line must survive too";
  EXPECT_EQ(outbox_->messages()[1].notification_id, "n2");
}

TEST_F(OutboxTest, FiltersByTypeRecipientTimeAndNumber) {
  for (int i = 0; i < 5; ++i) {
    SandboxMessage m = message("n" + std::to_string(i), i % 2 == 0 ? "sms" : "email");
    m.to = "to" + std::to_string(i);
    m.time += std::chrono::seconds{i};
    outbox_->record(m);
  }
  auto ids = [&](const SandboxFilter& filter) {
    std::string out;
    for (const auto& m : outbox_->messages(filter)) out += m.notification_id;
    return out;
  };
  EXPECT_EQ(ids({}), "n0n1n2n3n4");
  EXPECT_EQ(ids({.type = "sms"}), "n0n2n4");
  EXPECT_EQ(ids({.to = "to3"}), "n3");
  EXPECT_EQ(ids({.to = "to"}), "");
  EXPECT_EQ(ids({.since = *parse_rfc3339("2026-03-02T09:15:03Z")}), "n3n4");
  EXPECT_EQ(ids({.limit = 2}), "n3n4") << "the newest ones";
  EXPECT_EQ(ids({.limit = 0}), "");
  EXPECT_EQ(outbox_->find("sandbox-4")->notification_id, "n3");
  EXPECT_FALSE(outbox_->find("sandbox-6"));
}

TEST_F(OutboxTest, ZipsOfUnknownLettersAreIgnored) {
  outbox_->record(message("n1"));
  outbox_->set_zip("n1", "Z", "F");
  outbox_->set_zip("n9", "Z", "F");
  EXPECT_EQ(outbox_->messages()[0].zip_name, "") << "a text is no letter";
}

TEST_F(OutboxTest, OnlyLettersHaveFilesInTheirJson) {
  EXPECT_FALSE(to_json(message("n1")).contains("zip_name"));
  EXPECT_TRUE(to_json(message("n1", "letter")).at("zip_name").is_null());
}

TEST_F(OutboxTest, ClearForgetsForGood) {
  outbox_->record(message("n1"));
  outbox_->clear();
  EXPECT_TRUE(outbox_->messages().empty());
  outbox_->record(message("n1"));
  EXPECT_EQ(outbox_->messages().at(0).attempts, 1);
  reopen();
  EXPECT_EQ(outbox_->messages().size(), 1u);
}

TEST_F(OutboxTest, TakesMessagesFromSeveralThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) outbox_->record(message("n" + std::to_string(i)));
    });
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(outbox_->messages().size(), 25u);
  for (const auto& m : outbox_->messages()) EXPECT_EQ(m.attempts, 4);
}

TEST(Outbox, SaysWhichFileItCannotOpen) {
  auto opened = SandboxOutbox::open("/nonexistent/outbox.jsonl");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::retry_later);
  EXPECT_NE(opened.error().message.find("/nonexistent/outbox.jsonl"), std::string::npos);
}

}  // namespace
}  // namespace postroom::fakes
