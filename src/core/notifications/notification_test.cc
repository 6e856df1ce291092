// Varied: the members of a notification, of a template, and recipients of trials. What is stored apart must come
// back as it was.
#include "core/notifications/notification.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "core/notifications/simulated_outcome.h"
#include "core/notifications/template.h"

namespace postroom::notifications {
namespace {

TEST(PersonalPart, RoundTripsAnyText) {
  const std::string texts[] = {"", "plain", "\"quotes\" and \\", "line\nfeed\tand\x01", "Zoë 😀", R"({"a":"b"})"};
  for (const std::string& text : texts) {
    Notification n;
    n.to = "to" + text;
    n.normalised_to = text;
    n.personalisation = text + text;
    n.reply_to = text;
    n.unsubscribe_url = text + "u";
    n.created_by_name = text;
    Notification back;
    back.to = "something else";
    back.created_by_name = "somebody else";
    ASSERT_TRUE(restore_personal_part(back, personal_part(n))) << text;
    EXPECT_EQ(back, n) << text;
  }
  EXPECT_EQ(personal_part(Notification{}), "{}");
}

TEST(PersonalPart, EachMemberHasItsOwnPlace) {
  std::string Notification::* members[] = {&Notification::to,
                                           &Notification::normalised_to,
                                           &Notification::reply_to,
                                           &Notification::personalisation,
                                           &Notification::unsubscribe_url,
                                           &Notification::created_by_name};
  for (auto member : members) {
    Notification n, back;
    n.*member = "x";
    ASSERT_TRUE(restore_personal_part(back, personal_part(n)));
    EXPECT_EQ(back, n);
  }
}

TEST(PersonalPart, CountsTheFiles) {
  Notification n, back;
  n.document_count = 3;
  EXPECT_EQ(personal_part(n), "{\"document_count\":3}");
  n.to = "x";
  ASSERT_TRUE(restore_personal_part(back, personal_part(n)));
  EXPECT_EQ(back, n);
}

TEST(PersonalPart, SaysWhenItDoesNotReadBack) {
  for (const char* text : {"", "[]", "{", "\"x\""}) {
    Notification n;
    auto result = restore_personal_part(n, text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().kind, ErrorKind::corrupt);
    EXPECT_NE(result.error().message.find(n.id.text()), std::string::npos);
  }
}

TEST(CompletedAt, IsTheLastChangeOnceCompleted) {
  for (NotificationStatus status : all_statuses()) {
    Notification n;
    n.status = status;
    EXPECT_FALSE(completed_at(n));
    n.updated_at = from_micros(7);
    EXPECT_EQ(completed_at(n), is_completed(status) ? n.updated_at : std::nullopt) << to_string(status);
  }
}

TEST(SimulatedOutcome, DependsOnTheRecipient) {
  using enum NotificationStatus;
  const std::tuple<NotificationType, const char*, NotificationStatus> cases[] = {
      {NotificationType::sms, "447700900003", temporary_failure},
      {NotificationType::sms, "447700900002", permanent_failure},
      {NotificationType::sms, "447700900001", delivered},
      {NotificationType::sms, "447700900004", delivered},
      {NotificationType::sms, "temp-fail@simulator.notify", delivered},
      {NotificationType::email, "temp-fail@simulator.notify", temporary_failure},
      {NotificationType::email, "perm-fail@simulator.notify", permanent_failure},
      {NotificationType::email, "x-perm-fail@simulator.notify", delivered},
      {NotificationType::email, "447700900003", delivered},
      {NotificationType::letter, "447700900003", delivered}};
  for (auto [type, to, outcome] : cases) EXPECT_EQ(simulated_outcome(type, to), outcome) << to;
}

Template full_template() {
  SeededRandom random(2);
  Template t;
  t.id = TemplateId{Uuid::random(random)};
  t.service_id = ServiceId{Uuid::random(random)};
  t.version = 3;
  t.type = NotificationType::letter;
  t.name = "Reminder";
  t.subject = "Your ((thing))";
  t.content = "Dear ((name)),\r\n\n* one";
  t.archived = t.hidden = t.welsh_first = t.has_unsubscribe_link = true;
  t.postage = Postage::economy;
  t.contact_block = "Line 1\nLine 2";
  t.welsh_subject = "Pwnc";
  t.welsh_content = "Annwyl ((name))";
  t.created_by = "ada@team.example";
  t.created_at = *parse_rfc3339("2026-03-02T09:15:00.123456Z");
  t.updated_at = *parse_rfc3339("2026-03-03T09:15:00Z");
  return t;
}

TEST(TemplateDocument, SurvivesARoundTrip) {
  Template least;
  for (const Template& one : {full_template(), least}) {
    auto back = template_from_json(parse_json(write_json(to_json(one)))->get_object());
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, one);
  }
}

TEST(TemplateDocument, IgnoresUnknownMembersAndNeedsItsKeys) {
  json::object document = to_json(full_template());
  document["colour"] = "blue";
  EXPECT_EQ(template_from_json(document), full_template());
  for (const char* key : {"id", "service_id", "type", "created_at"}) {
    json::object less = to_json(full_template());
    less.erase(key);
    auto result = template_from_json(less);
    ASSERT_FALSE(result) << key;
    EXPECT_EQ(result.error().kind, ErrorKind::corrupt);
  }
}

}  // namespace
}  // namespace postroom::notifications
