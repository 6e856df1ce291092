#include "adapters/smtp/smtp_mailer.h"

#include <fmt/format.h>
#include <netdb.h>

#include "adapters/smtp/mime_writer.h"
#include "adapters/smtp/session_pool.h"

namespace postroom::smtp {
namespace {

using Kind = SessionFault::Kind;

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses addresses_of(const std::string& host, std::uint16_t port, std::string& problem) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) problem = ::gai_strerror(error);
  return Addresses(error == 0 ? list : nullptr);
}

}  // namespace

Error error_of(const SessionFault& fault, std::string_view server, std::chrono::milliseconds timeout) {
  const auto later = [&](std::string_view what) {
    return Error{ErrorKind::retry_later, fmt::format("{} {}", server, what)};
  };
  if (fault.may_have_taken) {
    return later(
        fmt::format("did not say whether it took the message, which it had whole ({}): the next attempt may be "
                    "a second copy",
                    fault.reason));
  }
  switch (fault.kind) {
    case Kind::login: return later(fmt::format("refused our user name and password ({})", fault.reason));
    case Kind::no_starttls: return later(fmt::format("{}, which the settings demand", fault.reason));
    case Kind::tls: return later(fmt::format("cannot be spoken to in encrypted form: {}", fault.reason));
    case Kind::refused:
      return {ErrorKind::rejected, fmt::format("{} refused the message: {}", server, fault.reason)};
    case Kind::put_off:
    case Kind::unready: return later(fmt::format("cannot take the message now: {}", fault.reason));
    case Kind::timed_out: return later(fmt::format("did not answer within {} ms", timeout.count()));
    case Kind::closed: break;
  }
  return {ErrorKind::retry_later, fmt::format("{}: {}", server, fault.reason)};
}

struct SmtpMailer::Impl {
  Impl(SmtpOptions given, ports::MessageWriter* given_writer)
      : options(std::move(given)),
        writer(given_writer),
        pool({.connections_max = options.connections_max,
              .connections_per_key = options.connections_max,
              .messages_per_connection = options.messages_per_connection}) {}

  SessionResult<std::unique_ptr<SmtpSession>> open(Deadline deadline);
  std::string relay() const { return fmt::format("mail relay {}:{}", options.host, options.port); }

  const SmtpOptions options;
  ports::MessageWriter* const writer;
  LazyTlsContext tls{options.ca_file};
  SessionPool pool;
};

SessionResult<std::unique_ptr<SmtpSession>> SmtpMailer::Impl::open(Deadline deadline) {
  SessionFault fault;
  auto context = tls.get();
  if (!context) return tl::unexpected(SessionFault{.kind = Kind::tls, .reason = context.error().message});
  const Addresses addresses = addresses_of(options.host, options.port, fault.reason);
  Greeting greeting{.host = options.host,
                    .tls = options.tls,
                    .user = options.user,
                    .password = options.password,
                    .helo_name = options.helo_name};
  for (const addrinfo* address = addresses.get(); address != nullptr;) {
    const Deadline until = std::min(deadline, std::chrono::steady_clock::now() + options.connect_timeout);
    auto session = SmtpSession::open(address->ai_addr, address->ai_addrlen, greeting, *context, until);
    if (session) return session;
    fault = session.error();
    // Encryption that does not come about is better than none, but it was not demanded.
    const bool is_optional = greeting.tls == TlsMode::starttls_if_offered;
    if (fault.kind == Kind::tls && is_optional)
      greeting.tls = TlsMode::none;
    else
      address = address->ai_next;
  }
  return tl::unexpected(std::move(fault));
}

SmtpMailer::SmtpMailer(SmtpOptions options, ports::MessageWriter* writer)
    : impl_(std::make_unique<Impl>(std::move(options), writer)) {}
SmtpMailer::~SmtpMailer() = default;

Result<ports::ProviderReceipt> SmtpMailer::send(const ports::EmailMessage& message) {
  const SmtpOptions& options = impl_->options;
  POSTROOM_TRY(text, impl_->writer != nullptr ? impl_->writer->write(message) : write_mime(message));
  Envelope envelope;
  POSTROOM_TRY(to, wire_address(message.to, "recipient"));
  POSTROOM_TRY(from,
               wire_address(message.return_path.empty() ? message.from_address : message.return_path, "sender"));
  envelope.to = std::move(to);
  envelope.from = std::move(from);
  if (options.asks_for_reports) envelope.report_id = message.message_reference;

  const Deadline deadline = std::chrono::steady_clock::now() + options.timeout;
  auto place = impl_->pool.take("", options.timeout);
  if (!place) {
    return ports::ProviderReceipt{
        .provider = std::string(name()),
        .put_off = ports::PutOff{
            kBusyWaitMax, fmt::format("all {} connections to the mail relay are busy", options.connections_max)}};
  }
  const auto fault_error = [&](const SessionFault& fault) {
    return fail(error_of(fault, impl_->relay(), options.timeout));
  };
  // A relay may close an idle connection at any time: then once more, on a new one.
  for (bool is_reused = place->session != nullptr;; is_reused = false) {
    if (!is_reused) {
      auto opened = impl_->open(deadline);
      if (!opened) return fault_error(opened.error());
      place->session = std::move(*opened);
    }
    auto reply = place->session->send(envelope, text, deadline);
    if (reply)
      return ports::ProviderReceipt{.provider = std::string(name()), .provider_reference = reply->reference()};
    const SessionFault& fault = reply.error();
    const bool was_stale = is_reused && !fault.may_have_taken && (fault.kind == Kind::closed || fault.code == 421);
    if (!was_stale) return fault_error(fault);
  }
}

}  // namespace postroom::smtp
