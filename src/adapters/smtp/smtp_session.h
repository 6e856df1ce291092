// One conversation with a mail server (RFC 5321): greeting, encryption, login, then message after message, with as
// few round trips as the server allows (RFC 2920).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/smtp/smtp_reply.h"
#include "adapters/smtp/stream.h"

namespace postroom::smtp {

enum class TlsMode {
  none,
  starttls_if_offered,  // does not check the certificate: it protects against nobody who can answer in the server's
                        // place
  starttls,             // refuses a server without it; checks the certificate
  implicit,             // TLS from the first byte, usually port 465; checks the certificate
};

struct Greeting {
  std::string host;  // of the certificate
  TlsMode tls = TlsMode::starttls_if_offered;
  std::string user;  // empty: no login
  std::string password;
  std::string helo_name = "localhost";
};

// Both addresses without angle brackets.
struct Envelope {
  std::string from;  // empty: no bounces wanted
  std::string to;
  // Asks the server to report the end, under this name (RFC 3461), where it can; empty: only its failure is
  // reported, as always.
  std::string report_id;
};

struct SessionFault {
  enum class Kind {
    timed_out,
    closed,       // or never connected
    unready,      // the server refuses to talk at all: greeting or EHLO
    no_starttls,  // demanded and not offered, or refused
    tls,          // the handshake failed
    login,
    refused,  // 5xx about the message, or what the server cannot take
    put_off,  // 4xx about the message
  };
  Kind kind = Kind::closed;
  std::string reason;  // for people, without an address: "550 5.1.1", "connection refused"
  int code = 0;        // the server's reply, where there was one
  // The whole message was on its way: the server may have taken it.
  bool may_have_taken = false;
  // Nothing was said about the message.
  bool before_message = true;
};
template <typename T>
using SessionResult = tl::expected<T, SessionFault>;

// Not safe from several threads.
class SmtpSession {
 public:
  // On return without fault the server is ready for a message. `tls_context` must outlive the session.
  static SessionResult<std::unique_ptr<SmtpSession>> open(const sockaddr* address, socklen_t size,
                                                          const Greeting& greeting,
                                                          std::shared_ptr<const TlsContext> tls_context,
                                                          Deadline deadline);
  // The server's reply to the end of the message. `text` is whole, with CRLF line ends, not dot-stuffed.
  SessionResult<Reply> send(const Envelope& envelope, std::string_view text, Deadline deadline);
  // Good for another message, as far as can be seen from here.
  bool is_usable() const { return usable_ && !stream_.is_stale(); }
  bool is_encrypted() const { return stream_.is_encrypted(); }
  int messages() const { return messages_; }  // taken
  const std::string& host() const { return host_; }
  const Offers& offers() const { return offers_; }
  // Says goodbye without waiting for an answer.
  void quit();

 private:
  SmtpSession() = default;
  SessionResult<Reply> read_reply(Deadline deadline);
  SessionResult<Reply> command(std::string_view line, Deadline deadline);
  SessionResult<void> greet(const Greeting& greeting, const TlsContext& tls, Deadline deadline);
  SessionResult<void> say_hello(const Greeting& greeting, Deadline deadline);
  SessionResult<void> log_in(const Greeting& greeting, Deadline deadline);
  SessionResult<void> send_envelope(const Envelope& envelope, std::size_t bytes, Deadline deadline);
  SessionResult<void> send_envelope_at_once(const std::vector<std::string>& commands, Deadline deadline);
  SessionFault io_fault(Io io) const;

  std::string host_;
  Stream stream_;
  Offers offers_;
  bool usable_ = false;
  bool in_transaction_ = false;
  int messages_ = 0;
};

// With a dot before each line that starts with one, and the final dot's line (RFC 5321 section 4.5.2).
std::string dot_stuffed(std::string_view text);

}  // namespace postroom::smtp
