#include "adapters/smtp/mime_message_writer.h"

#include "adapters/smtp/mime_writer.h"

namespace postroom::smtp {

Result<std::string> MimeMessageWriter::write(const ports::EmailMessage& message) {
  POSTROOM_TRY(text, write_mime(message));
  if (signer_ == nullptr) return text;
  POSTROOM_TRY(from, wire_address(message.from_address, "sender"));
  POSTROOM_TRY(signed_text, signer_->signatures(text, domain_of(from), message.date));
  signed_text += text;
  return signed_text;
}

}  // namespace postroom::smtp
