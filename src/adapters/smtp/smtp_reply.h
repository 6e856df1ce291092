// Reads what an SMTP relay replies (RFC 5321 section 4.2, RFC 3463). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom::smtp {

// The replies of one transfer as they come in, one line at a time.
class ReplyLog {
 public:
  void add_line(std::string_view line);

  // The relay got as far as accepting our greeting in this transfer.
  bool greeted() const { return greeted_; }
  // The last refusal (4xx or 5xx); 0 when there was none. What follows it, such as 221 to our QUIT, does not
  // count.
  int refusal_code() const { return refusal_code_; }
  // "550 5.1.1": code and enhanced status, without the text, which may hold the address.
  std::string refusal() const;
  // The relay's id for the message out of the last 250: what follows "queued as", else the whole text without
  // the enhanced status, cut to 200 bytes.
  std::string reference() const;

 private:
  bool greeted_ = false;
  int refusal_code_ = 0;
  std::string refusal_status_;
  std::string last_ok_;
};

}  // namespace postroom::smtp
