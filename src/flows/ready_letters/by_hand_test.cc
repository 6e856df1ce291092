// Varied: files that people bring along (letters and attachments), and letters that they look at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "core/letters/pdf_overlay.h"
#include "flows/ready_letters/letter_previews.h"
#include "flows/ready_letters/letter_sweep.h"
#include "flows/ready_letters/letter_uploads.h"
#include "flows/ready_letters/template_attachments.h"
#include "flows/ready_letters/testing.h"
#include "flows/send/send_letter.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::Postage;
using ports::Bucket;
using ports::ScanVerdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ReadyLetterWorld;

class OnePageRenderer final : public ports::LetterRenderer {
 public:
  Result<ports::RenderedLetter> render(const ports::LetterInput& letter) override {
    return render_parts(std::span(&letter, 1));
  }
  Result<ports::RenderedLetter> render_parts(std::span<const ports::LetterInput>) override {
    return ports::RenderedLetter{"%PDF rendered", 1, {1}};
  }
};

class ByHandTest : public ::testing::Test {
 protected:
  ByHandTest() {
    set_log_sink([](std::string_view) {});
  }
  ~ByHandTest() override { set_log_sink(nullptr); }

  NotificationId new_id() { return NotificationId{Uuid::random(w_.random)}; }
  UploadedLetter checked(NotificationId id) {
    auto upload = uploads_.check(w_.service, w_.kPdf, id);
    EXPECT_TRUE(upload) << (upload ? "" : upload.error().messages[0]);
    return upload ? *upload : UploadedLetter{};
  }
  Outcome<Notification> send(NotificationId id, std::optional<Postage> postage = {},
                             accounts::KeyType key = accounts::KeyType::normal) {
    return uploads_.send({.service = w_.service, .key_type = key},
                         {.id = id, .file_name = "bins.pdf", .postage = postage, .created_by = "mara@example.org"});
  }
  notifications::Template a_template(bool hidden = false) {
    notifications::Template text;
    text.id = TemplateId{Uuid::random(w_.random)};
    text.service_id = w_.service.id;
    text.type = notifications::NotificationType::letter;
    text.name = "Reminder";
    text.content = "Hello";
    text.hidden = hidden;
    EXPECT_TRUE(templates_.add_version(text));
    return text;
  }
  // A ready PDF that was refused.
  Notification refused(std::string code, std::vector<int> pages) {
    const TemplateId hidden = a_template(true).id;
    Notification letter = w_.put([&](Notification& n) { n.template_id = hidden; });
    EXPECT_TRUE(w_.care.fail_checks(letter.id, std::vector{NotificationStatus::pending_virus_check},
                                    {.code = std::move(code), .pages = std::move(pages), .page_count = 10},
                                    w_.clock.now(), "c", ""));
    letter = w_.notifications.at(letter.id);
    EXPECT_TRUE(LetterFiles(w_.blobs, w_.calendar).store(letter, w_.kPdf));
    return letter;
  }

  ReadyLetterWorld w_;
  ports::testing::MemoryTemplateStore templates_;
  TemplateCache cache_{templates_, w_.clock};
  NoLimits limits_;
  SendContext context_{.template_store = templates_,
                       .notifications = w_.notifications,
                       .blobs = w_.memory_blobs,
                       .templates = cache_,
                       .limits = limits_,
                       .clock = w_.clock,
                       .random = w_.random,
                       .options = {}};
  std::vector<std::string> noticed_;
  LetterUploads uploads_{context_, w_.ports, w_.check,
                         [this](const FiledNotice& notice) { noticed_.push_back(notice.blob_key); }};
  TemplateAttachments attachments_{w_.ports, templates_, w_.check, w_.random};
  OnePageRenderer renderer_;
  RenderFlow render_{w_.notifications, cache_, renderer_, w_.blobs, w_.tasks, w_.calendar, w_.clock, 1s};
  LetterPreviews previews_{w_.ports, cache_, render_, w_.pdf};
};

