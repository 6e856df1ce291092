// The bytes of an email, and who vouches for them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "ports/mailer.h"

namespace postroom::ports {

class MessageSigner {
 public:
  virtual ~MessageSigner() = default;
  // Header lines to put before `text` (headers, empty line, body; CRLF line ends), each with CRLF; empty when
  // nothing is to vouch for `from_domain`. retry_later when the keys cannot be read, corrupt when one does not
  // work. Safe from several threads.
  virtual Result<std::string> signatures(std::string_view text, std::string_view from_domain, UtcTime at) = 0;
};

class MessageWriter {
 public:
  virtual ~MessageWriter() = default;
  // The message as it goes over the wire (RFC 5322), signed, with CRLF line ends, not dot-stuffed. invalid_input
  // when an address or a header cannot be written; else as signatures(). Safe from several threads.
  virtual Result<std::string> write(const EmailMessage& message) = 0;
};

}  // namespace postroom::ports
