// A ticket desk in memory, for tests of flows. Not safe from several threads.
#pragma once

#include <string_view>
#include <vector>

#include "ports/ticket_desk.h"

namespace postroom::ports::testing {

class MemoryTicketDesk final : public TicketDesk {
 public:
  std::vector<Ticket> tickets;
  bool answers = true;

  std::string_view name() const override { return "memory"; }
  Result<void> raise(const Ticket& ticket) override {
    if (!answers) return fail(ErrorKind::retry_later, "the desk does not answer");
    tickets.push_back(ticket);
    return {};
  }
};

}  // namespace postroom::ports::testing
