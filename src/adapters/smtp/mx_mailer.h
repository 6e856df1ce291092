// Mailer that takes each message to the mail servers of its recipient's domain (RFC 5321 section 5).
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "adapters/smtp/smtp_session.h"
#include "base/random.h"
#include "ports/mailer.h"
#include "ports/message_text.h"
#include "ports/name_resolver.h"

namespace postroom::smtp {

inline constexpr int kMailServersTriedMax = 6;  // of one domain, for one message

struct MxOptions {
  TlsMode tls = TlsMode::starttls_if_offered;  // or starttls
  std::string helo_name = "localhost";
  std::string ca_file;
  std::uint16_t port = 25;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{60'000};  // for one message
  int connections_max = 64;
  int connections_per_domain = 4;
  int messages_per_connection = 100;
  int messages_per_minute = 0;  // to one domain; 0: as fast as can be
  // How long a message waits for its turn at its domain before it is put off.
  std::chrono::milliseconds patience{2'000};
  // Which addresses may be connected to, since others choose them; empty: all.
  std::function<bool(const sockaddr* address, std::size_t size)> may_reach;
};

// The program must ignore SIGPIPE.
class MxMailer final : public ports::Mailer {
 public:
  // All must outlive it.
  MxMailer(MxOptions options, ports::MessageWriter& writer, ports::NameResolver& resolver, Random& random);
  ~MxMailer() override;

  std::string_view name() const override { return "mx"; }
  // rejected also for a domain that does not exist, takes no email (RFC 7505), or has no address that may be
  // reached. Put off: its domain has had its messages of this minute, or all its connections are busy.
  Result<ports::ProviderReceipt> send(const ports::EmailMessage& message) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The servers in the order to try them: by preference, those of the same in any order.
std::vector<std::string> in_order_of_preference(std::vector<ports::MailExchanger> exchangers, Random& random);

}  // namespace postroom::smtp
