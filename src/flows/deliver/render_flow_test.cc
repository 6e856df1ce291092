// Varied: the letter's template, key, state and what the renderer says. The PDF must lie where the print run looks
// and the sheets must be counted, or the letter must say why not.
#include "flows/deliver/render_flow.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "flows/deliver/simulated_receipt.h"
#include "ports/task_names.h"
#include "ports/testing_care.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

class FakeRenderer final : public ports::LetterRenderer {
 public:
  int pages = 1;
  std::optional<Error> error;
  std::vector<ports::LetterInput> parts;
  Result<ports::RenderedLetter> render(const ports::LetterInput& letter) override {
    return render_parts(std::span(&letter, 1));
  }
  Result<ports::RenderedLetter> render_parts(std::span<const ports::LetterInput> all) override {
    parts.assign(all.begin(), all.end());
    if (error) return fail(*error);
    return ports::RenderedLetter{"%PDF of " + all.front().address_lines.front(), pages, {pages}};
  }
};

class PlusJoiner final : public ports::PdfJoiner {
 public:
  Result<Bytes> join(std::span<const BytesView> parts) override {
    Bytes out;
    for (BytesView part : parts) out += (out.empty() ? "" : "+") + std::string(part);
    return out;
  }
};

class RenderTest : public testing::Test {
 protected:
  RenderTest() {
    set_log_sink([](std::string_view) {});
    template_.id = TemplateId{Uuid::random(random_)};
    template_.service_id = ServiceId{Uuid::random(random_)};
    template_.type = NotificationType::letter;
    template_.subject = "About ((thing))";
    template_.content = "Dear ((name))";
    template_.postage = notifications::Postage::second;
  }
  ~RenderTest() override { set_log_sink(nullptr); }

  NotificationId put(const std::function<void(Notification&)>& change = {}) {
    EXPECT_TRUE(templates_.add_version(template_));
    Notification n;
    n.id = NotificationId{Uuid::random(random_)};
    n.service_id = template_.service_id;
    n.type = NotificationType::letter;
    n.template_id = template_.id;
    n.reference = "ABCDEFGH12345678";
    n.postage = template_.postage;
    n.to = "Ada Reader\n7 Mill Lane\nSW1A 1AA";
    n.personalisation = R"({"name":"Ada","thing":"bins"})";
    n.created_at = *parse_rfc3339("2026-06-30T23:30:00Z");  // 1 July in London
    if (change) change(n);
    notifications_.put(n);
    return n.id;
  }
  Result<void> render(NotificationId id) { return flow_.render(id); }
  const Notification& at(NotificationId id) { return notifications_.at(id); }

  SeededRandom random_{51};
  MovableClock clock_{*parse_rfc3339("2026-07-03T08:00:00Z")};
  TimeZone zone_ = *TimeZone::load("Europe/London");
  letters::PrintCalendar calendar_{zone_};
  notifications::Template template_;
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::MemoryTemplateStore templates_;
  ports::testing::MemoryBlobStore blobs_;
  TemplateCache cache_{templates_, clock_};
  FakeRenderer renderer_;
  PlusJoiner joiner_;
  ports::testing::MemoryJobStore jobs_{tasks_};
  ports::testing::MemoryLetterCareStore care_{notifications_, jobs_};
  std::vector<std::pair<std::string, int>> noticed_;
  RenderFlow flow_{notifications_,
                   cache_,
                   renderer_,
                   blobs_,
                   tasks_,
                   calendar_,
                   clock_,
                   5s,
                   [this](const RenderedNotice& notice) {
                     noticed_.emplace_back(notice.blob_key + "|" + notice.subject + "|" + notice.body,
                                           notice.page_count);
                   },
                   {.care = &care_, .joiner = &joiner_}};
};

