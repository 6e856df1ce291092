#include "adapters/tickets/email_desk.h"

#include <fmt/format.h>

#include "adapters/tickets/desk_answer.h"

namespace postroom::tickets {

Result<void> EmailDesk::raise(const ports::Ticket& ticket) {
  ports::EmailMessage message{
      .to = options_.to,
      .from_name = options_.from_name,
      .from_address = options_.from_address,
      .reply_to = {},
      .subject = ticket.subject,
      .text_body = fmt::format("{}\n\nKind of task: {}\n", ticket.message, ticket.task_type),
      .html_body = {},
      .list_unsubscribe_url = {},
      .message_reference = "ticket-" + fingerprint(ticket),
      .date = clock_.now()};
  auto taken = mailer_.send(message);
  if (!taken) return fail(taken.error().kind, fmt::format("the ticket's email: {}", taken.error().message));
  return {};
}

}  // namespace postroom::tickets
