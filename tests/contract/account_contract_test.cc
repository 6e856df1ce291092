// ServiceStore and TemplateStore: every sentence of ports/account_store.h.
#include "fixture.h"

namespace postroom::contract {

using accounts::ApiKey;
using accounts::CallbackConfig;
using accounts::CallbackType;
using accounts::KeyType;
using notifications::Template;
using testing::ElementsAre;

class AccountContract : public StoreContract {
 protected:
  ports::ServiceStore& services() { return db().services(); }
  ports::TemplateStore& templates() { return db().templates(); }

  ApiKey a_key(ServiceId service, std::string name) {
    return {.id = new_id<ApiKeyId>(),
            .service_id = service,
            .name = std::move(name),
            .type = KeyType::team,
            .secret = Uuid::random(random_).text(),
            .created_at = now()};
  }
  Template a_template(ServiceId service, std::string name = "Reminder") {
    Template t;
    t.id = new_id<TemplateId>();
    t.service_id = service;
    t.name = std::move(name);
    t.content = "Hello ((name))\r\nSecond line";
    t.created_by = "ann@example.org";
    t.created_at = now();
    return t;
  }
};
POSTROOM_CONTRACT_SUITE(AccountContract);

TEST_P(AccountContract, service_reads_back_whole) {
  accounts::Service service = a_service("Ŵrexham \"Council\"");
  service.trial = true;
  service.active = false;
  service.requests_per_minute = 7;
  service.daily_limits.letter = 5;
  service.sms_senders = {{Uuid::random(random_), "Council", true, false}};
  service.guest_list = {"x@example.org", "07900900123"};
  value_of(services().create(service));
  EXPECT_EQ(value_of(services().find(service.id)), service);
  EXPECT_EQ(value_of(services().find_by_name("ŴREXHAM \"council\"")), service);
  EXPECT_EQ(error_kind(services().find(new_id<ServiceId>())), ErrorKind::not_found);
  EXPECT_EQ(error_kind(services().find_by_name("nobody")), ErrorKind::not_found);
}

TEST_P(AccountContract, service_ids_and_names_are_unique_ignoring_case) {
  accounts::Service first = a_service("Parks");
  value_of(services().create(first));
  accounts::Service same_name = a_service("PARKS");
  EXPECT_EQ(error_kind(services().create(same_name)), ErrorKind::conflict);
  accounts::Service same_id = a_service("Roads");
  same_id.id = first.id;
  EXPECT_EQ(error_kind(services().create(same_id)), ErrorKind::conflict);
  EXPECT_EQ(value_of(services().list()).size(), 1U);
}

TEST_P(AccountContract, service_update_replaces_the_whole_record) {
  accounts::Service parks = a_service("Parks");
  accounts::Service roads = a_service("Roads");
  EXPECT_EQ(error_kind(services().update(parks)), ErrorKind::not_found);
  value_of(services().create(parks));
  value_of(services().create(roads));
  parks.name = "parks";  // its own name in another case is no conflict
  parks.team.clear();
  value_of(services().update(parks));
  EXPECT_EQ(value_of(services().find(parks.id)), parks);
  accounts::Service renamed = parks;
  renamed.name = "ROADS";
  EXPECT_EQ(error_kind(services().update(renamed)), ErrorKind::conflict);
  EXPECT_EQ(value_of(services().find(parks.id)), parks);
  parks.name = "Green spaces";
  value_of(services().update(parks));
  EXPECT_EQ(error_kind(services().find_by_name("parks")), ErrorKind::not_found);
  EXPECT_EQ(value_of(services().find_by_name("green spaces")).id, parks.id);
}

TEST_P(AccountContract, services_are_listed_by_name) {
  for (const char* name : {"b", "C", "a"}) value_of(services().create(a_service(name)));
  std::vector<std::string> names;
  for (const auto& service : value_of(services().list())) names.push_back(service.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "C"));
}

TEST_P(AccountContract, keys_are_listed_oldest_first_with_revoked_ones) {
  const auto service = a_service().id, other = new_id<ServiceId>();
  ApiKey first = a_key(service, "one");
  value_of(services().create_key(first));
  clock_.advance(1s);
  ApiKey second = a_key(service, "two");
  value_of(services().create_key(second));
  value_of(services().create_key(a_key(other, "one")));
  first.revoked_at = now();
  value_of(services().revoke_key(service, first.id, now()));
  EXPECT_THAT(value_of(services().keys(service)), ElementsAre(first, second));
  EXPECT_TRUE(value_of(services().keys(new_id<ServiceId>())).empty());
}

