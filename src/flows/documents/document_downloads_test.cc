// Varied: links, addresses, clients, times and what fails. Only whoever has the whole link, and where wanted knows
// the address, may get the file; nothing else may be told apart.
#include "flows/documents/document_downloads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/log.h"
#include "flows/documents/testing.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using documents::DocumentLink;
using testing::DocumentWorld;
using Kind = Confirmation::Kind;

class DocumentDownloadsTest : public ::testing::Test {
 protected:
  DocumentDownloadsTest() {
    set_log_sink([this](std::string_view line) {
      std::lock_guard lock(log_mutex_);
      log_ += line;
    });
  }
  ~DocumentDownloadsTest() override { set_log_sink(nullptr); }

  DocumentLink sent(bool with_confirmation = true) {
    return DocumentWorld::parse(
        world_
            .send("a,b\n",
                  {.content = "", .filename = "list.csv", .confirm_email_before_download = with_confirmation})
            .value());
  }
  OpenedDocument opened(const DocumentLink& link) { return world_.downloads.open(link).value(); }
  Kind confirm(const OpenedDocument& document, std::string_view address, std::string_view client = "192.0.2.1") {
    return world_.downloads.confirm(document, address, client).value().kind;
  }
  ErrorKind error_of(const DocumentLink& link) {
    auto document = world_.downloads.open(link);
    EXPECT_FALSE(document);
    return document ? ErrorKind::corrupt : document.error().kind;
  }

  DocumentWorld world_;
  std::mutex log_mutex_;
  std::string log_;
};

TEST_F(DocumentDownloadsTest, TheWholeLinkOpensIt) {
  const OpenedDocument document = opened(sent());
  EXPECT_EQ(document.details.file_name, "list.csv");
  EXPECT_EQ(document.details.type, documents::FileType::csv);
  EXPECT_EQ(document.service.name, "Harbour Office");
  EXPECT_TRUE(document.needs_confirmation());
  EXPECT_EQ(world_.downloads.content(document), "a,b\n");
  EXPECT_FALSE(opened(sent(false)).needs_confirmation());
}

TEST_F(DocumentDownloadsTest, AnythingElseIsNotThere) {
  const DocumentLink link = sent(), other = sent();
  for (auto change : {+[](DocumentLink& l, const DocumentLink& o) { l.key = o.key; },
                      +[](DocumentLink& l, const DocumentLink&) { l.key[0] ^= 1; },
                      +[](DocumentLink& l, const DocumentLink&) { l.key[31] ^= 1; },
                      +[](DocumentLink& l, const DocumentLink& o) { l.document = o.document; },
                      +[](DocumentLink& l, const DocumentLink& o) { l.document = DocumentId{o.service.uuid()}; },
                      +[](DocumentLink& l, const DocumentLink& o) { l.service = ServiceId{o.document.uuid()}; }}) {
    DocumentLink changed = link;
    change(changed, other);
    EXPECT_EQ(error_of(changed), ErrorKind::not_found);
  }
}

TEST_F(DocumentDownloadsTest, ItsTimeEndsToTheMicrosecond) {
  const DocumentLink link = sent();
  world_.clock.advance(std::chrono::weeks{26} - 1us);
  const OpenedDocument document = opened(link);
  world_.clock.advance(1us);
  EXPECT_EQ(error_of(link), ErrorKind::not_found);
}

TEST_F(DocumentDownloadsTest, TroubleIsNotAbsence) {
  const DocumentLink link = sent();
  world_.documents.find_fault.count = 1;
  EXPECT_EQ(error_of(link), ErrorKind::retry_later);
  const OpenedDocument document = opened(link);
  world_.blobs.get_fault.count = 1;
  EXPECT_EQ(world_.downloads.content(document).error().kind, ErrorKind::retry_later);
  Bytes& sealed = world_.blobs.blobs.begin()->second;
  sealed[sealed.size() / 2] ^= 1;
  EXPECT_EQ(world_.downloads.content(document).error().kind, ErrorKind::corrupt);
  world_.blobs.blobs.clear();
  EXPECT_EQ(world_.downloads.content(document).error().kind, ErrorKind::not_found);
}

TEST_F(DocumentDownloadsTest, TheAddressIsReadAsRecipientsAre) {
  const OpenedDocument document = opened(sent());
  for (const char* address : {"ann@example.org", " ANN@Example.Org ", "an\u200Bn@example.org"}) {
    EXPECT_EQ(confirm(document, address), Kind::confirmed) << address;
  }
  const OpenedDocument other = opened(sent());
  for (const char* address : {"", "ann", "eve@example.org", "ann@example.org.uk", "ann@example.com"}) {
    EXPECT_EQ(confirm(other, address), Kind::wrong) << address;
  }
  EXPECT_EQ(log_.find("example.org"), std::string::npos);
  EXPECT_EQ(log_.find("192.0.2.1"), std::string::npos);
  EXPECT_EQ(log_.find("list.csv"), std::string::npos);
}

