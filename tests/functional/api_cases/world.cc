#include "world.h"

#include <array>
#include <stdexcept>

#include "core/letters/file_names.h"

namespace postroom::api_cases {
namespace {

using accounts::KeyType;
using accounts::Permission;
using notifications::NotificationStatus;
using notifications::NotificationType;
using notifications::Postage;

constexpr std::string_view kInfectedFile = "dmlydXM=";

void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

struct TemplateRow {
  std::string_view name;
  NotificationType type;
  std::string_view content;
  std::string_view subject = {};
  std::string_view contact_block = {};
  bool archived = false;
};

constexpr auto kEmail = NotificationType::email;
constexpr auto kSms = NotificationType::sms;
constexpr auto kLetter = NotificationType::letter;

constexpr std::array kTemplates{
    TemplateRow{"sms_plain", kSms, "Plain text"},
    TemplateRow{"sms_name", kSms, "Hi ((name))"},
    TemplateRow{"sms_body", kSms, "((body))"},
    TemplateRow{"sms_cond", kSms, "Hi((vip?? there)) end"},
    TemplateRow{"sms_archived", kSms, "Old", "", "", true},
    TemplateRow{"email_plain", kEmail, "Plain text", "Plain subject"},
    TemplateRow{"email_name", kEmail, "Dear ((name))", "For ((name))"},
    TemplateRow{"email_body", kEmail, "((body))", "Fixed"},
    TemplateRow{"email_doc", kEmail, "Get it: ((doc))", "Your file"},
    TemplateRow{"email_archived", kEmail, "Old", "Old", "", true},
    TemplateRow{"letter_plain", kLetter, "Plain text", "Heading"},
    TemplateRow{"letter_name", kLetter, "Dear ((name))", "Heading"},
    TemplateRow{"letter_qr", kLetter, "qr: ((link))", "Heading"},
    TemplateRow{"letter_body", kLetter, "((body))", "Heading"},
    TemplateRow{"letter_contact", kLetter, "Dear reader", "Heading", "((office))"},
};

struct ServiceRow {
  std::string_view name;
  std::vector<Permission> more = {};
  bool trial = false;
  bool active = true;
  bool has_keys = true;
  bool has_contact_link = true;
  int requests_per_minute = 3000;
};

std::vector<ServiceRow> service_rows() {
  return {{.name = "live"},
          {.name = "intl", .more = {Permission::international_sms, Permission::international_letters}},
          {.name = "landline", .more = {Permission::sms_to_uk_landlines}},
          {.name = "trial", .trial = true},
          {.name = "emailonly"},
          {.name = "nocontact", .has_contact_link = false},
          {.name = "archived", .active = false},
          {.name = "nokeys", .has_keys = false},
          {.name = "tiny", .requests_per_minute = 1},
          {.name = "six", .requests_per_minute = 6},
          {.name = "quota", .more = {Permission::international_sms}}};
}

class Builder {
 public:
  Builder(ports::Database& database, Random& random, UtcTime now)
      : database_(database), random_(random), now_(now) {}

  World build() {
    for (const ServiceRow& row : service_rows()) add_service(row);
    add_notifications();
    return std::move(world_);
  }

 private:
  void note(std::string_view service, std::string_view name, std::string value) {
    world_.values[std::string(service) + "/" + std::string(name)] = std::move(value);
  }
  Uuid new_id() { return Uuid::random(random_); }

