#include "adapters/tickets/desk_answer.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/key_ring.h"

namespace postroom::tickets {

Result<void> judge_desk_answer(std::string_view desk, const Result<ports::HttpResponse>& answer) {
  if (!answer) return fail_in(desk, answer.error());
  if (answer->status == 201) return {};
  if (answer->status == 429 || answer->status >= 500) {
    return fail(ErrorKind::retry_later, fmt::format("{} answered {}", desk, answer->status));
  }
  if (answer->status == 401 || answer->status == 403) {
    return fail(ErrorKind::rejected,
                fmt::format("{} answered {}: check tickets.user and tickets.token", desk, answer->status));
  }
  return fail(ErrorKind::rejected,
              fmt::format("{} answered {} instead of 201: check tickets.url and the ids of the tickets.* settings",
                          desk, answer->status));
}

std::string fingerprint(const ports::Ticket& ticket) {
  const std::string text = ticket.subject + '\0' + ticket.message + '\0' + ticket.task_type;
  return to_hex(sha256(text));
}

}  // namespace postroom::tickets
