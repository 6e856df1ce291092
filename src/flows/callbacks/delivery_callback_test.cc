// Varied: the message and what happened to it. The body must be what services expect, and the task must carry what
// it is to be posted with.
#include "flows/callbacks/delivery_callback.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "flows/callbacks/snapshot.h"
#include "ports/task_names.h"
#include "ports/testing_stores.h"

namespace postroom::flows {
namespace {

using notifications::Notification;

Notification message() {
  SeededRandom random(41);
  Notification n;
  n.id = NotificationId{Uuid::random(random)};
  n.service_id = ServiceId{Uuid::random(random)};
  n.template_id = TemplateId{Uuid::random(random)};
  n.template_version = 4;
  n.type = notifications::NotificationType::email;
  n.status = notifications::NotificationStatus::permanent_failure;
  n.to = "Zoë <x@y.example>";
  n.created_at = *parse_rfc3339("2026-03-02T09:15:00.5Z");
  return n;
}

TEST(CallbackBody, HasExactlyTheMembersServicesExpect) {
  Notification n = message();
  EXPECT_EQ(delivery_callback_body(n),
            R"({"id":")" + n.id.text() +
                R"(","reference":null,"to":"Zoë <x@y.example>","status":"permanent-failure",)"
                R"("created_at":"2026-03-02T09:15:00.500000Z","completed_at":null,"sent_at":null,)"
                R"("notification_type":"email","template_id":")" +
                n.template_id.text() + R"(","template_version":4})");
  n.has_client_reference = true;
  n.sent_at = n.created_at + std::chrono::seconds{1};
  n.updated_at = n.created_at + std::chrono::seconds{2};
  json::object body = parse_json(delivery_callback_body(n))->get_object();
  EXPECT_EQ(get_string(body, "reference"), "") << "an empty reference is kept apart from none";
  EXPECT_EQ(get_string(body, "sent_at"), "2026-03-02T09:15:01.500000Z");
  EXPECT_EQ(get_string(body, "completed_at"), "2026-03-02T09:15:02.500000Z");
}

TEST(CallbackTask, IsMadeOnlyForServicesWithAnAddress) {
  ports::testing::MemoryServiceStore services;
  DeliveryCallbacks callbacks(services);
  Notification n = message();
  auto none = callbacks.task_for(n);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  ASSERT_TRUE(
      services.set_callback({n.service_id, accounts::CallbackType::returned, "https://r.example", "0123456789"}));
  EXPECT_FALSE(*callbacks.task_for(n)) << "another type of callback";
  ASSERT_TRUE(
      services.set_callback({n.service_id, accounts::CallbackType::delivery, "https://d.example", "0123456789"}));
  auto some = callbacks.task_for(n);
  ASSERT_TRUE(some && *some);
  EXPECT_EQ((*some)->run_at, n.created_at);
  services.callback_fault.count = 1;
  EXPECT_FALSE(callbacks.task_for(n));
}

TEST(CallbackTask, CB5_HoldsAddressTokenAndBodyOfThen) {
  ports::testing::MemoryServiceStore services;
  DeliveryCallbacks callbacks(services);
  Notification n = message();
  const accounts::CallbackConfig config{n.service_id, accounts::CallbackType::delivery, "https://d.example",
                                        "0123456789"};
  ASSERT_TRUE(services.set_callback(config));
  auto read = [&](const ports::NewTask& task) {
    return *read_snapshot({.kind = task.kind, .subject = task.subject, .payload = task.payload});
  };
  const CallbackSnapshot first = read(**callbacks.task_for(n));
  EXPECT_EQ(first.url, config.url);
  EXPECT_EQ(first.token, config.bearer_token);
  EXPECT_EQ(first.body, delivery_callback_body(n));
  EXPECT_EQ(first.endpoint, (ports::CallbackEndpoint{n.service_id, config.type}));
  EXPECT_EQ(first.subject, n.id.text());
  EXPECT_EQ(first.happened_at, n.created_at);
  EXPECT_EQ(read(**callbacks.task_for(n)).id, first.id);
  n.status = notifications::NotificationStatus::delivered;
  EXPECT_NE(read(**callbacks.task_for(n)).id, first.id) << "something else happened";
}

TEST(CallbackTask, ComplaintsAndReturnedLettersAreKindsOfTheirOwn) {
  ports::testing::MemoryServiceStore services;
  DeliveryCallbacks callbacks(services);
  Notification n = message();
  for (auto type : {accounts::CallbackType::complaint, accounts::CallbackType::returned})
    ASSERT_TRUE(services.set_callback({n.service_id, type, "https://d.example", "0123456789"}));
  auto complaint = *callbacks.complaint_task_for(n, {.id = "c", .to = "x", .at = {}}, n.created_at);
  auto returned = *callbacks.returned_task_for(n.service_id, n.id, "{}", n.created_at);
  ASSERT_TRUE(complaint && returned);
  EXPECT_EQ(complaint->kind, ports::kSendComplaint);
  EXPECT_EQ(returned->kind, ports::kSendReturnedLetter);
  auto read = [](const ports::NewTask& task) {
    return *read_snapshot({.kind = task.kind, .subject = task.subject, .payload = task.payload});
  };
  EXPECT_EQ(read(*complaint).endpoint.type, accounts::CallbackType::complaint);
  EXPECT_EQ(read(*returned).endpoint.type, accounts::CallbackType::returned);
}

TEST(CallbackSnapshotTest, SaysWhenItDoesNotReadBack) {
  for (const char* payload : {"", "[]", "{"}) {
    auto read = read_snapshot({.kind = "send-delivery-status", .subject = "s", .payload = payload});
    ASSERT_FALSE(read) << payload;
    EXPECT_EQ(read.error().kind, ErrorKind::corrupt);
  }
}

}  // namespace
}  // namespace postroom::flows
