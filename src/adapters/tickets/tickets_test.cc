// Desks against a client that remembers what it was told to send.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/tickets/deskpro_desk.h"
#include "adapters/tickets/email_desk.h"
#include "adapters/tickets/zendesk_desk.h"
#include "base/bytes.h"
#include "base/json.h"

namespace postroom::tickets {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FakeClient final : public ports::HttpClient {
 public:
  int status = 201;
  bool reachable = true;
  std::vector<ports::HttpRequest> requests;
  Result<ports::HttpResponse> send(const ports::HttpRequest& request) override {
    requests.push_back(request);
    if (!reachable) return fail(ErrorKind::retry_later, "desk.example does not answer");
    return ports::HttpResponse{.status = status, .headers = {}, .body = "{}"};
  }
};

std::string header(const ports::HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return value;
  return "";
}

const ports::Ticket kTicket{.subject = "[production] Letters still sending",
                            .message = "3 letters & more wait.\nLook for the file.",
                            .task_type = "letters_sending"};

ZendeskOptions zendesk_options() {
  return {.base_url = "https://desk.example",
          .user = "agent@team.example",
          .token = "secret",
          .tag = "letters",
          .group_id = 11,
          .organisation_id = 12,
          .form_id = 13,
          .task_type_field_id = 14,
          .technical_field_id = 15,
          .print_house_copies = {"ops@print.example"}};
}

TEST(ZendeskDesk, EN6_SendsATaskWithTagIdsAndCustomFields) {
  FakeClient client;
  ASSERT_TRUE(ZendeskDesk(zendesk_options(), client).raise(kTicket));
  ASSERT_EQ(client.requests.size(), 1u);
  const auto& request = client.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://desk.example/api/v2/tickets.json");
  EXPECT_EQ(header(request, "Authorization"), "Basic " + to_base64("agent@team.example/token:secret"));
  auto body = parse_json(request.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(
      write_json(*body),
      R"({"ticket":{"subject":"[production] Letters still sending",)"
      R"("comment":{"body":"3 letters & more wait.\nLook for the file.","public":false},)"
      R"("type":"task","priority":"normal","tags":["letters"],"group_id":11,"organization_id":12,)"
      R"("ticket_form_id":13,"custom_fields":[{"id":14,"value":"letters_sending"},{"id":15,"value":"technical"}],)"
      R"("email_ccs":[{"user_email":"ops@print.example","action":"put"}]}})");
}

TEST(ZendeskDesk, SendsOnlyTheIdsThatAreSet) {
  FakeClient client;
  ZendeskOptions options{.base_url = "https://desk.example", .user = "a@b.example", .token = "t"};
  ASSERT_TRUE(ZendeskDesk(options, client).raise(kTicket));
  for (const char* absent : {"group_id", "organization_id", "ticket_form_id", "custom_fields", "email_ccs"}) {
    EXPECT_THAT(client.requests[0].body, Not(HasSubstr(absent)));
  }
}

TEST(ZendeskDesk, CopiesThePrintHouseOnlyWhenLettersAreStillSending) {
  FakeClient client;
  ZendeskDesk desk(zendesk_options(), client);
  ports::Ticket other = kTicket;
  other.task_type = "letters_acknowledgement";
  ASSERT_TRUE(desk.raise(other));
  EXPECT_THAT(client.requests[0].body, Not(HasSubstr("email_ccs")));
}

TEST(ZendeskDesk, TheSameTicketHasTheSameIdempotencyKey) {
  FakeClient client;
  ZendeskDesk desk(zendesk_options(), client);
  ports::Ticket other = kTicket;
  other.message += " Still.";
  for (const auto& ticket : {kTicket, kTicket, other}) ASSERT_TRUE(desk.raise(ticket));
  EXPECT_EQ(header(client.requests[0], "Idempotency-Key"), header(client.requests[1], "Idempotency-Key"));
  EXPECT_NE(header(client.requests[0], "Idempotency-Key"), header(client.requests[2], "Idempotency-Key"));
}

TEST(DeskproDesk, EN6_SendsAForm) {
  FakeClient client;
  DeskproOptions options{.base_url = "https://desk.example",
                         .api_key = "1:KEY",
                         .department_id = 5,
                         .agent_team_id = 6,
                         .person_name = "Post room",
                         .person_email = "noreply@team.example"};
  ASSERT_TRUE(DeskproDesk(options, client).raise(kTicket));
  const auto& request = client.requests[0];
  EXPECT_EQ(request.url, "https://desk.example/api/tickets");
  EXPECT_EQ(header(request, "X-DeskPRO-API-Key"), "1:KEY");
  EXPECT_EQ(header(request, "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(request.body,
            "subject=%5Bproduction%5D%20Letters%20still%20sending"
            "&message=3%20letters%20%26%20more%20wait.%0ALook%20for%20the%20file."
            "&label=alert&urgency=1&department_id=5&agent_team_id=6"
            "&person_email=noreply%40team.example&person_name=Post%20room");
}

TEST(Desks, OnlyCreatedIsSuccess) {
  struct Case {
    int status;
    std::optional<ErrorKind> error;
  };
  for (const Case& c :
       {Case{201, std::nullopt}, Case{200, ErrorKind::rejected}, Case{302, ErrorKind::rejected},
        Case{401, ErrorKind::rejected}, Case{422, ErrorKind::rejected}, Case{429, ErrorKind::retry_later},
        Case{500, ErrorKind::retry_later}, Case{503, ErrorKind::retry_later}}) {
    FakeClient client;
    client.status = c.status;
    ZendeskDesk zendesk(zendesk_options(), client);
    DeskproDesk deskpro({.base_url = "https://desk.example", .person_email = "a@b.example"}, client);
    for (ports::TicketDesk* desk :
         {static_cast<ports::TicketDesk*>(&zendesk), static_cast<ports::TicketDesk*>(&deskpro)}) {
      auto raised = desk->raise(kTicket);
      ASSERT_EQ(raised.has_value(), !c.error) << c.status;
      if (c.error) {
        EXPECT_EQ(raised.error().kind, *c.error) << c.status;
      }
    }
  }
}

TEST(Desks, ADeskThatDoesNotAnswerIsNamedAndMayBeTriedAgain) {
  FakeClient client;
  client.reachable = false;
  auto raised = ZendeskDesk(zendesk_options(), client).raise(kTicket);
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().kind, ErrorKind::retry_later);
  EXPECT_THAT(raised.error().message, HasSubstr("Zendesk"));
}

class FakeMailer final : public ports::Mailer {
 public:
  std::vector<ports::EmailMessage> messages;
  bool answers = true;
  std::string_view name() const override { return "fake"; }
  Result<ports::ProviderReceipt> send(const ports::EmailMessage& message) override {
    if (!answers) return fail(ErrorKind::retry_later, "no connection");
    messages.push_back(message);
    return ports::ProviderReceipt{"fake", "1"};
  }
};

TEST(EmailDesk, WritesToTheSupportAddress) {
  FakeMailer mailer;
  SystemClock system;
  MovableClock clock(system);
  EmailDesk desk({.to = "support@team.example", .from_name = "Post room", .from_address = "post@team.example"},
                 mailer, clock);
  ASSERT_TRUE(desk.raise(kTicket));
  ASSERT_TRUE(desk.raise(kTicket));
  const auto& message = mailer.messages[0];
  EXPECT_EQ(message.to, "support@team.example");
  EXPECT_EQ(message.from_address, "post@team.example");
  EXPECT_EQ(message.subject, kTicket.subject);
  EXPECT_THAT(message.text_body, HasSubstr(kTicket.message));
  EXPECT_THAT(message.text_body, HasSubstr("letters_sending"));
  EXPECT_NE(message.date, UtcTime{});
  EXPECT_EQ(message.message_reference, mailer.messages[1].message_reference);
  mailer.answers = false;
  auto refused = desk.raise(kTicket);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::retry_later);
}

}  // namespace
}  // namespace postroom::tickets
