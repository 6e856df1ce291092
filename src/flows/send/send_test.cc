// Varies channel, key and recipient of messages to send; what is stored and queued must follow from them, and
// nothing is stored for simulated recipients or after a refusal.
#include <gtest/gtest.h>

#include <map>

#include "core/letters/file_names.h"
#include "flows/send/send_email.h"
#include "flows/send/send_letter.h"
#include "flows/send/send_row.h"
#include "flows/send/send_sms.h"

namespace postroom::flows {
namespace {

using accounts::KeyType;
using accounts::Permission;
using notifications::NotificationStatus;
using notifications::NotificationType;
using notifications::Postage;

class FakeTemplates final : public ports::TemplateStore {
 public:
  std::map<TemplateId, notifications::Template> templates;
  int reads = 0;

  Result<void> add_version(const notifications::Template& version) override {
    if (!templates.emplace(version.id, version).second) return fail(ErrorKind::conflict, "exists");
    return {};
  }
  Result<notifications::Template> find(ServiceId service, TemplateId id, std::optional<int>) override {
    ++reads;
    auto found = templates.find(id);
    if (found == templates.end() || found->second.service_id != service)
      return fail(ErrorKind::not_found, "no template");
    return found->second;
  }
  Result<std::vector<notifications::Template>> list(ServiceId) override {
    return std::vector<notifications::Template>{};
  }
};

class FakeNotifications final : public ports::NotificationStore {
 public:
  std::vector<ports::Acceptance> accepted;
  std::vector<Error> failures;  // taken one by one before anything is accepted

  Result<void> accept(const ports::Acceptance& acceptance) override {
    if (!failures.empty()) {
      Error error = failures.front();
      failures.erase(failures.begin());
      return fail(std::move(error));
    }
    accepted.push_back(acceptance);
    return {};
  }
  Result<std::vector<bool>> accept_all(std::span<const ports::Acceptance>) override { return std::vector<bool>{}; }
  Result<notifications::Notification> find(NotificationId) override { return fail(ErrorKind::not_found, "no"); }
  Result<std::vector<notifications::Notification>> find_all(std::span<const NotificationId>) override { return {}; }
  Result<std::vector<notifications::Notification>> find_by_references(std::span<const std::string>) override {
    return {};
  }
  Result<std::vector<notifications::Notification>> list(const ports::NotificationQuery&) override { return {}; }
  Result<std::map<NotificationStatus, std::int64_t>> count_by_status(const ports::NotificationQuery&) override {
    return {};
  }
  Result<bool> move(const ports::StatusMove&) override { return false; }
  Result<std::vector<bool>> move_all(std::span<const ports::StatusMove>) override { return std::vector<bool>{}; }
  Result<void> update(const ports::NotificationUpdate&) override { return {}; }
  Result<void> add_event(NotificationId, const notifications::NotificationEvent&) override { return {}; }
  Result<std::vector<notifications::NotificationEvent>> events(NotificationId) override { return {}; }
};

class FakeBlobs final : public ports::BlobStore {
 public:
  std::map<std::string, Bytes> scan;

  Result<void> put(ports::Bucket bucket, std::string_view key, BytesView content) override {
    EXPECT_EQ(bucket, ports::Bucket::letters_scan);
    scan[std::string(key)] = content;
    return {};
  }
  Result<Bytes> get(ports::Bucket, std::string_view) override { return fail(ErrorKind::not_found, "no"); }
  Result<ports::BlobInfo> stat(ports::Bucket, std::string_view) override {
    return fail(ErrorKind::not_found, "no");
  }
  Result<void> list(ports::Bucket, std::string_view, const std::function<void(const ports::BlobInfo&)>&) override {
    return {};
  }
  Result<void> remove(ports::Bucket, std::string_view key) override {
    scan.erase(std::string(key));
    return {};
  }
};

class CountingGate final : public NoLimits {
 public:
  int counts = 0;
  int international = 0;
  Outcome<void> admit_international_sms(const accounts::Service&, KeyType) override {
    ++international;
    return {};
  }
  std::optional<ports::DailyUse> use_of(const accounts::Service&, KeyType, NotificationType type,
                                        bool international_sms) override {
    return ports::DailyUse{
        .channel = ports::daily_channel_of(type), .limit = 100, .international_count = international_sms ? 1 : 0};
  }
  void counted(ServiceId, const ports::DailyUse&) override { ++counts; }
};

class SendTest : public testing::Test {
 protected:
  SendTest() {
    service_.id = ServiceId{Uuid::random(random_)};
    service_.name = "Harbour Office";
    service_.permissions = {Permission::email, Permission::sms, Permission::letter};
    service_.sms_senders = {{Uuid::random(random_), "HARBOUR", true, false}};
    service_.team = {{"Mara", "mara@team.example", "07900900321"}};
    sms_ = add(NotificationType::sms, "Hi ((name))");
    email_ = add(NotificationType::email, "Dear ((name))");
    letter_ = add(NotificationType::letter, "Dear ((name))");
  }

