// What an SMTP server replies (RFC 5321 section 4.2, RFC 3463). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::smtp {

inline constexpr std::size_t kReplyLinesMax = 200;

struct Reply {
  int code = 0;
  std::vector<std::string> lines;  // texts, without codes

  bool is_yes() const { return code >= 200 && code < 400; }
  bool is_refusal() const { return code >= 400; }
  bool is_final() const { return code >= 500; }
  // "550 5.1.1": code and enhanced status, without the text, which may hold the address.
  std::string summary() const;
  // The server's id for a message it took: what follows "queued as", else the last line without the enhanced
  // status, cut to 200 bytes.
  std::string reference() const;
};

// One line's parts; nothing when it is no reply line.
struct ReplyLine {
  int code = 0;
  bool is_last = true;
  std::string_view text;
};
std::optional<ReplyLine> read_reply_line(std::string_view line);

// What a server offers, out of its reply to EHLO.
struct Offers {
  bool starttls = false;
  bool pipelining = false;
  bool utf8_addresses = false;
  bool delivery_reports = false;      // DSN, RFC 3461
  bool size = false;                  // says how much it takes
  std::size_t message_bytes_max = 0;  // 0: it does not say
  bool auth_plain = false, auth_login = false;
};
Offers offers_of(const Reply& ehlo);

}  // namespace postroom::smtp
