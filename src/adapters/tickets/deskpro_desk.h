// Tickets in Deskpro: its version 1 API (POST /api/tickets, form fields).
#pragma once

#include <cstdint>
#include <string>

#include "ports/http_client.h"
#include "ports/ticket_desk.h"

namespace postroom::tickets {

struct DeskproOptions {
  std::string base_url;  // https://NAME.deskpro.com, without a path
  std::string api_key;
  std::int64_t department_id = 0;  // 0 in this and the next: not sent
  std::int64_t agent_team_id = 0;
  std::string person_name;  // whose tickets these are
  std::string person_email;
};

// `client` must outlive it.
class DeskproDesk final : public ports::TicketDesk {
 public:
  DeskproDesk(DeskproOptions options, ports::HttpClient& client) : options_(std::move(options)), client_(client) {}

  std::string_view name() const override { return "deskpro"; }
  Result<void> raise(const ports::Ticket& ticket) override;

 private:
  DeskproOptions options_;
  ports::HttpClient& client_;
};

}  // namespace postroom::tickets
