// The sandbox's outbox as the web page's inbox.
#pragma once

#include "app/parts.h"
#include "web/inbox.h"

namespace postroom::app {

class SandboxInbox final : public web::InboxSource {
 public:
  explicit SandboxInbox(Parts& parts) : parts_(parts) {}
  std::vector<web::InboxMessage> newest(std::string_view type, std::size_t limit) override;
  std::optional<web::InboxMessage> find(std::string_view id) override;
  Result<std::string> letter_pdf(const web::InboxMessage& message) override;

 private:
  Parts& parts_;
};

}  // namespace postroom::app