TEST_F(RenderTest, StoresThePdfAndCountsSheets) {
  NotificationId id = put();
  for (auto [pages, sheets] : {std::pair{1, 1}, {2, 1}, {3, 2}, {9, 5}, {10, 5}}) {
    renderer_.pages = pages;
    ASSERT_TRUE(render(id));
    EXPECT_EQ(at(id).billable_units, sheets) << pages;
  }
  EXPECT_EQ(at(id).status, NotificationStatus::created);
  EXPECT_EQ(at(id).updated_at, clock_.now());
  EXPECT_EQ(notifications_.events(id)->at(0).cause, "letter.rendered");
  ASSERT_EQ(blobs_.blobs.size(), 1u) << "a second rendering replaces the first";
  auto found = LetterFiles(blobs_, calendar_).find(at(id));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bucket, ports::Bucket::letters_pdf);
  EXPECT_EQ(*LetterFiles(blobs_, calendar_).read(at(id)), "%PDF of Ada Reader");
  ASSERT_EQ(noticed_.size(), 5u);
  EXPECT_EQ(noticed_[4].first, found->blob.key + "|About bins|Dear Ada");
  EXPECT_EQ(noticed_[4].second, 10);
}

TEST_F(RenderTest, TheDateIsThatOfAcceptanceInLocalTime) {
  ASSERT_TRUE(render(put()));
  ASSERT_EQ(renderer_.parts.size(), 1u);
  const ports::LetterInput& part = renderer_.parts[0];
  EXPECT_EQ(part.date, "1 July 2026");
  EXPECT_EQ(part.subject, "About bins");
  EXPECT_EQ(part.address_lines, (std::vector<std::string>{"Ada Reader", "7 Mill Lane", "SW1A 1AA"}));
  EXPECT_EQ(part.language, ports::LetterLanguage::english);
  EXPECT_TRUE(part.notify_tag);
}

TEST_F(RenderTest, ContactBlockComesFromTheTemplateElseFromTheSender) {
  auto set_reply_to = [](Notification& n) { n.reply_to = "Service House\nTown"; };
  ASSERT_TRUE(render(put(set_reply_to)));
  EXPECT_EQ(renderer_.parts[0].contact_lines, (std::vector<std::string>{"Service House", "Town"}));
  template_.id = TemplateId{Uuid::random(random_)};
  template_.contact_block = "Desk of ((name))";
  ASSERT_TRUE(render(put(set_reply_to)));
  EXPECT_EQ(renderer_.parts[0].contact_lines, (std::vector<std::string>{"Desk of Ada"}));
  template_.id = TemplateId{Uuid::random(random_)};
  template_.contact_block = "";
  ASSERT_TRUE(render(put()));
  EXPECT_TRUE(renderer_.parts[0].contact_lines.empty());
}

TEST_F(RenderTest, AWelshLetterHasTwoPartsAndOneTag) {
  template_.welsh_first = true;
  template_.welsh_subject = "Ynglŷn";
  template_.welsh_content = "Annwyl ((name))";
  template_.contact_block = "Desk";
  ASSERT_TRUE(render(put()));
  ASSERT_EQ(renderer_.parts.size(), 2u);
  EXPECT_EQ(renderer_.parts[0].language, ports::LetterLanguage::welsh);
  EXPECT_EQ(renderer_.parts[0].subject, "Ynglŷn");
  EXPECT_EQ(renderer_.parts[0].date, "1 Gorffennaf 2026");
  EXPECT_TRUE(renderer_.parts[0].notify_tag);
  EXPECT_EQ(renderer_.parts[0].contact_lines, renderer_.parts[1].contact_lines);
  EXPECT_EQ(renderer_.parts[1].language, ports::LetterLanguage::english);
  EXPECT_FALSE(renderer_.parts[1].notify_tag);
}

