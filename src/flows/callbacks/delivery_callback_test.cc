// Varied: the message, the snapshot and the receiver's answer. The body must be what services expect, and each
// answer must be tried again or not as its class says.
#include "flows/callbacks/delivery_callback.h"

#include <gtest/gtest.h>

#include "base/json.h"
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

class FakeClient final : public ports::HttpClient {
 public:
  int status = 200;
  std::optional<Error> error;
  std::vector<ports::HttpRequest> requests;
  Result<ports::HttpResponse> send(const ports::HttpRequest& request) override {
    requests.push_back(request);
    if (error) return fail(*error);
    return ports::HttpResponse{status, {{"Location", "https://elsewhere.example"}}, "thanks"};
  }
};

std::string snapshot() {
  return write_json(
      json::object{{"url", "https://svc.example/cb"}, {"token", "0123456789"}, {"body", "{\"a\":1}"}});
}

TEST(SendCallback, PostsTheSnapshot) {
  FakeClient client;
  ASSERT_TRUE(send_callback(client, snapshot()));
  ASSERT_EQ(client.requests.size(), 1u);
  const ports::HttpRequest& request = client.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://svc.example/cb");
  EXPECT_EQ(request.body, "{\"a\":1}");
  EXPECT_EQ(request.headers,
            (ports::HttpHeaders{{"Content-Type", "application/json"}, {"Authorization", "Bearer 0123456789"}}));
  EXPECT_LE(request.timeout, std::chrono::seconds{5});
}

TEST(SendCallback, ClassifiesAnswers) {
  const std::pair<int, std::optional<ErrorKind>> cases[] = {{199, ErrorKind::rejected},
                                                            {200, {}},
                                                            {204, {}},
                                                            {299, {}},
                                                            {300, ErrorKind::rejected},
                                                            {301, ErrorKind::rejected},
                                                            {302, ErrorKind::rejected},
                                                            {400, ErrorKind::rejected},
                                                            {401, ErrorKind::rejected},
                                                            {404, ErrorKind::rejected},
                                                            {428, ErrorKind::rejected},
                                                            {429, ErrorKind::retry_later},
                                                            {430, ErrorKind::rejected},
                                                            {499, ErrorKind::rejected},
                                                            {500, ErrorKind::retry_later},
                                                            {503, ErrorKind::retry_later},
                                                            {599, ErrorKind::retry_later}};
  for (auto [status, kind] : cases) {
    FakeClient client;
    client.status = status;
    auto result = send_callback(client, snapshot());
    EXPECT_EQ(result.has_value(), !kind.has_value()) << status;
    if (result) continue;
    EXPECT_EQ(result.error().kind, *kind) << status;
    EXPECT_NE(result.error().message.find(std::to_string(status)), std::string::npos);
    EXPECT_EQ(result.error().message.find("0123456789"), std::string::npos);
    EXPECT_EQ(client.requests.size(), 1u) << "redirects are not followed";
  }
}

TEST(SendCallback, HandsOnTheClientsError) {
  for (ErrorKind kind : {ErrorKind::retry_later, ErrorKind::forbidden, ErrorKind::invalid_input}) {
    FakeClient client;
    client.error = Error{kind, "svc.example: no answer"};
    auto result = send_callback(client, snapshot());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, kind);
  }
}

TEST(SendCallback, SaysWhenTheSnapshotDoesNotReadBack) {
  FakeClient client;
  for (const char* payload : {"", "[]", "{"}) {
    auto result = send_callback(client, payload);
    ASSERT_FALSE(result) << payload;
    EXPECT_EQ(result.error().kind, ErrorKind::corrupt);
  }
  EXPECT_TRUE(client.requests.empty());
}

}  // namespace
}  // namespace postroom::flows
