// What is personal or secret is encrypted at rest, bound to its row, and readable after the key ring is rotated.
#include "base/log.h"
#include "fixture.h"

namespace postroom::contract {

using testing::HasSubstr;
using Sealed = Backend::Sealed;

class EncryptionContract : public StoreContract {
 protected:
  // One of everything that holds a secret; each secret has the marker in it.
  void store_secrets() {
    service_ = a_service("Council");
    service_.contact_block = "XSECRETX block";
    service_.guest_list = {"XSECRETX@example.org"};
    value_of(db().services().create(service_));
    key_ = {.id = new_id<ApiKeyId>(),
            .service_id = service_.id,
            .name = "main",
            .secret = "XSECRETX-key",
            .created_at = now()};
    value_of(db().services().create_key(key_));
    callback_ = {service_.id, accounts::CallbackType::delivery, "https://example.org/", "XSECRETX-token"};
    value_of(db().services().set_callback(callback_));
    template_.id = new_id<TemplateId>();
    template_.service_id = service_.id;
    template_.content = "XSECRETX content";
    template_.created_at = now();
    value_of(db().templates().add_version(template_));
    job_.id = new_id<JobId>();
    job_.service_id = service_.id;
    job_.file_name = "XSECRETX.csv";
    job_.created_by = "XSECRETX@example.org";
    job_.created_at = now();
    value_of(db().jobs().create(job_, {}));
    notification_ = a_letter(service_.id);
    notification_.to = "XSECRETX\n1 High Street";
    notification_.normalised_to = "XSECRETX1highstreet";
    notification_.personalisation = R"({"name":"XSECRETX"})";
    notification_.reply_to = "XSECRETX reply";
    notification_.unsubscribe_url = "https://example.org/XSECRETX";
    notification_.created_by_name = "XSECRETX";
    ports::NewTask task = a_task();
    task.payload = "XSECRETX payload";
    stored(notification_, {task});
    unsubscribe_ = {.notification_id = notification_.id,
                    .service_id = service_.id,
                    .template_id = template_.id,
                    .email_address = "XSECRETX@example.org",
                    .sent_at = now(),
                    .requested_at = now()};
    value_of(db().unsubscribes().add(unsubscribe_));
  }
  void expect_readable() {
    EXPECT_EQ(value_of(db().services().find(service_.id)), service_);
    EXPECT_EQ(value_of(db().services().keys(service_.id)).at(0), key_);
    EXPECT_EQ(value_of(db().services().callback(service_.id, callback_.type)), callback_);
    EXPECT_EQ(value_of(db().templates().find(service_.id, template_.id)), template_);
    EXPECT_EQ(value_of(db().jobs().find(job_.id)), job_);
    EXPECT_EQ(value_of(db().notifications().find(notification_.id)), notification_);
    EXPECT_EQ(value_of(db().unsubscribes().list(service_.id, std::nullopt, 9)).at(0), unsubscribe_);
    ports::NotificationQuery query{.service_id = service_.id};
    query.to = notification_.normalised_to;  // the look-up hash stays the same
    EXPECT_EQ(value_of(db().notifications().list(query)).size(), 1U);
  }

  accounts::Service service_;
  accounts::ApiKey key_;
  accounts::CallbackConfig callback_;
  notifications::Template template_;
  jobs::Job job_;
  Notification notification_;
  ports::UnsubscribeRequest unsubscribe_;
};
POSTROOM_CONTRACT_SUITE(EncryptionContract);

TEST_P(EncryptionContract, nothing_secret_is_on_disk) {
  store_secrets();
  close();
  const std::string raw = backend().raw_bytes();
  // The bytes are the right ones: what is not secret is there.
  EXPECT_NE(raw.find(notification_.reference), std::string::npos);
  EXPECT_EQ(raw.find("XSECRETX"), std::string::npos);
}

TEST_P(EncryptionContract, altered_bytes_are_found) {
  store_secrets();
  close();
  for (Sealed column : {Sealed::personal, Sealed::key_secret, Sealed::template_document, Sealed::task_payload}) {
    backend().damage(column);
  }
  reopen();
  auto& notifications = db().notifications();
  EXPECT_EQ(error_kind(notifications.find(notification_.id)), ErrorKind::corrupt);
  EXPECT_EQ(error_kind(notifications.list({.service_id = service_.id})), ErrorKind::corrupt);
  EXPECT_EQ(error_kind(db().services().keys(service_.id)), ErrorKind::corrupt);
  EXPECT_EQ(error_kind(db().templates().find(service_.id, template_.id)), ErrorKind::corrupt);
  EXPECT_THAT(notifications.find(notification_.id).error().message, HasSubstr(notification_.id.text()));
  // What needs no personal part still works, so that a letter can be failed.
  EXPECT_TRUE(value_of(notifications.move({.id = notification_.id,
                                           .from = {NotificationStatus::created},
                                           .to = NotificationStatus::technical_failure,
                                           .at = now(),
                                           .cause = "x"})));
  // A task that cannot be read is not given out again and again.
  std::string logged;
  set_log_sink([&](std::string_view line) { logged += line; });
  EXPECT_TRUE(claim("send").empty());
  set_log_sink(nullptr);
  EXPECT_THAT(logged, HasSubstr("task_unreadable"));
  auto buried = value_of(db().tasks().buried(10));
  ASSERT_EQ(buried.size(), 1U);
  EXPECT_FALSE(buried[0].reason.empty());
}

TEST_P(EncryptionContract, rotation_keeps_old_records_readable) {
  store_secrets();
  const std::string old_text = key_ring_text_;
  reopen(value_of(KeyRing::rotate(old_text, random_)));
  expect_readable();
  // New records are sealed with the new key: the old ring alone cannot read them, and says why.
  const Notification newer = stored(a_text(service_.id));
  EXPECT_EQ(value_of(db().notifications().find(newer.id)), newer);
  reopen(old_text);
  expect_readable();
  auto unreadable = db().notifications().find(newer.id);
  EXPECT_EQ(error_kind(unreadable), ErrorKind::corrupt);
  EXPECT_THAT(unreadable.error().message, HasSubstr("key 2"));
}

TEST_P(EncryptionContract, another_key_ring_reads_nothing) {
  store_secrets();
  reopen(KeyRing::generate(random_));
  EXPECT_EQ(error_kind(db().notifications().find(notification_.id)), ErrorKind::corrupt);
  EXPECT_EQ(error_kind(db().services().find(service_.id)), ErrorKind::corrupt);
}

}  // namespace postroom::contract