TEST_F(ByHandTest, CR14_an_upload_becomes_a_letter_that_waits_for_printing) {
  w_.pdf.pages = 3;
  const NotificationId id = new_id();
  const UploadedLetter upload = checked(id);
  EXPECT_TRUE(upload.may_be_sent());
  EXPECT_THAT(upload.checked.address_lines, ElementsAre("Ada Reader", "7 Mill Lane", "SW1A 1AA"));
  EXPECT_EQ(w_.keys().size(), 2u);
  EXPECT_TRUE(w_.notifications.rows().empty()) << "checking sends nothing";

  auto sent = send(id, Postage::first);
  ASSERT_TRUE(sent) << sent.error().messages[0];
  const Notification& letter = w_.notifications.at(id);
  EXPECT_EQ(letter, *sent);
  EXPECT_EQ(letter.status, NotificationStatus::created);
  EXPECT_EQ(letter.billable_units, 2);
  EXPECT_EQ(letter.to, "Ada Reader\n7 Mill Lane\nSW1A 1AA");
  EXPECT_EQ(letter.normalised_to, "adareader7milllanesw1a1aa");
  EXPECT_EQ(letter.postage, Postage::first);
  EXPECT_EQ(letter.client_reference, "bins.pdf");
  EXPECT_EQ(letter.created_by_name, "mara@example.org");
  EXPECT_EQ(letter.template_id, precompiled_template_id(w_.service.id));
  EXPECT_THAT(letter.personalisation, HasSubstr("bins.pdf"));
  EXPECT_EQ(*LetterFiles(w_.blobs, w_.calendar).read(letter), w_.pdf.rewritten);
  EXPECT_EQ(w_.keys().size(), 1u) << "the upload is gone";
  EXPECT_TRUE(w_.tasks.rows().empty()) << "nothing is left to do";
  EXPECT_EQ(noticed_.size(), 1u);
}

TEST_F(ByHandTest, X97_a_second_click_sends_nothing_twice) {
  const NotificationId id = new_id();
  checked(id);
  auto first = send(id);
  ASSERT_TRUE(first);
  auto second = send(id);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->reference, first->reference);
  EXPECT_EQ(w_.notifications.rows().size(), 1u);
  EXPECT_EQ(w_.keys().size(), 1u);
}

TEST_F(ByHandTest, CR14_the_address_abroad_decides_the_postage) {
  w_.set_international(true);
  w_.pdf.address.back() = "Germany";
  const NotificationId id = new_id();
  checked(id);
  auto sent = send(id, Postage::first);
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->postage, Postage::europe);
  EXPECT_TRUE(sent->international);
}

TEST_F(ByHandTest, CR14_what_must_not_be_sent_is_not) {
  const NotificationId id = new_id();
  auto gone = send(id);
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().messages[0], HasSubstr("upload it again"));

  checked(id);
  w_.service.trial = true;
  EXPECT_EQ(send(id).error().kind, RefusalKind::forbidden);
  w_.service.trial = false;
  context_.options.print_records = true;
  w_.service.permissions.erase(accounts::Permission::letters_as_pdf);
  EXPECT_THAT(send(id).error().messages[0], HasSubstr("print records"));
  EXPECT_FALSE(uploads_.check(w_.service, w_.kPdf, id));
  context_.options.print_records = false;
  w_.service.permissions.erase(accounts::Permission::letter);
  EXPECT_FALSE(send(id));
  EXPECT_TRUE(w_.notifications.rows().empty());
}

TEST_F(ByHandTest, CR14_a_store_that_fails_leaves_no_file) {
  const NotificationId id = new_id();
  checked(id);
  w_.notifications.accept_fault.count = 1;
  EXPECT_EQ(send(id).error().kind, RefusalKind::unavailable);
  EXPECT_EQ(w_.keys().size(), 2u) << "the upload is still there";
  EXPECT_TRUE(send(id));
}

TEST_F(ByHandTest, AV6_an_infected_upload_is_a_verdict_and_kept_nowhere) {
  w_.scanner.report = ports::ScanReport(ScanVerdict::infected, "Eicar");
  const UploadedLetter upload = checked(new_id());
  EXPECT_FALSE(upload.may_be_sent());
  EXPECT_EQ(upload.signature, "Eicar");
  EXPECT_THAT(w_.keys(), IsEmpty());
  w_.scanner.report = fail(ErrorKind::retry_later, "away");
  EXPECT_EQ(uploads_.check(w_.service, w_.kPdf, new_id()).error().kind, RefusalKind::unavailable);
  w_.scanner.report = fail(ErrorKind::rejected, "too large");
  EXPECT_EQ(uploads_.check(w_.service, w_.kPdf, new_id()).error().kind, RefusalKind::bad_request);
  w_.ports.scanner = nullptr;
  EXPECT_EQ(uploads_.check(w_.service, w_.kPdf, new_id()).error().kind, RefusalKind::bad_request);
  EXPECT_THAT(w_.keys(), IsEmpty());
}

