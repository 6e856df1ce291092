// Varied: faults that are asked for, and calls to the sandbox providers. Each fault must strike as often as asked
// and in its own way, and whatever was taken must be in the outbox.
#include "fakes/sandbox_providers.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "ports/testing_stores.h"

namespace postroom::fakes {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

TEST(FaultBox, ChecksWhatIsAskedFor) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"target":"email","mode":"fail"})", nullptr},
      {R"({"target":"sms:carrier","mode":"cut","count":3,"delay_ms":0})", nullptr},
      {R"({"target":"blob","mode":"hang","delay_ms":60000})", nullptr},
      {R"({"target":"blob","mode":"hang","delay_ms":60001})", "delay_ms must be from 0 to 60000"},
      {R"({"target":"blob","mode":"hang","delay_ms":-1})", "delay_ms"},
      {R"({"target":"fax","mode":"fail"})", "target must be"},
      {R"({"mode":"fail"})", "target must be"},
      {R"({"target":"email","mode":"explode"})", "mode must be fail, reject, slow, hang or cut"},
      {R"({"target":"email"})", "mode must be"},
      {R"({"target":"email","mode":"fail","count":-1})", "count must be from 0 to 1000000"},
      {R"({"target":"email","mode":"fail","count":1000000})", nullptr},
      {R"({"target":"email","mode":"fail","count":1000001})", "count must be from 0 to 1000000"}};
  for (auto [text, message] : cases) {
    FaultBox box;
    auto result = box.set(parse_json(text)->get_object());
    EXPECT_EQ(result.has_value(), message == nullptr) << text;
    if (!result) {
      EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
      EXPECT_NE(result.error().message.find(message), std::string::npos) << result.error().message;
    }
  }
}

TEST(FaultBox, CountsDownAndCanBeTakenAway) {
  FaultBox box;
  ASSERT_TRUE(box.set({{"target", "sms"}, {"mode", "reject"}, {"count", 2}}));
  EXPECT_EQ(write_json(box.state()), R"({"sms":{"mode":"reject","count":2,"delay_ms":500}})");
  EXPECT_FALSE(box.next("email"));
  EXPECT_TRUE(box.next("sms:sandbox")) << "a fault of all gateways strikes each";
  EXPECT_TRUE(box.next("sms"));
  EXPECT_FALSE(box.next("sms"));
  ASSERT_TRUE(box.set({{"target", "sms:a"}, {"mode", "fail"}, {"count", 5}}));
  EXPECT_FALSE(box.next("sms:b"));
  ASSERT_TRUE(box.set({{"target", "sms:a"}, {"mode", "fail"}, {"count", 0}}));
  EXPECT_FALSE(box.next("sms:a"));
  EXPECT_TRUE(box.state().empty());
}

TEST(FaultBox, SlowOnesSleepAndGoOn) {
  FaultBox box;
  ASSERT_TRUE(box.set({{"target", "blob"}, {"mode", "slow"}, {"delay_ms", 30}}));
  auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(box.next("blob"));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 30ms);
  ASSERT_TRUE(box.set({{"target", "blob"}, {"mode", "hang"}, {"delay_ms", 1}}));
  EXPECT_EQ(box.next("blob")->mode, FaultMode::hang);
}

TEST(FaultErrors, OnlyARefusalIsForGood) {
  for (FaultMode mode : {FaultMode::fail, FaultMode::hang, FaultMode::cut, FaultMode::reject}) {
    Error error = error_of({.mode = mode}, "email");
    EXPECT_EQ(error.kind, mode == FaultMode::reject ? ErrorKind::rejected : ErrorKind::retry_later);
    EXPECT_EQ(error.message.find("email: "), 0u);
    EXPECT_NE(error.message.find("injected"), std::string::npos);
  }
}

