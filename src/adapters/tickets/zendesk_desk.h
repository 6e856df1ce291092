// Tickets in Zendesk: its Tickets API (POST /api/v2/tickets.json).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ports/http_client.h"
#include "ports/ticket_desk.h"

namespace postroom::tickets {

struct ZendeskOptions {
  std::string base_url;          // https://NAME.zendesk.com, without a path
  std::string user;              // the agent's email address, for the API token
  std::string token;             // API token
  std::string tag = "postroom";  // on every ticket
  std::int64_t group_id = 0;     // 0 in this and the next four: not sent
  std::int64_t organisation_id = 0;
  std::int64_t form_id = 0;
  std::int64_t task_type_field_id = 0;          // custom field that gets the ticket's task type
  std::int64_t technical_field_id = 0;          // custom field that gets "technical"
  std::vector<std::string> print_house_copies;  // addresses that get a copy of tickets about letters still sending
};

// `client` must outlive it.
class ZendeskDesk final : public ports::TicketDesk {
 public:
  ZendeskDesk(ZendeskOptions options, ports::HttpClient& client) : options_(std::move(options)), client_(client) {}

  std::string_view name() const override { return "zendesk"; }
  // The same ticket raised again within some hours is taken once (header Idempotency-Key).
  Result<void> raise(const ports::Ticket& ticket) override;

 private:
  ZendeskOptions options_;
  ports::HttpClient& client_;
};

}  // namespace postroom::tickets