TEST_F(RenderTest, WhatCannotBePrintedFailsValidation) {
  renderer_.error = Error{ErrorKind::invalid_input, "11 pages, at most 10"};
  NotificationId id = put();
  ASSERT_TRUE(render(id)) << "the task is done";
  EXPECT_EQ(at(id).status, NotificationStatus::validation_failed);
  EXPECT_EQ(at(id).billable_units, 0);
  EXPECT_EQ(notifications_.events(id)->at(0).detail, "11 pages, at most 10");
  EXPECT_TRUE(blobs_.blobs.empty());
  EXPECT_TRUE(noticed_.empty());
}

TEST_F(RenderTest, ALetterThatIsTooLongFailsValidationAndItsPdfIsKept) {
  renderer_.pages = ports::kLetterPagesMax + 1;
  NotificationId id = put();
  ASSERT_TRUE(render(id)) << "the task is done";
  EXPECT_FALSE(renderer_.parts.front().page_limit);
  EXPECT_EQ(at(id).status, NotificationStatus::validation_failed);
  EXPECT_EQ(at(id).billable_units, 0);
  ASSERT_EQ(blobs_.blobs.size(), 1u);
  EXPECT_EQ(blobs_.blobs.begin()->first.first, ports::Bucket::invalid_letters);
  EXPECT_NE(notifications_.events(id)->at(0).detail.find("11 pages"), std::string::npos);
}

TEST_F(RenderTest, TP14_T18_a_test_letter_that_is_too_long_does_not_stay_sending) {
  renderer_.pages = ports::kLetterPagesMax + 1;
  NotificationId id = put([](Notification& n) {
    n.key_type = accounts::KeyType::test;
    n.status = NotificationStatus::sending;
  });
  ASSERT_TRUE(render(id));
  EXPECT_EQ(at(id).status, NotificationStatus::validation_failed);
  EXPECT_EQ(care_.faults[id], (ports::LetterFault{.code = "letter-too-long", .pages = {}, .page_count = 11}));
  ASSERT_EQ(blobs_.blobs.size(), 1u);
  EXPECT_EQ(blobs_.blobs.begin()->first.first, ports::Bucket::invalid_letters);
  EXPECT_TRUE(tasks_.rows().empty()) << "no report of its delivery";
}

TEST_F(RenderTest, TP14_a_test_letter_that_was_delivered_at_once_stays_so_and_can_be_seen) {
  renderer_.pages = ports::kLetterPagesMax + 1;
  NotificationId id = put([](Notification& n) {
    n.key_type = accounts::KeyType::test;
    n.status = NotificationStatus::delivered;
  });
  ASSERT_TRUE(render(id));
  EXPECT_EQ(at(id).status, NotificationStatus::delivered);
  EXPECT_EQ(notifications_.events(id)->at(0).cause, "render.too_long");
  EXPECT_TRUE(LetterFiles(blobs_, calendar_).read(at(id)));
}

TEST_F(RenderTest, TP11_the_attachment_follows_and_counts) {
  template_.attachment = "a-1";
  template_.attachment_pages = 2;
  const auto key = std::pair{ports::Bucket::letter_attachments, attachment_key(template_.service_id, "a-1")};
  NotificationId id = put();
  EXPECT_EQ(render(id).error().kind, ErrorKind::retry_later) << "never without its attachment";
  EXPECT_EQ(at(id).billable_units, 0);
  blobs_.blobs[key] = "%attachment";
  renderer_.pages = 8;
  ASSERT_TRUE(render(id));
  EXPECT_EQ(at(id).billable_units, 5);
  EXPECT_EQ(*LetterFiles(blobs_, calendar_).read(at(id)), "%PDF of Ada Reader+%attachment");
}

