// Warns while there is still time to get more numbers for received texts.
#pragma once

#include <string>

#include "ports/inbound_store.h"
#include "ports/ticket_desk.h"

namespace postroom::flows {

struct NumberStockOptions {
  int low = 50;  // so many free numbers are few; 0: nobody wants to know
  bool raises_tickets = false;
  std::string environment_name;  // put before subjects
};

// Safe from several threads.
class NumberStock {
 public:
  // Both must outlive it.
  NumberStock(ports::InboundStore& numbers, ports::TicketDesk& tickets, NumberStockOptions options)
      : numbers_(numbers), tickets_(tickets), options_(std::move(options)) {}

  // Weekly: a warning in the log, and a ticket, when few active numbers have no service. True when they are few.
  // Where there are no numbers at all nobody receives texts, and nothing is missing.
  Result<bool> check();

 private:
  ports::InboundStore& numbers_;
  ports::TicketDesk& tickets_;
  NumberStockOptions options_;
};

}  // namespace postroom::flows
