#include "flows/inbound_sms/number_stock.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace postroom::flows {

Result<bool> NumberStock::check() {
  if (options_.low == 0) return false;
  POSTROOM_TRY(numbers, numbers_.numbers());
  const auto free = std::count_if(numbers.begin(), numbers.end(), [](const ports::InboundNumber& number) {
    return number.is_active && !number.service_id;
  });
  if (numbers.empty() || free > options_.low) return false;
  const std::string message = fmt::format(
      "{} of {} numbers for received texts are free. Ask the providers for more, and add them with "
      "`postroom inbound-number add`.",
      free, numbers.size());
  log_warning("inbound_sms.numbers_low", {{"free", free}, {"numbers", numbers.size()}});
  if (!options_.raises_tickets) return true;
  auto raised = tickets_.raise(
      {.subject = fmt::format("[{}] Few numbers for received texts are left", options_.environment_name),
       .message = message,
       .task_type = "request_inbound_SMS"});
  if (!raised)
    log_error("inbound_sms.ticket_not_raised", {{"message", message}, {"error", raised.error().message}});
  return true;
}

}  // namespace postroom::flows