TEST_F(ByHandTest, AFileThatBreaksARuleIsAVerdictAndKeptNowhere) {
  w_.pdf.pages = 11;
  const UploadedLetter upload = checked(new_id());
  EXPECT_EQ(upload.checked.verdict.code, "letter-too-long");
  EXPECT_THAT(w_.keys(), IsEmpty());
  EXPECT_EQ(uploads_.check(w_.service, Bytes(kUploadBytesMax + 1, 'x'), new_id()).error().kind,
            RefusalKind::bad_request);
}

TEST_F(ByHandTest, TP11_an_attachment_makes_a_version_and_detaching_another) {
  const notifications::Template text = a_template();
  w_.pdf.pages = 2;
  w_.pdf.tagged = false;
  auto attached = attachments_.attach(w_.service, text.id, w_.kPdf, "mara@example.org");
  ASSERT_TRUE(attached);
  ASSERT_TRUE(attached->is_attached());
  auto second = templates_.find(w_.service.id, text.id, std::nullopt);
  EXPECT_EQ(second->version, 2);
  EXPECT_EQ(second->attachment, attached->version.attachment);
  EXPECT_EQ(second->attachment_pages, 2);
  EXPECT_EQ(second->created_by, "mara@example.org");
  EXPECT_TRUE(w_.has("letter-attachments/" + attachment_key(w_.service.id, second->attachment)));
  EXPECT_EQ(notifications::template_from_json(notifications::to_json(*second)), *second);
  auto detached = attachments_.detach(w_.service, text.id, "");
  ASSERT_TRUE(detached);
  EXPECT_EQ(detached->version, 3);
  EXPECT_TRUE(detached->attachment.empty());
  EXPECT_EQ(attachments_.detach(w_.service, text.id, "")->version, 3) << "there is nothing left to detach";
  EXPECT_EQ(templates_.find(w_.service.id, text.id, 2)->attachment, second->attachment);
}

TEST_F(ByHandTest, TP11_what_cannot_be_attached_changes_nothing) {
  const notifications::Template text = a_template();
  EXPECT_EQ(attachments_.attach(w_.service, text.id, w_.kPdf, "")->verdict.code, "notify-tag-found-in-content");
  w_.pdf.tagged = false;
  for (int pages : {10, 11}) {
    w_.pdf.pages = pages;
    auto refused = attachments_.attach(w_.service, text.id, w_.kPdf, "");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->verdict.code, "letter-too-long") << pages;
  }
  w_.pdf.pages = 1;
  w_.scanner.report = ports::ScanReport(ScanVerdict::infected, "Eicar");
  EXPECT_EQ(attachments_.attach(w_.service, text.id, w_.kPdf, "")->signature, "Eicar");
  w_.scanner.report = fail(ErrorKind::retry_later, "away");
  EXPECT_EQ(attachments_.attach(w_.service, text.id, w_.kPdf, "").error().kind, RefusalKind::unavailable);
  EXPECT_FALSE(attachments_.attach(w_.service, a_template(true).id, w_.kPdf, ""));
  EXPECT_FALSE(attachments_.attach(w_.service, TemplateId{Uuid::random(w_.random)}, w_.kPdf, ""));
  EXPECT_EQ(templates_.find(w_.service.id, text.id, std::nullopt)->version, 1);
  EXPECT_THAT(w_.keys(), IsEmpty());
}

