// What a provider of email or text messages says when it takes a message.
#pragma once

#include <string>

namespace postroom::ports {

struct ProviderReceipt {
  std::string provider;            // name() of the Mailer or SmsGateway that took it
  std::string provider_reference;  // the provider's own id or queue id; empty when it gives none
};

}  // namespace postroom::ports
