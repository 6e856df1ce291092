// Varied: files, options and what fails. What is taken is kept unreadable and for as long as it says; what is
// refused leaves nothing that could be fetched.
#include "flows/documents/document_uploads.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "core/content/email.h"
#include "flows/documents/document_seal.h"
#include "flows/documents/testing.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using testing::DocumentWorld;

class DocumentUploadsTest : public ::testing::Test {
 protected:
  DocumentUploadsTest() {
    set_log_sink([this](std::string_view line) { log_ += line; });
  }
  ~DocumentUploadsTest() override { set_log_sink(nullptr); }

  std::vector<ports::DocumentRecord> records() { return world_.documents.list(world_.service.id, 100).value(); }
  void refused(const Outcome<std::string>& link, RefusalKind kind, std::string_view part) {
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().kind, kind);
    EXPECT_NE(link.error().messages.at(0).find(part), std::string::npos) << link.error().messages.at(0);
  }

  DocumentWorld world_;
  std::string log_;
};

TEST_F(DocumentUploadsTest, KeepsWhatOnlyTheLinkOpens) {
  const Bytes secret = "The secret of the lighthouse keeper";
  auto link = world_.send(secret, {.content = "", .filename = "diagnosis.txt"});
  ASSERT_TRUE(link) << link.error().messages[0];
  EXPECT_TRUE(link->starts_with("https://web.example/d/"));
  ASSERT_EQ(records().size(), 1U);
  const ports::DocumentRecord record = records()[0];
  EXPECT_EQ(record.byte_count, static_cast<std::int64_t>(secret.size()));
  EXPECT_FALSE(record.is_kept);
  ASSERT_EQ(world_.blobs.blobs.size(), 1U);
  const auto& [where, sealed] = *world_.blobs.blobs.begin();
  EXPECT_EQ(where.first, ports::Bucket::documents);
  const documents::DocumentLink parsed = DocumentWorld::parse(*link);
  for (const std::string& kept : {sealed, record.details, where.second, log_}) {
    for (std::string_view word : {std::string_view("lighthouse"), std::string_view("diagnosis"),
                                  std::string_view("ann@example"), BytesView(parsed.key)}) {
      EXPECT_EQ(kept.find(word), std::string::npos) << word;
    }
  }
  EXPECT_EQ(log_.find(to_base64url(parsed.key)), std::string::npos);
  EXPECT_EQ(open_document(parsed.key, parsed.document, kContentPart, sealed), secret);
  // Bound to this document and this part of it.
  EXPECT_FALSE(open_document(parsed.key, parsed.document, kDetailsPart, sealed));
  EXPECT_FALSE(open_document(parsed.key, DocumentId{Uuid::random(world_.random)}, kContentPart, sealed));
}

TEST_F(DocumentUploadsTest, EveryFileHasItsOwnKey) {
  const auto first = DocumentWorld::parse(*world_.send()), second = DocumentWorld::parse(*world_.send());
  EXPECT_NE(first.key, second.key);
  EXPECT_NE(first.document, second.document);
}

TEST_F(DocumentUploadsTest, IsKeptForAsLongAsItSays) {
  const UtcTime now = world_.clock.now();
  ASSERT_TRUE(world_.send());
  EXPECT_EQ(records()[0].expires_at, now + std::chrono::weeks{26});
  world_.clock.advance(1s);
  ASSERT_TRUE(world_.send("a,b", {.content = "", .retention_weeks = 78}));
  EXPECT_EQ(records()[0].expires_at, now + 1s + std::chrono::weeks{78});
}

TEST_F(DocumentUploadsTest, TimeRunsFromWhenAMessageForLaterGoes) {
  const UtcTime later = world_.clock.now() + 20h;
  notifications::FileRequest file{.content = to_base64("a,b"), .retention_weeks = 1};
  ASSERT_TRUE(world_.uploads.upload({.service = world_.service,
                                     .notification = NotificationId{Uuid::random(world_.random)},
                                     .file = file,
                                     .recipient = "ann@example.org",
                                     .sent_at = later}));
  EXPECT_EQ(records()[0].expires_at, later + std::chrono::weeks{1});
}