  void add_service(const ServiceRow& row) {
    accounts::Service s;
    s.id = ServiceId{new_id()};
    s.name = "Service " + std::string(row.name);
    s.active = row.active;
    s.trial = row.trial;
    s.permissions = {Permission::email};
    if (row.name != "emailonly") s.permissions.insert({Permission::sms, Permission::letter});
    s.permissions.insert(row.more.begin(), row.more.end());
    s.requests_per_minute = row.requests_per_minute;
    constexpr std::int64_t kLimit = 1000;
    constexpr std::int64_t kTrialLimit = 50;
    std::int64_t limit = row.trial ? kTrialLimit : kLimit;
    s.daily_limits = {.email = limit, .sms = limit, .letter = limit, .international_sms = limit};
    if (row.name == "quota") s.daily_limits = {.email = 0, .sms = 2, .letter = limit, .international_sms = 1};
    if (row.has_contact_link) s.contact_link = "https://harbour.example/contact";
    s.email_local_part = std::string(row.name);
    s.sms_senders = {{new_id(), "GOVUK", true, false},
                     {new_id(), "POSTROOM", false, false},
                     {new_id(), "07123123123", false, false}};
    s.reply_to_addresses = {{new_id(), "reply@harbour.example", false, false}};
    s.team = {{"Mara", "mara@team.example", "07900900321"}};
    if (row.trial) s.guest_list = {"guest@list.example", "07900900654"};
    s.created_at = now_;
    must(database_.services().create(s));
    note(row.name, "service_id", s.id.text());
    note(row.name, "sender", s.sms_senders[1].id.text());
    note(row.name, "sender_number", s.sms_senders[2].id.text());
    note(row.name, "reply_to", s.reply_to_addresses[0].id.text());
    if (row.has_keys) add_keys(row.name, s.id);
    for (const TemplateRow& text : kTemplates) add_template(row.name, s.id, text);
  }

  void add_keys(std::string_view service, ServiceId id) {
    for (std::string_view name : {"normal", "team", "test", "revoked"}) {
      accounts::ApiKey key{.id = ApiKeyId{new_id()},
                           .service_id = id,
                           .name = std::string(name),
                           .type = accounts::parse_key_type(name).value_or(KeyType::normal),
                           .secret = new_id().text(),
                           .created_at = now_,
                           .revoked_at = std::nullopt};
      must(database_.services().create_key(key));
      if (name == "revoked") must(database_.services().revoke_key(id, key.id, now_));
      note(service, "secret." + std::string(name), key.secret);
      note(service, "key." + std::string(name), key.id.text());
      if (name == "normal") note(service, "secret", key.secret);
    }
  }

  void add_template(std::string_view service, ServiceId id, const TemplateRow& row) {
    notifications::Template t;
    t.id = TemplateId{new_id()};
    t.service_id = id;
    t.type = row.type;
    t.name = row.name;
    t.subject = row.subject;
    t.content = row.content;
    t.contact_block = row.contact_block;
    t.archived = row.archived;
    if (row.type == kLetter) t.postage = Postage::second;
    t.created_by = "mara@team.example";
    t.created_at = now_;
    must(database_.templates().add_version(t));
    note(service, "tpl." + std::string(row.name), t.id.text());
  }

  void add_notifications() {
    add_notification("sms_sending", "sms_plain", kSms, NotificationStatus::sending);
    add_notification("letter_created_nopdf", "letter_plain", kLetter, NotificationStatus::created);
    add_notification("letter_sending_pdf", "letter_plain", kLetter, NotificationStatus::sending);
    add_notification("letter_pending", "letter_plain", kLetter, NotificationStatus::pending_virus_check);
    add_notification("letter_virus", "letter_plain", kLetter, NotificationStatus::virus_scan_failed);
    add_notification("letter_technical", "letter_plain", kLetter, NotificationStatus::technical_failure);
    add_notification("letter_invalid_pdf", "letter_plain", kLetter, NotificationStatus::validation_failed);
  }

  void add_notification(std::string_view name, std::string_view text, NotificationType type,
                        NotificationStatus status) {
    notifications::Notification n;
    n.id = NotificationId{Uuid::time_ordered(now_, random_)};
    n.service_id = *ServiceId::parse(world_.values.at("live/service_id"));
    n.type = type;
    n.status = status;
    n.api_key_id = *ApiKeyId::parse(world_.values.at("live/key.normal"));
    n.template_id = *TemplateId::parse(world_.values.at("live/tpl." + std::string(text)));
    n.created_at = now_;
    n.personalisation = "{}";
    n.to = "07900900123";
    n.normalised_to = "447900900123";
    if (type == kLetter) {
      n.postage = Postage::second;
      n.reference = letters::make_reference(random_);
      n.to = "Ada Reader\n7 Mill Lane\nLS1 4AP";
      n.normalised_to = "adareader7milllanels14ap";
      n.personalisation =
          R"({"address_line_1":"Ada Reader","address_line_2":"7 Mill Lane","address_line_3":"LS1 4AP"})";
      note("live", "reference." + std::string(name), n.reference);
    }
    must(database_.notifications().accept({.notification = n, .tasks = {}}));
    note("live", "n." + std::string(name), n.id.text());
  }