  TemplateId add(NotificationType type, std::string content) {
    notifications::Template t;
    t.id = TemplateId{Uuid::random(random_)};
    t.service_id = service_.id;
    t.type = type;
    t.subject = "Subject";
    t.content = std::move(content);
    templates_.templates[t.id] = t;
    return t.id;
  }
  Sender sender(KeyType type = KeyType::normal) {
    return {.service = service_, .key_type = type, .key_id = ApiKeyId{Uuid::random(random_)}};
  }
  notifications::SmsRequest sms_to(std::string number) {
    return {.number = *recipients::PhoneNumber::parse(number),
            .phone_number = number,
            .template_id = sms_,
            .personalisation = {{"name", "Ada"}},
            .reference = "case 7",
            .sms_sender_id = std::nullopt};
  }
  notifications::EmailRequest email_to(std::string address) {
    return {.address = *recipients::EmailAddress::parse(address),
            .template_id = email_,
            .personalisation = {{"name", "Ada"}},
            .reference = std::nullopt,
            .email_reply_to_id = std::nullopt,
            .one_click_unsubscribe_url = std::nullopt,
            .sanitise_content_for = {}};
  }
  notifications::LetterRequest letter_to(std::string last_line) {
    return {.template_id = letter_,
            .personalisation = {{"address_line_1", "Ada Reader"},
                                {"address_line_2", "7 Mill Lane"},
                                {"address_line_3", last_line},
                                {"name", "Ada"}},
            .reference = std::nullopt};
  }
  const ports::Acceptance& last() { return notifications_.accepted.at(notifications_.accepted.size() - 1); }