TEST_F(ByHandTest, OV3_a_letter_of_a_template_is_shown_as_stored_or_rendered) {
  const TemplateId id = a_template().id;
  Notification letter = w_.put([&](Notification& n) {
    n.template_id = id;
    n.status = NotificationStatus::created;
    n.personalisation = "{}";
  });
  auto fresh = previews_.preview(letter, {});
  ASSERT_TRUE(fresh) << fresh.error().message;
  EXPECT_EQ(fresh->content, "%PDF rendered");
  EXPECT_EQ(fresh->content_type, "application/pdf");
  ASSERT_TRUE(LetterFiles(w_.blobs, w_.calendar).store(letter, "%PDF stored"));
  EXPECT_EQ(previews_.preview(letter, {})->content, "%PDF stored");
  EXPECT_EQ(previews_.preview(letter, {.png = true})->content_type, "image/png");
  EXPECT_THAT(w_.pdf.images.at(0).whiten, IsEmpty());
}

TEST_F(ByHandTest, OV3_forbidden_zones_are_tinted_on_the_pages_at_fault) {
  const Notification letter = refused("content-outside-printable-area", {10});
  w_.pdf.pages = 10;
  EXPECT_EQ(previews_.preview(letter, {})->content, "%PDF tinted");
  EXPECT_EQ(w_.pdf.tints.at(0).first.size(), letters::forbidden_on_first_page().size());
  ASSERT_TRUE(previews_.preview(letter, {.png = true, .page = 10}));
  EXPECT_EQ(w_.pdf.images.at(0).tint.size(), letters::forbidden_on_later_pages().size());
  // Page 1 is not page 10.
  ASSERT_TRUE(previews_.preview(letter, {.png = true, .page = 1}));
  EXPECT_THAT(w_.pdf.images.at(1).tint, IsEmpty());
  EXPECT_EQ(w_.pdf.images.at(1).whiten.size(), 1u) << "the tag's corner";
  ASSERT_TRUE(previews_.preview(letter, {.png = true, .page = 2}));
  EXPECT_THAT(w_.pdf.images.at(2).whiten, IsEmpty());
}

TEST_F(ByHandTest, OV3_other_faults_are_shown_without_zones) {
  const Notification letter = refused("letter-not-a4-portrait-oriented", {1});
  auto pdf = previews_.preview(letter, {});
  ASSERT_TRUE(pdf);
  EXPECT_EQ(pdf->content, w_.kPdf);
  EXPECT_EQ(pdf->fault->code, "letter-not-a4-portrait-oriented");
  ASSERT_TRUE(previews_.preview(letter, {.png = true}));
  EXPECT_THAT(w_.pdf.images.at(0).tint, IsEmpty());
}

TEST_F(ByHandTest, OV1_pictures_are_kept_for_a_week_and_pages_that_are_not_there_are_refused) {
  const Notification letter = refused("unable-to-read-the-file", {});
  w_.pdf.pages = 2;
  ASSERT_TRUE(previews_.preview(letter, {.png = true, .page = 2}));
  ASSERT_TRUE(previews_.preview(letter, {.png = true, .page = 2}));
  EXPECT_EQ(w_.pdf.images.size(), 1u) << "the second comes from the cache";
  for (int page : {0, -1, 3})
    EXPECT_EQ(previews_.preview(letter, {.png = true, .page = page}).error().kind, ErrorKind::invalid_input)
        << page;
  // The memory store's files are of 1970.
  MovableClock then{UtcTime{} + 6 * 24h}, later{UtcTime{} + 8 * 24h};
  auto previews = [&] {
    const auto keys = w_.keys();
    return std::count_if(keys.begin(), keys.end(),
                         [](const std::string& key) { return key.starts_with("template-preview-cache/"); });
  };
  EXPECT_EQ(previews(), 1);
  ASSERT_TRUE(sweep_letter_files(w_.memory_blobs, then));
  EXPECT_EQ(previews(), 1);
  ASSERT_TRUE(sweep_letter_files(w_.memory_blobs, later));
  EXPECT_EQ(previews(), 0);
}

TEST_F(ByHandTest, OV3_letters_without_a_file_say_why) {
  const TemplateId hidden = a_template(true).id;
  for (NotificationStatus status : {NotificationStatus::pending_virus_check, NotificationStatus::virus_scan_failed,
                                    NotificationStatus::technical_failure}) {
    Notification letter = w_.put([&](Notification& n) {
      n.template_id = hidden;
      n.status = status;
    });
    auto none = previews_.preview(letter, {});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().kind, ErrorKind::conflict);
    EXPECT_THAT(none.error().message, HasSubstr(letter.reference));
  }
}

}  // namespace
}  // namespace postroom::flows