  ports::Database& database_;
  Random& random_;
  UtcTime now_;
  World world_;
};

}  // namespace

Names World::names() const {
  return [this](std::string_view name, std::string_view service) -> std::optional<std::string> {
    // Notifications exist in one service only, whoever asks for them.
    std::string_view home = name.starts_with("n.") ? std::string_view("live") : service;
    auto found = values.find(std::string(home) + "/" + std::string(name));
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

World build_world(ports::Database& database, Random& random, UtcTime now) {
  return Builder(database, random, now).build();
}

void store_pdfs(ports::Database& database, ports::BlobStore& blobs, const World& world) {
  auto zone = TimeZone::load("Europe/London");
  if (!zone) throw std::runtime_error(zone.error().message);
  for (std::string_view name : {"letter_sending_pdf", "letter_invalid_pdf"}) {
    auto id = NotificationId::parse(world.values.at("live/n." + std::string(name)));
    auto n = database.notifications().find(*id);
    if (!n) throw std::runtime_error(n.error().message);
    bool invalid = n->status == NotificationStatus::validation_failed;
    std::string key = letters::pdf_file_name(n->reference, *n->postage, n->created_at);
    if (!invalid) key.insert(0, letters::day_folder(letters::print_day(n->created_at, {.zone = *zone})));
    must(blobs.put(invalid ? ports::Bucket::invalid_letters : ports::Bucket::letters_pdf, key, "%PDF-1.4"));
  }
}

Result<void> MemoryBlobs::put(ports::Bucket bucket, std::string_view key, BytesView content) {
  std::lock_guard lock(mutex_);
  files_[{bucket, std::string(key)}] = content;
  return {};
}

Result<Bytes> MemoryBlobs::get(ports::Bucket bucket, std::string_view key) {
  std::lock_guard lock(mutex_);
  auto found = files_.find({bucket, std::string(key)});
  if (found == files_.end()) return fail(ErrorKind::not_found, "no such file");
  return found->second;
}

Result<ports::BlobInfo> MemoryBlobs::stat(ports::Bucket bucket, std::string_view key) {
  POSTROOM_TRY(content, get(bucket, key));
  return ports::BlobInfo{.key = std::string(key), .size = content.size(), .modified_at = {}};
}

Result<void> MemoryBlobs::list(ports::Bucket bucket, std::string_view prefix,
                               const std::function<void(const ports::BlobInfo&)>& visit) {
  std::lock_guard lock(mutex_);
  for (const auto& [where, content] : files_) {
    if (where.first == bucket && where.second.starts_with(prefix)) {
      visit({.key = where.second, .size = content.size(), .modified_at = {}});
    }
  }
  return {};
}

Result<void> MemoryBlobs::remove(ports::Bucket bucket, std::string_view key) {
  std::lock_guard lock(mutex_);
  files_.erase({bucket, std::string(key)});
  return {};
}

flows::Outcome<std::string> FakeDocuments::upload(const flows::DocumentUpload& upload) {
  if (upload.file.content == kInfectedFile)
    return flows::refuse(flows::RefusalKind::bad_request, "The file holds a virus");
  return "https://documents.example/services/" + upload.service.id.text() + "/documents/1";
}

std::string FakeDocuments::test_link(ServiceId service) const {
  return "https://documents.example/services/" + service.text() + "/documents/test-document";
}

}  // namespace postroom::api_cases
