// What a provider of email or text messages says when it takes a message.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ports/put_off.h"

namespace postroom::ports {

struct ProviderReceipt {
  std::string provider;            // name() of the Mailer or SmsGateway that took it
  std::string provider_reference;  // the provider's own id or queue id; empty when it gives none
  // Texts: what the provider calls each part, where its receipts name them so; empty: they name our reference.
  std::vector<std::string> part_names = {};
  // Set: the provider has not got the message, nor was it asked, because it takes no more just now.
  std::optional<PutOff> put_off = {};
};

}  // namespace postroom::ports