TEST_F(DocumentDownloadsTest, FiveGuessesAnHourForEachFile) {
  const OpenedDocument document = opened(sent());
  const UtcTime first = world_.clock.now();
  for (int i = 0; i < kDocumentGuessesMax; ++i) EXPECT_EQ(confirm(document, "eve@example.org"), Kind::wrong);
  world_.clock.advance(10min);
  // Whoever asks, and even the right one.
  auto blocked = world_.downloads.confirm(document, "ann@example.org", "192.0.2.2").value();
  EXPECT_EQ(blocked.kind, Kind::blocked);
  EXPECT_EQ(blocked.blocked_until, first + 1h);
  EXPECT_EQ(blocked.blocked_for, 50min);
  EXPECT_EQ(confirm(opened(sent()), "ann@example.org"), Kind::confirmed);
  world_.clock.advance(50min);
  EXPECT_EQ(confirm(document, "ann@example.org"), Kind::confirmed);
}

TEST_F(DocumentDownloadsTest, TheRightAddressTakesNoGuess) {
  const OpenedDocument document = opened(sent());
  for (int i = 0; i < 3 * kClientGuessesMax; ++i) ASSERT_EQ(confirm(document, "ann@example.org"), Kind::confirmed);
  for (int i = 0; i + 1 < kDocumentGuessesMax; ++i) EXPECT_EQ(confirm(document, "eve@example.org"), Kind::wrong);
  EXPECT_EQ(confirm(document, "ann@example.org"), Kind::confirmed);
  for (int i = 0; i < kDocumentGuessesMax; ++i) EXPECT_EQ(confirm(document, "eve@example.org"), Kind::wrong);
  EXPECT_EQ(confirm(document, "ann@example.org"), Kind::blocked);
}

TEST_F(DocumentDownloadsTest, AClientCannotGoFromFileToFile) {
  for (int i = 0; i < kClientGuessesMax; ++i) EXPECT_EQ(confirm(opened(sent()), "eve@example.org"), Kind::wrong);
  const OpenedDocument document = opened(sent());
  EXPECT_EQ(confirm(document, "ann@example.org"), Kind::blocked);
  EXPECT_EQ(confirm(document, "ann@example.org", "192.0.2.2"), Kind::confirmed);
}

TEST_F(DocumentDownloadsTest, GuessesThatWereNotLookedAtDoNotCountForTheClient) {
  const OpenedDocument document = opened(sent());
  for (int i = 0; i < kDocumentGuessesMax; ++i) confirm(document, "eve@example.org", "192.0.2.9");
  for (int i = 0; i < 2 * kClientGuessesMax; ++i) ASSERT_EQ(confirm(document, "ann@example.org"), Kind::blocked);
  world_.documents.try_fault.count = 2 * kClientGuessesMax;
  const OpenedDocument other = opened(sent());
  for (int i = 0; i < 2 * kClientGuessesMax; ++i) {
    EXPECT_EQ(world_.downloads.confirm(other, "ann@example.org", "192.0.2.1").error().kind, ErrorKind::retry_later);
  }
  EXPECT_EQ(confirm(other, "ann@example.org"), Kind::confirmed);
}

TEST_F(DocumentDownloadsTest, GuessesAtOnceDoNotGetPastTheLimits) {
  const OpenedDocument document = opened(sent());
  std::atomic<int> compared = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (int j = 0; j < 5; ++j)
          compared += confirm(document, "eve@example.org", std::to_string(i)) == Kind::wrong;
      });
    }
  }
  EXPECT_EQ(compared, kDocumentGuessesMax);
}

TEST_F(DocumentDownloadsTest, AProofIsForOneDocumentAndOneHour) {
  const OpenedDocument document = opened(sent()), other = opened(sent());
  const std::string proof = world_.downloads.make_proof(document);
  EXPECT_TRUE(world_.downloads.is_proof(document, proof));
  EXPECT_FALSE(world_.downloads.is_proof(other, proof));
  for (std::string bad : {std::string(), std::string("."), std::string("1."), proof + "A", proof.substr(1),
                          proof.substr(0, proof.size() - 1), "9" + proof, proof.substr(0, proof.find('.')),
                          "-" + proof, "99999999999999999999" + proof.substr(proof.find('.'))}) {
    EXPECT_FALSE(world_.downloads.is_proof(document, bad)) << bad;
  }
  world_.clock.advance(kProofLife - 1us);
  EXPECT_TRUE(world_.downloads.is_proof(document, proof));
  world_.clock.advance(1us);
  EXPECT_FALSE(world_.downloads.is_proof(document, proof));
  // One from a clock that was ahead.
  world_.clock.advance(-kProofLife - 1us);
  EXPECT_FALSE(world_.downloads.is_proof(document, proof));
}

TEST_F(DocumentDownloadsTest, AnotherInstallationsProofIsNone) {
  const OpenedDocument document = opened(sent());
  const KeyRing other_ring = KeyRing::parse(KeyRing::generate(world_.random)).value();
  DocumentPorts ports{world_.documents, world_.blobs, world_.services, world_.notifications,
                      nullptr,          other_ring,   world_.clock,    world_.random};
  EXPECT_FALSE(world_.downloads.is_proof(document, DocumentDownloads(ports).make_proof(document)));
}

TEST_F(DocumentDownloadsTest, DownloadsAreCountedAsFarAsThatIsPossible) {
  const DocumentLink link = sent();
  const OpenedDocument document = opened(link);
  world_.downloads.count_download(document);
  world_.documents.count_fault.count = 1;
  world_.downloads.count_download(document);
  EXPECT_EQ(opened(link).record.download_count, 1);
  EXPECT_EQ(opened(link).record.downloaded_at, world_.clock.now());
}

}  // namespace
}  // namespace postroom::flows
