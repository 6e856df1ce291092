#include "flows/send/simulated_recipients.h"

#include <algorithm>

namespace postroom::flows {

bool SimulatedRecipients::contains(std::string_view normalised) const {
  auto has = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), normalised) != list.end();
  };
  return has(phone_numbers) || has(email_addresses);
}

}  // namespace postroom::flows