TEST_P(AccountContract, key_names_are_unique_among_keys_that_are_not_revoked) {
  const auto service = a_service().id;
  ApiKey first = a_key(service, "main");
  value_of(services().create_key(first));
  EXPECT_EQ(error_kind(services().create_key(a_key(service, "main"))), ErrorKind::conflict);
  value_of(services().revoke_key(service, first.id, now()));
  value_of(services().create_key(a_key(service, "main")));
  EXPECT_EQ(value_of(services().keys(service)).size(), 2U);
}

TEST_P(AccountContract, revoking_keeps_the_first_time_and_the_owner) {
  const auto service = a_service().id;
  ApiKey key = a_key(service, "main");
  value_of(services().create_key(key));
  EXPECT_EQ(error_kind(services().revoke_key(new_id<ServiceId>(), key.id, now())), ErrorKind::not_found);
  EXPECT_EQ(error_kind(services().revoke_key(service, new_id<ApiKeyId>(), now())), ErrorKind::not_found);
  const UtcTime first = now();
  value_of(services().revoke_key(service, key.id, first));
  value_of(services().revoke_key(service, key.id, first + 1h));
  EXPECT_EQ(value_of(services().keys(service)).at(0).revoked_at, first);
}

TEST_P(AccountContract, callback_is_one_for_each_service_and_type) {
  const auto service = a_service().id;
  EXPECT_EQ(value_of(services().callback(service, CallbackType::delivery)), std::nullopt);
  CallbackConfig config{service, CallbackType::delivery, "https://a.example/", "token-token"};
  CallbackConfig inbound{service, CallbackType::inbound, "https://b.example/", "other-token"};
  value_of(services().set_callback(config));
  value_of(services().set_callback(inbound));
  config.url = "https://c.example/";
  config.bearer_token = "token-token-2";
  value_of(services().set_callback(config));
  EXPECT_EQ(value_of(services().callback(service, CallbackType::delivery)), config);
  value_of(services().remove_callback(service, CallbackType::delivery));
  value_of(services().remove_callback(service, CallbackType::delivery));
  EXPECT_EQ(value_of(services().callback(service, CallbackType::delivery)), std::nullopt);
  EXPECT_EQ(value_of(services().callback(service, CallbackType::inbound)), inbound);
}

TEST_P(AccountContract, template_versions_have_no_gaps) {
  const auto service = a_service().id;
  Template first = a_template(service);
  Template skipped = first;
  skipped.version = 2;
  EXPECT_EQ(error_kind(templates().add_version(skipped)), ErrorKind::conflict);
  value_of(templates().add_version(first));
  EXPECT_EQ(error_kind(templates().add_version(first)), ErrorKind::conflict);
  skipped.version = 3;
  EXPECT_EQ(error_kind(templates().add_version(skipped)), ErrorKind::conflict);
  Template second = first;
  second.version = 2;
  second.content = "New";
  second.updated_at = now() + 1h;
  Template foreign = second;
  foreign.service_id = new_id<ServiceId>();
  EXPECT_EQ(error_kind(templates().add_version(foreign)), ErrorKind::conflict);
  value_of(templates().add_version(second));
  EXPECT_EQ(value_of(templates().find(service, first.id)), second);
  EXPECT_EQ(value_of(templates().find(service, first.id, 1)), first);
  EXPECT_EQ(value_of(templates().find(service, first.id, 2)), second);
  EXPECT_EQ(error_kind(templates().find(service, first.id, 3)), ErrorKind::not_found);
  EXPECT_EQ(error_kind(templates().find(new_id<ServiceId>(), first.id)), ErrorKind::not_found);
  EXPECT_EQ(error_kind(templates().find(service, new_id<TemplateId>())), ErrorKind::not_found);
}

TEST_P(AccountContract, one_of_two_editors_wins) {
  Template base = a_template(a_service().id);
  value_of(templates().add_version(base));
  std::atomic<int> added = 0;
  on_threads(8, [&](int i) {
    Template mine = base;
    mine.version = 2;
    mine.content = "editor " + std::to_string(i);
    auto result = templates().add_version(mine);
    if (result)
      ++added;
    else
      EXPECT_EQ(result.error().kind, ErrorKind::conflict);
  });
  EXPECT_EQ(added, 1);
}

TEST_P(AccountContract, newest_template_versions_are_listed_by_name_then_type) {
  const auto service = a_service().id;
  Template sms = a_template(service, "Same");
  Template email = a_template(service, "Same");
  email.type = NotificationType::email;
  Template archived = a_template(service, "Other");
  archived.archived = true;
  archived.hidden = true;
  for (const Template& t : {sms, email, archived, a_template(new_id<ServiceId>(), "Foreign")}) {
    value_of(templates().add_version(t));
  }
  Template newer = sms;
  newer.version = 2;
  newer.content = "Newer";
  value_of(templates().add_version(newer));
  EXPECT_THAT(value_of(templates().list(service)), ElementsAre(archived, email, newer));
}

}  // namespace postroom::contract
