// Mailer over one SMTP relay.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/smtp/smtp_session.h"
#include "ports/mailer.h"
#include "ports/message_text.h"

namespace postroom::smtp {

constexpr int kConnectionsMaxDefault = 8;
constexpr int kMessagesPerConnectionDefault = 100;

struct SmtpOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 25;
  TlsMode tls = TlsMode::starttls_if_offered;
  std::string user;  // empty: no login
  std::string password;
  std::string helo_name = "localhost";  // how we greet
  std::string ca_file;                  // PEM; the system's authorities when empty
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{60'000};     // for one message, connecting included
  int connections_max = kConnectionsMaxDefault;  // more senders at once wait for one to be free
  int messages_per_connection = kMessagesPerConnectionDefault;
  bool asks_for_reports = false;  // of delivery, where the relay offers them (RFC 3461)
};

// The program must ignore SIGPIPE: OpenSSL writes to a closed connection with write().
class SmtpMailer final : public ports::Mailer {
 public:
  // `writer` must outlive it; null: messages are not signed.
  explicit SmtpMailer(SmtpOptions options, ports::MessageWriter* writer = nullptr);
  ~SmtpMailer() override;

  std::string_view name() const override { return "smtp"; }
  // Put off when no connection is free within the time-out.
  // A refused login or greeting is retry_later: it says nothing about the message.
  Result<ports::ProviderReceipt> send(const ports::EmailMessage& message) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What a fault means for the message. `server` is named in it, as "mail relay host:port".
Error error_of(const SessionFault& fault, std::string_view server, std::chrono::milliseconds timeout);

}  // namespace postroom::smtp
