// Tickets as emails to a support address, for those whose desk reads a mailbox.
#pragma once

#include <string>

#include "base/clock.h"
#include "ports/mailer.h"
#include "ports/ticket_desk.h"

namespace postroom::tickets {

struct EmailDeskOptions {
  std::string to;
  std::string from_name;
  std::string from_address;
};

// `mailer` and `clock` must outlive it.
class EmailDesk final : public ports::TicketDesk {
 public:
  EmailDesk(EmailDeskOptions options, ports::Mailer& mailer, const Clock& clock)
      : options_(std::move(options)), mailer_(mailer), clock_(clock) {}

  std::string_view name() const override { return "email"; }
  // The Message-ID is the same for the same ticket.
  Result<void> raise(const ports::Ticket& ticket) override;

 private:
  EmailDeskOptions options_;
  ports::Mailer& mailer_;
  const Clock& clock_;
};

}  // namespace postroom::tickets
