// Varied: ages, messages that came or did not, and where a sweep is cut off. Nothing may stay for ever, and nothing
// that a message points to may go before its time.
#include "flows/documents/sweep.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "flows/documents/testing.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using testing::DocumentWorld;

class SweepTest : public ::testing::Test {
 protected:
  SweepTest() {
    set_log_sink([](std::string_view) {});
  }
  ~SweepTest() override { set_log_sink(nullptr); }

  // A file whose message is never stored.
  std::string orphan() {
    notifications::FileRequest file{.content = to_base64("a,b")};
    return world_.uploads
        .upload({.service = world_.service,
                 .notification = NotificationId{Uuid::random(world_.random)},
                 .file = file,
                 .recipient = "ann@example.org",
                 .sent_at = world_.clock.now()})
        .value();
  }
  std::size_t records() { return world_.documents.list(world_.service.id, 100'000).value().size(); }
  std::size_t files() const { return world_.blobs.blobs.size(); }
  DocumentSweep sweep() { return sweep_documents(world_.ports).value(); }

  DocumentWorld world_;
};

TEST_F(SweepTest, ExpiredFilesGo) {
  ASSERT_TRUE(world_.send("a,b", {.content = "", .retention_weeks = 1}));
  ASSERT_TRUE(world_.send("a,b", {.content = "", .retention_weeks = 2}));
  world_.clock.advance(std::chrono::weeks{1} - 1us);
  EXPECT_EQ(sweep().expired, 0);
  world_.clock.advance(1us);
  EXPECT_EQ(sweep().expired, 1);
  EXPECT_EQ(records(), 1U);
  EXPECT_EQ(files(), 1U);
  world_.clock.advance(std::chrono::weeks{1});
  EXPECT_EQ(sweep().expired, 1);
  EXPECT_EQ(records() + files(), 0U);
}

TEST_F(SweepTest, FilesWithoutTheirMessageGoAfterAnHour) {
  orphan();
  ASSERT_TRUE(world_.send());
  world_.clock.advance(kOrphanAgeMin);
  EXPECT_EQ(sweep().orphans + sweep().kept, 0);
  world_.clock.advance(1us);
  const DocumentSweep done = sweep();
  EXPECT_EQ(done.orphans, 1);
  EXPECT_EQ(done.kept, 1);
  EXPECT_EQ(records(), 1U);
  EXPECT_EQ(files(), 1U);
  // What was found to be in use is not looked at again.
  EXPECT_EQ(sweep().kept, 0);
}

TEST_F(SweepTest, FilesStayWhenTheirMessageIsDeletedBeforeThem) {
  const auto link = DocumentWorld::parse(world_.send().value());
  world_.clock.advance(kOrphanAgeMin + 1us);
  sweep();
  world_.clock.advance(std::chrono::weeks{25});
  EXPECT_EQ(sweep().orphans, 0);
  EXPECT_TRUE(world_.downloads.open(link));
}

TEST_F(SweepTest, AfterALongStandstillTheirMessagesMayHaveBeenDeletedAlready) {
  orphan();
  world_.clock.advance(kOrphanAgeMax);
  const DocumentSweep done = sweep();
  EXPECT_EQ(done.orphans, 0);
  EXPECT_EQ(done.kept, 1);
}

TEST_F(SweepTest, AStoreThatIsAwayDeletesNothing) {
  ASSERT_TRUE(world_.send());
  world_.clock.advance(kOrphanAgeMin + 1us);
  world_.notifications.find_fault.count = 1;
  EXPECT_FALSE(sweep_documents(world_.ports));
  EXPECT_EQ(records(), 1U);
  EXPECT_EQ(sweep().kept, 1);
}

TEST_F(SweepTest, ARecordWithoutItsFileGoesToo) {
  world_.blobs.put_fault.count = 1;
  EXPECT_FALSE(world_.send());
  EXPECT_EQ(records(), 1U);
  world_.clock.advance(kOrphanAgeMin + 1us);
  EXPECT_EQ(sweep().orphans, 1);
  EXPECT_EQ(records(), 0U);
}

TEST_F(SweepTest, ManyAreDoneInOneGo) {
  for (int i = 0; i < 450; ++i) orphan();
  for (int i = 0; i < 450; ++i) ASSERT_TRUE(world_.send());
  world_.clock.advance(kOrphanAgeMin + 1us);
  const DocumentSweep done = sweep();
  EXPECT_EQ(done.orphans, 450);
  EXPECT_EQ(done.kept, 450);
  world_.clock.advance(std::chrono::weeks{26});
  EXPECT_EQ(sweep().expired, 450);
  EXPECT_EQ(records() + files(), 0U);
}

TEST_F(SweepTest, OneCanBeDeletedAtOnce) {
  const auto link = DocumentWorld::parse(world_.send().value());
  ASSERT_TRUE(world_.send());
  ASSERT_TRUE(delete_document(world_.ports, link.document));
  EXPECT_FALSE(world_.downloads.open(link));
  EXPECT_EQ(records(), 1U);
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(delete_document(world_.ports, link.document).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace postroom::flows