TEST_F(RenderTest, TP15_nine_pages_and_two_of_the_attachment_are_too_many) {
  template_.attachment = "a-1";
  template_.attachment_pages = 2;
  blobs_.blobs[{ports::Bucket::letter_attachments, attachment_key(template_.service_id, "a-1")}] = "%attachment";
  renderer_.pages = 9;
  NotificationId id = put();
  ASSERT_TRUE(render(id));
  EXPECT_EQ(at(id).status, NotificationStatus::validation_failed);
  EXPECT_EQ(care_.faults[id].page_count, 11);
  template_.id = TemplateId{Uuid::random(random_)};
  template_.attachment_pages = 1;
  NotificationId fits = put([](Notification& n) { n.reference = "ABCDEFGH12345679"; });
  ASSERT_TRUE(render(fits));
  EXPECT_EQ(at(fits).status, NotificationStatus::created);
  EXPECT_EQ(at(fits).billable_units, 5);
}

TEST_F(RenderTest, TroubleLeavesTheLetterForAnotherTry) {
  NotificationId id = put();
  renderer_.error = Error{ErrorKind::internal, "no fonts"};
  EXPECT_EQ(render(id).error().kind, ErrorKind::internal);
  renderer_.error.reset();
  blobs_.put_fault.count = 1;
  EXPECT_EQ(render(id).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(at(id).status, NotificationStatus::created);
  EXPECT_EQ(at(id).billable_units, 0) << "not due for a run without its PDF";
  ASSERT_TRUE(render(id));
  EXPECT_EQ(at(id).billable_units, 1);
}

TEST_F(RenderTest, ATestLetterIsNeverDueAndIsReportedDelivered) {
  NotificationId id = put([](Notification& n) {
    n.key_type = accounts::KeyType::test;
    n.status = NotificationStatus::sending;
  });
  ASSERT_TRUE(render(id));
  EXPECT_EQ(at(id).billable_units, 0);
  ASSERT_EQ(blobs_.blobs.size(), 1u);
  EXPECT_EQ(blobs_.blobs.begin()->first.first, ports::Bucket::test_letters);
  auto rows = tasks_.rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].task.kind, ports::kSimulateReceipt);
  EXPECT_EQ(rows[0].task.subject, id.text());
  EXPECT_EQ(rows[0].task.run_at, clock_.now() + 5s);
  EXPECT_EQ(receipt_from_payload(rows[0].task.payload)->status, NotificationStatus::delivered);
}

TEST_F(RenderTest, ATestLetterThatIsDeliveredAlreadyGetsNoReport) {
  NotificationId id = put([](Notification& n) {
    n.key_type = accounts::KeyType::test;
    n.status = NotificationStatus::delivered;
  });
  ASSERT_TRUE(render(id));
  EXPECT_EQ(blobs_.blobs.size(), 1u);
  EXPECT_TRUE(tasks_.rows().empty());
}

TEST_F(RenderTest, OnlyCreatedLettersAreRendered) {
  NotificationId id = put([](Notification& n) { n.status = NotificationStatus::cancelled; });
  ASSERT_TRUE(render(id));
  EXPECT_TRUE(blobs_.blobs.empty());
  EXPECT_EQ(at(id).status, NotificationStatus::cancelled);
}

TEST_F(RenderTest, WhatIsMissingOrSpoiltIsSaid) {
  EXPECT_EQ(render(NotificationId{}).error().kind, ErrorKind::not_found);
  NotificationId spoilt = put([](Notification& n) { n.personalisation = "{"; });
  EXPECT_EQ(render(spoilt).error().kind, ErrorKind::corrupt);
  template_.id = TemplateId{Uuid::random(random_)};
  template_.type = NotificationType::sms;
  EXPECT_EQ(render(put()).error().kind, ErrorKind::corrupt);
}

TEST_F(RenderTest, GivingUpMovesOnlyCreatedOnes) {
  NotificationId id = put();
  ASSERT_TRUE(flow_.give_up(id, "no fonts"));
  EXPECT_EQ(at(id).status, NotificationStatus::technical_failure);
  notifications_.at(id).status = NotificationStatus::cancelled;
  ASSERT_TRUE(flow_.give_up(id, "no fonts"));
  EXPECT_EQ(at(id).status, NotificationStatus::cancelled);
}

}  // namespace
}  // namespace postroom::flows
