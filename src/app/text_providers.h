// The providers of texts that the settings ask for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/parts.h"
#include "flows/providers/share_keeper.h"

namespace postroom::app {

struct SmppParts;  // app/smpp.h

// Where several providers share the traffic, or one of them is real.
struct TextParts {
  TextParts();
  ~TextParts();
  std::unique_ptr<SmppParts> smpp;  // null: sms.provider does not name it
  std::unique_ptr<flows::ShareKeeper> keeper;
  std::vector<std::string> names;  // of sms.provider, in its order
};

// Builds parts.sms_gateway and parts.texting. Needs database, clients and tickets. invalid_input names the setting
// and the remedy.
Result<void> build_text_providers(Parts& parts);

// Connections that stay open, for processes that deliver; both do nothing where there is none.
void start_text_providers(Parts& parts);
void stop_text_providers(Parts& parts);

// The names in sms.provider, checked; empty for none.
Result<std::vector<std::string>> text_provider_names(const Settings& settings);
// True when the sandbox alone carries texts: its hand-overs cost nothing and can be batched.
bool texts_go_to_sandbox(const Settings& settings);

}  // namespace postroom::app
