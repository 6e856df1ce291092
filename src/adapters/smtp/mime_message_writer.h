// Emails as MIME, signed.
#pragma once

#include "ports/message_text.h"

namespace postroom::smtp {

class MimeMessageWriter final : public ports::MessageWriter {
 public:
  // `signer` must outlive it; null: messages are not signed.
  explicit MimeMessageWriter(ports::MessageSigner* signer) : signer_(signer) {}
  Result<std::string> write(const ports::EmailMessage& message) override;

 private:
  ports::MessageSigner* signer_;
};

}  // namespace postroom::smtp
