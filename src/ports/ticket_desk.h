// Support tickets: how a person is told that something needs them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom::ports {

struct Ticket {
  std::string subject;
  std::string message;
  std::string task_type;  // for routing, such as "letters_sending"
};

// Safe from several threads.
class TicketDesk {
 public:
  virtual ~TicketDesk() = default;
  // Short and fixed, as in settings: "zendesk".
  virtual std::string_view name() const = 0;
  // retry_later or rejected when the desk did not take it; the caller then logs the whole message.
  virtual Result<void> raise(const Ticket& ticket) = 0;
};

}  // namespace postroom::ports
