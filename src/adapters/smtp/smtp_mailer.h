// Mailer over one SMTP relay, by libcurl.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ports/mailer.h"

namespace postroom::smtp {

constexpr int kConnectionsMaxDefault = 8;

enum class TlsMode {
  none,
  starttls_if_offered,  // does not check the certificate: it protects against nobody who can answer in the relay's
                        // place
  starttls,             // refuses a relay without it; checks the certificate
  implicit,             // TLS from the first byte, usually port 465; checks the certificate
};

struct SmtpOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 25;
  TlsMode tls = TlsMode::starttls_if_offered;
  std::string user;  // empty: no login
  std::string password;
  std::string helo_name = "localhost";  // how we greet
  // Where bounces go; the message's sender when empty.
  std::string bounce_address;
  std::string ca_file;  // PEM; the system's authorities when empty
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{60'000};     // for one message, connecting included
  int connections_max = kConnectionsMaxDefault;  // more senders at once wait for one to be free
};

// The program must ignore SIGPIPE: OpenSSL writes to a closed connection with write().
class SmtpMailer final : public ports::Mailer {
 public:
  explicit SmtpMailer(SmtpOptions options);
  ~SmtpMailer() override;

  std::string_view name() const override { return "smtp"; }
  // A refused login or greeting is retry_later: it says nothing about the message.
  Result<ports::ProviderReceipt> send(const ports::EmailMessage& message) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postroom::smtp
