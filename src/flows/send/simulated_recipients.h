// Recipients that callers use to try their integration: everything is checked and answered as for a real message,
// nothing is stored or sent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postroom::flows {

struct SimulatedRecipients {
  // Normalised: digits with country code, lower-case addresses.
  std::vector<std::string> phone_numbers{"447700900000", "447700900111", "447700900222"};
  std::vector<std::string> email_addresses{"simulate-delivered@notifications.service.gov.uk",
                                           "simulate-delivered-2@notifications.service.gov.uk",
                                           "simulate-delivered-3@notifications.service.gov.uk"};

  bool contains(std::string_view normalised) const;
};

}  // namespace postroom::flows
