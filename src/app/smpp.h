// The SMPP server that the settings name.
#pragma once

#include <memory>

#include "adapters/smpp/smpp_gateway.h"
#include "app/parts.h"

namespace postroom::app {

struct SmppParts {
  std::unique_ptr<smpp::Session> session;
  texting::smpp::IdForm id_form = texting::smpp::IdForm::same;
};

// Fills `out` and gives its gateway; nothing is connected before the session is started. invalid_input names the
// setting and the remedy.
Result<std::unique_ptr<ports::SmsGateway>> build_smpp(Parts& parts, SmppParts& out);

}  // namespace postroom::app