TEST_F(DocumentUploadsTest, RefusedFilesLeaveNothing) {
  refused(world_.send("a", {.content = "", .filename = "a.exe"}), RefusalKind::bad_request,
          "filename ends in .exe");
  refused(world_.send(Bytes(1001, 'a')), RefusalKind::bad_request, "1001 bytes, send at most 1000");
  world_.scanner.verdict = ports::ScanVerdict::infected;
  refused(world_.send(), RefusalKind::bad_request, "virus");
  EXPECT_TRUE(records().empty());
  EXPECT_TRUE(world_.blobs.blobs.empty());
}

TEST_F(DocumentUploadsTest, AScannerThatIsAwayLetsNothingThrough) {
  world_.scanner.verdict = fail(ErrorKind::retry_later, "away");
  refused(world_.send(), RefusalKind::unavailable, "");
  EXPECT_TRUE(records().empty());
  EXPECT_TRUE(world_.blobs.blobs.empty());
}

TEST_F(DocumentUploadsTest, WithoutAScannerFilesAreTakenOnlyWhereThatIsWanted) {
  world_.ports.scanner = nullptr;
  refused(world_.send(), RefusalKind::bad_request, "no virus scanner");
  EXPECT_TRUE(world_.blobs.blobs.empty());
  world_.options.unscanned = true;
  DocumentUploads unscanned(world_.ports, world_.options);
  notifications::FileRequest file{.content = to_base64("a,b")};
  EXPECT_TRUE(unscanned.upload({.service = world_.service,
                                .notification = NotificationId{Uuid::random(world_.random)},
                                .file = file,
                                .recipient = "ann@example.org",
                                .sent_at = world_.clock.now()}));
}

TEST_F(DocumentUploadsTest, TroubleOfTheStoresIsToldAsSuch) {
  world_.documents.create_fault.count = 1;
  refused(world_.send(), RefusalKind::unavailable, "");
  EXPECT_TRUE(world_.blobs.blobs.empty());
  world_.blobs.put_fault.count = 1;
  refused(world_.send(), RefusalKind::unavailable, "");
}

TEST_F(DocumentUploadsTest, SimulatedRecipientsGetALinkWithoutAKey) {
  EXPECT_EQ(world_.uploads.test_link(world_.service.id),
            "https://web.example/services/" + world_.service.id.text() + "/documents/test-document");
  EXPECT_TRUE(records().empty());
}

// Keys are of any letters, digits, - and _, which typography, Markdown and punctuation rules must leave alone.
TEST_F(DocumentUploadsTest, LinksPassThroughEmailsUnchanged) {
  const content::EmailTemplate text("Your file", "Get it: ((file)).\n\n((file))\n\n* ((file)) - soon");
  for (int i = 0; i < 500; ++i) {
    documents::DocumentLink parts{world_.service.id, DocumentId{Uuid::random(world_.random)},
                                  world_.random.bytes(documents::kDocumentKeyBytes)};
    // Some that would be words with marks around them.
    if (i % 4 == 0) parts.key = Bytes(documents::kDocumentKeyBytes, static_cast<char>(i));
    if (i % 4 == 1) parts.key.replace(i % 20, 9, *from_base64url("_--_a__b--__"));
    const std::string link = "https://web.example" + documents::link_path(parts);
    const auto values = content::Personalisation::from_json(json::object{{"file", link}});
    const std::string html = render_email_html(text, values, {}), plain = render_email_plain(text, values);
    auto count = [](std::string_view in, std::string_view what) {
      int found = 0;
      for (auto at = in.find(what); at != in.npos; at = in.find(what, at + 1)) ++found;
      return found;
    };
    EXPECT_EQ(count(html, "href=\"" + link + '"'), 3) << link << html;
    EXPECT_EQ(count(plain, link), 3) << link << plain;
  }
}

}  // namespace
}  // namespace postroom::flows