  SeededRandom random_{11};
  MovableClock clock_{from_micros(1'770'000'000'000'000)};
  accounts::Service service_;
  FakeTemplates templates_;
  FakeNotifications notifications_;
  FakeBlobs blobs_;
  CountingGate limits_;
  TemplateCache cache_{templates_, clock_};
  SendContext context_{.template_store = templates_,
                       .notifications = notifications_,
                       .blobs = blobs_,
                       .templates = cache_,
                       .limits = limits_,
                       .documents = nullptr,
                       .clock = clock_,
                       .random = random_,
                       .options = {}};
  TemplateId sms_, email_, letter_;
};

TEST_F(SendTest, TextIsStoredWithItsFirstTask) {
  auto accepted = send_sms(context_, sender(), sms_to(" 07900 900123 "));
  ASSERT_TRUE(accepted) << accepted.error().messages[0];
  EXPECT_EQ(accepted->content.body, "Hi Ada");
  EXPECT_EQ(accepted->content.from_number, "HARBOUR");
  const notifications::Notification& n = last().notification;
  EXPECT_EQ(n.id, accepted->message.id);
  EXPECT_EQ(n.status, NotificationStatus::created);
  EXPECT_EQ(n.to, "07900 900123");
  EXPECT_EQ(n.normalised_to, "447900900123");
  EXPECT_EQ(n.phone_prefix, "44");
  EXPECT_FALSE(n.international);
  EXPECT_EQ(n.client_reference, "case 7");
  EXPECT_EQ(n.personalisation, R"({"name":"Ada"})");
  EXPECT_EQ(n.reply_to, "HARBOUR");
  ASSERT_EQ(last().tasks.size(), 1u);
  EXPECT_EQ(last().tasks[0].queue, "send-sms");
  EXPECT_EQ(last().tasks[0].kind, "deliver-sms");
  EXPECT_EQ(last().tasks[0].subject, n.id.text());
  EXPECT_EQ(limits_.counts, 1);
}

TEST_F(SendTest, TestKeysWaitInTheirOwnQueue) {
  ASSERT_TRUE(send_sms(context_, sender(KeyType::test), sms_to("07900900123")));
  EXPECT_EQ(last().tasks[0].queue, "research");
  EXPECT_EQ(last().tasks[0].kind, "deliver-sms");
  ASSERT_TRUE(send_email(context_, sender(KeyType::test), email_to("a@b.example")));
  EXPECT_EQ(last().tasks[0].queue, "research");
  EXPECT_EQ(last().tasks[0].kind, "deliver-email");
}

TEST_F(SendTest, WarmTemplatesAreNotRead) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(send_sms(context_, sender(), sms_to("07900900123")));
  EXPECT_EQ(templates_.reads, 1);
  clock_.advance(kTemplateCacheTtl);
  ASSERT_TRUE(send_sms(context_, sender(), sms_to("07900900123")));
  EXPECT_EQ(templates_.reads, 2);
}

TEST_F(SendTest, SimulatedRecipientsAreAnsweredOnly) {
  EXPECT_TRUE(send_sms(context_, sender(), sms_to("07700 900 111")));
  EXPECT_TRUE(send_email(context_, sender(), email_to("Simulate-Delivered-3@notifications.service.gov.uk")));
  EXPECT_TRUE(notifications_.accepted.empty());
  EXPECT_EQ(limits_.counts, 0);
}

TEST_F(SendTest, ForeignNumbersAskTheirOwnLimit) {
  auto refused = send_sms(context_, sender(), sms_to("+14158961600"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::bad_request);
  service_.permissions.insert(Permission::international_sms);
  ASSERT_TRUE(send_sms(context_, sender(), sms_to("+14158961600")));
  EXPECT_EQ(limits_.international, 1);
  EXPECT_TRUE(last().notification.international);
  ASSERT_TRUE(send_sms(context_, sender(), sms_to("07797712345")));
  EXPECT_EQ(limits_.international, 1) << "crown dependencies do not take from it";
  EXPECT_TRUE(last().notification.international);
}

TEST_F(SendTest, StoreErrorsAreTold) {
  notifications_.failures = {{ErrorKind::retry_later, "busy"}};
  auto refused = send_sms(context_, sender(), sms_to("07900900123"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::unavailable);
  EXPECT_EQ(limits_.counts, 0);
}

TEST_F(SendTest, EmailIsStoredWithAddressesAndContent) {
  service_.reply_to_addresses = {{Uuid::random(random_), "office@harbour.example", true, false}};
  auto request = email_to("Ada@Reader.Example");
  request.one_click_unsubscribe_url = "https://reader.example/u";
  auto accepted = send_email(context_, sender(), request);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->content.from_email, "harbour.office@mail.example.org");
  EXPECT_EQ(accepted->content.body, "Dear Ada");
  EXPECT_EQ(last().notification.to, "Ada@Reader.Example");
  EXPECT_EQ(last().notification.normalised_to, "ada@reader.example");
  EXPECT_EQ(last().notification.reply_to, "office@harbour.example");
  EXPECT_EQ(last().notification.unsubscribe_url, "https://reader.example/u");
  EXPECT_EQ(last().tasks[0].queue, "send-email");
}

TEST_F(SendTest, FilesNeedSomewhereToBeKept) {
  auto request = email_to("a@b.example");
  request.personalisation["name"] = json::object{{"file", "YQ=="}};
  service_.contact_link = "https://harbour.example";
  auto refused = send_email(context_, sender(), request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::bad_request);
}

TEST_F(SendTest, CR3LetterIsStoredWithAddressAndReference) {
  auto accepted = send_letter(context_, sender(), letter_to("ls14ap"));
  ASSERT_TRUE(accepted) << accepted.error().messages[0];
  const notifications::Notification& n = last().notification;
  EXPECT_EQ(n.to, "Ada Reader\n7 Mill Lane\nLS1 4AP");
  EXPECT_EQ(n.normalised_to, "adareader7milllanels14ap");
  EXPECT_TRUE(letters::is_reference(n.reference));
  EXPECT_EQ(n.postage, Postage::second);
  EXPECT_EQ(n.status, NotificationStatus::created);
  EXPECT_EQ(last().tasks[0].queue, "letters");
  EXPECT_EQ(last().tasks[0].kind, "create-letter-pdf");
}

TEST_F(SendTest, CR4LettersOfServicesWithoutThePermissionWaitForTheRecords) {
  for (bool has_switch : {false, true}) {
    for (bool has_permission : {false, true}) {
      context_.options.print_records = has_switch;
      if (has_permission)
        service_.permissions.insert(Permission::letters_as_pdf);
      else
        service_.permissions.erase(Permission::letters_as_pdf);
      ASSERT_TRUE(send_letter(context_, sender(), letter_to("SW1A 1AA")));
      EXPECT_EQ(last().tasks.empty(), has_switch && !has_permission);
      EXPECT_EQ(last().notification.status, NotificationStatus::created);
    }
  }
}

TEST_F(SendTest, LettersAbroadGetTheirPostageFromTheAddress) {
  EXPECT_FALSE(send_letter(context_, sender(), letter_to("France")));
  service_.permissions.insert(Permission::international_letters);
  ASSERT_TRUE(send_letter(context_, sender(), letter_to("France")));
  EXPECT_EQ(last().notification.postage, Postage::europe);
  EXPECT_TRUE(last().notification.international);
  ASSERT_TRUE(send_letter(context_, sender(), letter_to("Canada")));
  EXPECT_EQ(last().notification.postage, Postage::rest_of_world);
}

TEST_F(SendTest, ValuesOfTheWelshTextAreNeededToo) {
  notifications::Template& bilingual = templates_.templates[letter_];
  bilingual.welsh_first = true;
  bilingual.welsh_subject = "Ynglŷn â ((pwnc))";
  bilingual.welsh_content = "Annwyl ((enw)) ((NAME))";
  auto refused = send_letter(context_, sender(), letter_to("LS1 4AP"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().messages, std::vector<std::string>{"Missing personalisation: pwnc, enw"});
  auto request = letter_to("LS1 4AP");
  request.personalisation["Pwnc"] = request.personalisation["enw"] = "x";
  EXPECT_TRUE(send_letter(context_, sender(), request));
}

TEST_F(SendTest, RF1ATakenReferenceIsDrawnAgain) {
  notifications_.failures = {{ErrorKind::conflict, "taken"}, {ErrorKind::conflict, "taken"}};
  ASSERT_TRUE(send_letter(context_, sender(), letter_to("LS1 4AP")));
  EXPECT_TRUE(letters::is_reference(last().notification.reference));
  notifications_.failures = {{ErrorKind::conflict, ""}, {ErrorKind::conflict, ""}, {ErrorKind::conflict, ""}};
  EXPECT_FALSE(send_letter(context_, sender(), letter_to("LS1 4AP")));
}

TEST_F(SendTest, RM5TestLettersAreNeverPrinted) {
  ASSERT_TRUE(send_letter(context_, sender(KeyType::test), letter_to("LS1 4AP")));
  EXPECT_EQ(last().notification.status, NotificationStatus::sending);
  EXPECT_EQ(last().tasks[0].queue, "research");
  EXPECT_EQ(last().tasks[0].kind, "create-letter-pdf");
  context_.options.test_letters_fake_delivery = false;
  ASSERT_TRUE(send_letter(context_, sender(KeyType::test), letter_to("LS1 4AP")));
  EXPECT_EQ(last().notification.status, NotificationStatus::delivered);
  EXPECT_EQ(last().notification.updated_at, clock_.now());
}

TEST_F(SendTest, CR9ReadyPdfIsStoredBeforeItsRow) {
  auto accepted = send_precompiled_letter(
      context_, sender(), {.reference = "batch 9", .content = "JVBERi0xLjQ=", .postage = Postage::first});
  ASSERT_TRUE(accepted);
  const notifications::Notification& n = last().notification;
  EXPECT_EQ(n.status, NotificationStatus::pending_virus_check);
  EXPECT_EQ(n.to, "Provided as PDF");
  EXPECT_EQ(n.postage, Postage::first);
  EXPECT_EQ(n.template_id, precompiled_template_id(service_.id));
  EXPECT_TRUE(templates_.templates.at(n.template_id).hidden);
  ASSERT_EQ(blobs_.scan.size(), 1u);
  EXPECT_EQ(blobs_.scan.begin()->first, letters::pdf_file_name(n.reference, Postage::first, n.created_at));
  EXPECT_EQ(blobs_.scan.begin()->second, "%PDF-1.4");
  EXPECT_EQ(last().tasks[0].queue, "antivirus");
  EXPECT_EQ(last().tasks[0].kind, "scan-letter");
}

TEST_F(SendTest, ReadyPdfsAreRefusedWhereLettersTravelAsRecords) {
  context_.options.print_records = true;
  service_.permissions.erase(accounts::Permission::letters_as_pdf);
  for (KeyType key : {KeyType::normal, KeyType::test}) {
    auto refused = send_precompiled_letter(context_, sender(key),
                                           {.reference = "r", .content = "JVBERi0xLjQ=", .postage = std::nullopt});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, RefusalKind::bad_request);
    EXPECT_NE(refused.error().messages[0].find("print records"), std::string::npos);
  }
  EXPECT_TRUE(blobs_.scan.empty());
  service_.permissions.insert(accounts::Permission::letters_as_pdf);
  EXPECT_TRUE(send_precompiled_letter(context_, sender(),
                                      {.reference = "r", .content = "JVBERi0xLjQ=", .postage = std::nullopt}));
}

TEST_F(SendTest, CR9AFailedRowLeavesNoFile) {
  notifications_.failures = {{ErrorKind::retry_later, "busy"}};
  EXPECT_FALSE(
      send_precompiled_letter(context_, sender(), {.reference = "", .content = "", .postage = std::nullopt}));
  EXPECT_TRUE(blobs_.scan.empty());
}

TEST_F(SendTest, HiddenTemplatesCannotBeUsed) {
  ASSERT_TRUE(
      send_precompiled_letter(context_, sender(), {.reference = "", .content = "", .postage = std::nullopt}));
  auto request = letter_to("LS1 4AP");
  request.template_id = precompiled_template_id(service_.id);
  EXPECT_FALSE(send_letter(context_, sender(), request));
}

TEST(LenientBase64, CR15) {
  EXPECT_EQ(decode_base64_leniently("JVBERi0="), "%PDF-");
  EXPECT_EQ(decode_base64_leniently("JVBE\nRi0="), "%PDF-");
  EXPECT_EQ(decode_base64_leniently("JV*BERi0="), "%PDF-");
  EXPECT_EQ(decode_base64_leniently("JVBERi0=ignored"), "%PDF-");
  EXPECT_EQ(decode_base64_leniently(""), "");
  EXPECT_EQ(decode_base64_leniently("===="), "");
  for (std::string_view bad : {"JVBERi0", "abc", "a", "é=", "YQ=a"})
    EXPECT_EQ(decode_base64_leniently(bad), std::nullopt) << bad;
}

class RowTest : public SendTest {
 protected:
  Outcome<ports::Acceptance> row(TemplateId id, std::string recipient) {
    auto text = cache_.find(service_.id, id);
    EXPECT_TRUE(text);
    return accept_row(context_, service_, **text,
                      {.job_id = JobId{Uuid::random(random_)},
                       .row = 3,
                       .recipient = std::move(recipient),
                       .personalisation = {{"name", "Ada"}},
                       .client_reference = "r",
                       .from = {},
                       .created_by_name = "Mara"});
  }
};

TEST_F(RowTest, RowsBecomeNotificationsOfTheJob) {
  auto accepted = row(sms_, "07900900123");
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->notification.job_row, 3);
  EXPECT_EQ(accepted->notification.created_by_name, "Mara");
  EXPECT_EQ(accepted->notification.key_type, KeyType::normal);
  EXPECT_EQ(accepted->notification.api_key_id, std::nullopt);
  EXPECT_EQ(accepted->tasks.size(), 1u);
  EXPECT_TRUE(row(email_, "a@b.example"));
  EXPECT_TRUE(row(letter_, "Ada\n7 Mill Lane\nLS1 4AP"));
  EXPECT_TRUE(notifications_.accepted.empty());
}

TEST_F(RowTest, NumbersThatCannotBeTextedAreKeptAsFailed) {
  for (std::string number : {"0790090012", "+14158961600"}) {
    auto accepted = row(sms_, number);
    ASSERT_TRUE(accepted) << number;
    EXPECT_EQ(accepted->notification.status, NotificationStatus::validation_failed);
    EXPECT_EQ(accepted->notification.phone_prefix, "44");
    EXPECT_TRUE(accepted->tasks.empty());
  }
}

TEST_F(RowTest, TrialServicesReachTheirTeamOnly) {
  service_.trial = true;
  EXPECT_TRUE(row(sms_, "+44 7900 900321"));
  EXPECT_FALSE(row(sms_, "07900900123"));
  EXPECT_TRUE(row(email_, "MARA@team.example"));
  EXPECT_FALSE(row(email_, "a@b.example"));
  EXPECT_FALSE(row(letter_, "Ada\n7 Mill Lane\nLS1 4AP"));
}

}  // namespace
}  // namespace postroom::flows