class ProvidersTest : public testing::Test {
 protected:
  ProvidersTest() {
    std::string name = (fs::temp_directory_path() / "postroom-sandbox-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    outbox_ = std::move(*SandboxOutbox::open(name + "/outbox.jsonl"));
  }
  ~ProvidersTest() override { fs::remove_all(folder_); }
  void fault(const char* target, const char* mode) {
    ASSERT_TRUE(faults_.set({{"target", target}, {"mode", mode}, {"delay_ms", 1}}));
  }

  fs::path folder_;
  MovableClock clock_{from_micros(1'770'000'000'000'000)};
  FaultBox faults_;
  std::unique_ptr<SandboxOutbox> outbox_;
};

TEST_F(ProvidersTest, EmailsAndTextsComeIntoTheOutbox) {
  SandboxMailer mailer(*outbox_, faults_, clock_);
  SandboxSmsGateway gateway(*outbox_, faults_, clock_);
  auto email = mailer.send(
      {.to = "a@b.example", .subject = "S", .text_body = "T", .html_body = "H", .message_reference = "n1"});
  auto text = gateway.send({.to = "447900900123", .text = "Hi", .reference = "n2"});
  ASSERT_TRUE(email && text);
  EXPECT_EQ(email->provider, kSandboxProvider);
  EXPECT_EQ(email->provider_reference, "sandbox-1");
  EXPECT_EQ(text->provider_reference, "sandbox-2");
  auto all = outbox_->messages();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].type + all[0].to + all[0].subject + all[0].body + all[0].html, "emaila@b.exampleSTH");
  EXPECT_EQ(all[1].type + all[1].to + all[1].body, "sms447900900123Hi");
  EXPECT_EQ(all[1].time, clock_.now());
}

TEST_F(ProvidersTest, FaultsStrikeAndACutMessageIsTakenOnce) {
  SandboxMailer mailer(*outbox_, faults_, clock_);
  SandboxSmsGateway gateway(*outbox_, faults_, clock_);
  struct Case {
    const char* mode;
    ErrorKind kind;
    std::size_t taken;
  };
  for (const Case& c : {Case{"fail", ErrorKind::retry_later, 0}, Case{"hang", ErrorKind::retry_later, 0},
                        Case{"reject", ErrorKind::rejected, 0}, Case{"cut", ErrorKind::retry_later, 1}}) {
    outbox_->clear();
    fault("email", c.mode);
    fault("sms", c.mode);
    auto email = mailer.send({.message_reference = "n1"});
    auto text = gateway.send({.reference = "n2"});
    ASSERT_FALSE(email || text) << c.mode;
    EXPECT_EQ(email.error().kind, c.kind) << c.mode;
    EXPECT_EQ(text.error().kind, c.kind) << c.mode;
    EXPECT_EQ(outbox_->messages().size(), 2 * c.taken) << c.mode;
    ASSERT_TRUE(mailer.send({.message_reference = "n1"}));
    ASSERT_TRUE(gateway.send({.reference = "n2"}));
    ASSERT_EQ(outbox_->messages().size(), 2u) << c.mode;
    EXPECT_EQ(outbox_->messages()[0].attempts, 1 + static_cast<int>(c.taken)) << c.mode;
  }
}

TEST_F(ProvidersTest, BlobsFailOnDemandOnly) {
  ports::testing::MemoryBlobStore inner;
  FaultyBlobStore blobs(inner, faults_);
  ASSERT_TRUE(blobs.put(ports::Bucket::letters_pdf, "a", "x"));
  fault("blob", "fail");
  EXPECT_EQ(blobs.put(ports::Bucket::letters_pdf, "b", "x").error().kind, ErrorKind::retry_later);
  fault("blob", "fail");
  EXPECT_FALSE(blobs.get(ports::Bucket::letters_pdf, "a"));
  EXPECT_EQ(*blobs.get(ports::Bucket::letters_pdf, "a"), "x");
  EXPECT_FALSE(blobs.stat(ports::Bucket::letters_pdf, "b"));
}

class FakeDrop final : public ports::PrintDrop {
 public:
  std::vector<std::string> uploads;
  std::string description() const override { return "fake"; }
  Result<void> upload(std::string_view folder, std::string_view name, const std::string&,
                      const std::function<bool(std::uint64_t)>&) override {
    uploads.push_back(std::string(folder) + "/" + std::string(name));
    return {};
  }
  Result<ports::RemoteFile> stat(std::string_view, std::string_view) override {
    return fail(ErrorKind::not_found, "no");
  }
  Result<std::vector<ports::RemoteFile>> list(std::string_view) override {
    return std::vector<ports::RemoteFile>{};
  }
  Result<Bytes> fetch(std::string_view, std::string_view, std::uint64_t) override { return Bytes("x"); }
};

TEST_F(ProvidersTest, APrintDropFailsBeforeOrAfterTheFileArrived) {
  FakeDrop inner;
  FaultyPrintDrop drop(inner, faults_);
  EXPECT_EQ(drop.description(), "fake");
  fault("print", "fail");
  EXPECT_FALSE(drop.upload("f", "a.zip", "", {}));
  EXPECT_TRUE(inner.uploads.empty());
  fault("print", "cut");
  EXPECT_FALSE(drop.upload("f", "b.zip", "", {}));
  EXPECT_TRUE(drop.upload("f", "c.zip", "", {}));
  EXPECT_EQ(inner.uploads, (std::vector<std::string>{"f/b.zip", "f/c.zip"}));
}

TEST_F(ProvidersTest, TheTicketDeskKeepsTicketsUntilItIsFull) {
  SandboxTicketDesk desk(clock_);
  for (std::size_t i = 0; i < SandboxTicketDesk::kTicketsMax; ++i) ASSERT_TRUE(desk.raise({"S", "M", "letters"}));
  auto full = desk.raise({"S", "M", "letters"});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(desk.tickets().size(), SandboxTicketDesk::kTicketsMax);
  EXPECT_EQ(write_json(desk.tickets().front()), R"({"subject":"S","message":"M","task_type":"letters","time":")" +
                                                    format_rfc3339(clock_.now()) + "\"}");
}

}  // namespace
}  // namespace postroom::fakes
