// Varied: services, keys and callbacks with every member set, or absent. Documents must survive a round trip, and
// older or newer ones must stay readable.
#include <gtest/gtest.h>

#include "core/accounts/api_key.h"
#include "core/accounts/callback_config.h"
#include "core/accounts/service.h"

namespace postroom::accounts {
namespace {

constexpr Permission kAllPermissions[] = {Permission::email,
                                          Permission::sms,
                                          Permission::letter,
                                          Permission::international_sms,
                                          Permission::international_letters,
                                          Permission::sms_to_uk_landlines,
                                          Permission::inbound_sms,
                                          Permission::letters_as_pdf,
                                          Permission::upload_letters};

Service full_service() {
  SeededRandom random(1);
  Service s;
  s.id = ServiceId{Uuid::random(random)};
  s.name = "Hafen \"Büro\"";
  s.active = false;
  s.trial = true;
  s.permissions = {std::begin(kAllPermissions), std::end(kAllPermissions)};
  s.requests_per_minute = 17;
  s.daily_limits = {1, 2, 3, 4};
  s.retention_days = {8, 9, 10};
  s.print_organisation = "007";
  s.prefix_sms = false;
  s.email_local_part = "hafen.buero";
  s.contact_link = "https://help.example";
  s.contact_block = "Line 1\nLine 2";
  s.sms_senders = {{Uuid::random(random), "HAFEN", true, false}, {Uuid::random(random), "OLD", false, true}};
  s.reply_to_addresses = {{Uuid::random(random), "a@b.example", true, false}};
  s.team = {{"Ada", "ada@team.example", "07900900321"}, {"Ben", "ben@team.example", ""}};
  s.guest_list = {"guest@else.example", "07900900322"};
  s.email_brand = {EmailLayout::both, "Hafen", "Anker", "https://logo.example/a.png", "#123456"};
  s.letter_logo = "0a/1b.logo";
  s.created_at = *parse_rfc3339("2026-03-02T09:15:00.123456Z");
  return s;
}

TEST(ServiceDocument, SurvivesARoundTrip) {
  for (const Service& service : {full_service(), Service{.id = full_service().id}}) {
    auto text = write_json(to_json(service));
    auto back = service_from_json(parse_json(text)->get_object());
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, service);
  }
}

TEST(ServiceDocument, LG1PrintOrganisationsAreThreeDigits) {
  for (auto [text, is_one] : std::initializer_list<std::pair<std::string_view, bool>>{
           {"500", true}, {"001", true}, {"50", false}, {"5000", false}, {"5a0", false}, {"", false}}) {
    EXPECT_EQ(is_print_organisation(text), is_one) << text;
  }
  json::object document = to_json(full_service());
  document["print_organisation"] = "1";
  EXPECT_EQ(service_from_json(document)->print_organisation, kPrintOrganisationDefault);
}

TEST(ServiceDocument, EveryMemberIsWritten) {
  // Taking any member away must be noticed on reading back, or the member was never stored.
  json::object document = to_json(full_service());
  for (const auto& member : to_json(full_service())) {
    json::object less = document;
    less.erase(member.key());
    auto back = service_from_json(less);
    if (back) {
      EXPECT_NE(*back, full_service()) << member.key();
    }
  }
}

TEST(ServiceDocument, IgnoresUnknownMembersAndFillsAbsentOnes) {
  json::object document{{"id", full_service().id.text()},
                        {"created_at", "2026-03-02T09:15:00Z"},
                        {"colour", "blue"},
                        {"permissions", json::array{"email", "teleport"}},
                        {"daily_limits", json::object{{"sms", 9}}},
                        {"team", json::array{7}},
                        {"sms_senders", json::array{json::object{{"id", "no uuid"}}}}};
  auto service = service_from_json(document);
  ASSERT_TRUE(service);
  Service expected{.id = full_service().id, .permissions = {Permission::email}};
  expected.daily_limits.sms = 9;
  expected.created_at = *parse_rfc3339("2026-03-02T09:15:00Z");
  EXPECT_EQ(*service, expected);
}

TEST(ServiceDocument, NeedsIdAndTime) {
  for (const char* key : {"id", "created_at"}) {
    json::object document = to_json(full_service());
    document[key] = "x";
    auto service = service_from_json(document);
    ASSERT_FALSE(service) << key;
    EXPECT_EQ(service.error().kind, ErrorKind::corrupt);
  }
}

TEST(DefaultSmsSender, IsTheDefaultThatIsNotArchived) {
  Service s;
  EXPECT_EQ(s.default_sms_sender(), "");
  s.sms_senders = {{Uuid{}, "FIRST", false, false}, {Uuid{}, "GONE", true, true}, {Uuid{}, "HERE", true, false}};
  EXPECT_EQ(s.default_sms_sender(), "HERE");
}

TEST(EmailLocalPart, IsMadeOfTheName) {
  const std::pair<const char*, const char*> cases[] = {{"Harbour Office", "harbour.office"},
                                                       {"  A  .. B  ", "a.b"},
                                                       {"Café & Co!", "caf.co"},
                                                       {"99 Bottles", "99.bottles"},
                                                       {"!!!", "service"},
                                                       {"", "service"},
                                                       {"a@b\r\nc", "abc"}};
  for (auto [name, part] : cases) EXPECT_EQ(make_email_local_part(name), part) << name;
}

TEST(Permissions, HaveWireNames) {
  std::string all;
  for (Permission permission : kAllPermissions) {
    std::string name(to_string(permission));
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(parse_permission(name), permission);
    all += (all.empty() ? "" : " ") + name;
  }
  EXPECT_EQ(all_permissions(), all);
  EXPECT_FALSE(parse_permission(""));
  EXPECT_FALSE(parse_permission("Email"));
}

TEST(KeyTypes, HaveWireNames) {
  for (auto [type, name] :
       {std::pair{KeyType::normal, "normal"}, {KeyType::team, "team"}, {KeyType::test, "test"}}) {
    EXPECT_EQ(to_string(type), name);
    EXPECT_EQ(parse_key_type(name), type);
  }
  EXPECT_FALSE(parse_key_type("Normal"));
}

TEST(ClientString, EndsWithServiceIdAndSecret) {
  ApiKey key;
  key.service_id = full_service().id;
  key.secret = "f0e4c2f7-6c58-4e7a-a1bb-2a0b2f4d9f10";
  std::string tail = "-" + key.service_id.text() + "-" + key.secret;
  const std::pair<const char*, const char*> cases[] = {
      {"Live", "live"}, {"my  first key", "my_first_key"}, {"a-b", "ab"}, {"K\xC3\xA9y!", "ky"}, {"", ""}};
  for (auto [name, head] : cases) {
    key.name = name;
    // Client libraries take the last 73 characters apart: two UUIDs with a hyphen between.
    EXPECT_EQ(client_string(key), head + tail) << name;
    EXPECT_EQ(client_string(key).substr(client_string(key).size() - 73), tail.substr(1));
  }
}

TEST(CallbackCheck, WantsHttpsAndALongToken) {
  struct Case {
    const char* url;
    const char* token;
    bool allow_http, good;
  };
  const Case cases[] = {{"https://a.example/x", "0123456789", false, true},
                        {"https://a.example/x", "012345678", false, false},
                        {"https://a.example/x", "01234567890", false, true},
                        {"http://a.example/x", "0123456789", false, false},
                        {"http://a.example/x", "0123456789", true, true},
                        {"https://a.example/x", "0123456789", true, true},
                        {"ftp://a.example/x", "0123456789", true, false},
                        {"", "0123456789", true, false},
                        {"httpsx://a", "0123456789", true, false}};
  for (const Case& c : cases) {
    auto result = check({ServiceId{}, CallbackType::delivery, c.url, c.token}, c.allow_http);
    EXPECT_EQ(result.has_value(), c.good) << c.url << " " << c.token;
    if (!result) {
      EXPECT_EQ(result.error().message.find(c.token), std::string::npos) << "tokens are secret";
    }
  }
}

TEST(CallbackTypes, HaveWireNames) {
  for (auto [type, name] : {std::pair{CallbackType::delivery, "delivery"},
                            {CallbackType::inbound, "inbound"},
                            {CallbackType::returned, "returned"},
                            {CallbackType::complaint, "complaint"}}) {
    EXPECT_EQ(to_string(type), name);
    EXPECT_EQ(parse_callback_type(name), type);
  }
  EXPECT_FALSE(parse_callback_type(""));
}

}  // namespace
}  // namespace postroom::accounts
