#include "adapters/smtp/mx_mailer.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <thread>

#include "adapters/smtp/domain_pace.h"
#include "adapters/smtp/mime_writer.h"
#include "adapters/smtp/session_pool.h"
#include "adapters/smtp/smtp_mailer.h"
#include "base/text.h"

namespace postroom::smtp {
namespace {

using Kind = SessionFault::Kind;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

std::optional<SocketAddress> socket_address(const std::string& text, std::uint16_t port) {
  SocketAddress out;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    out.size = sizeof *v4;
    return out;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) != 1) return std::nullopt;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  out.size = sizeof *v6;
  return out;
}

}  // namespace

std::vector<std::string> in_order_of_preference(std::vector<ports::MailExchanger> exchangers, Random& random) {
  // RFC 5321 section 5.1: spreads the load over servers of the same preference.
  for (std::size_t i = exchangers.size(); i > 1; --i)
    std::swap(exchangers[i - 1], exchangers[random.below(static_cast<std::uint32_t>(i))]);
  std::stable_sort(exchangers.begin(), exchangers.end(),
                   [](const auto& a, const auto& b) { return a.preference < b.preference; });
  std::vector<std::string> out;
  for (auto& exchanger : exchangers)
    if (!exchanger.host.empty() && std::find(out.begin(), out.end(), exchanger.host) == out.end())
      out.push_back(std::move(exchanger.host));
  return out;
}

struct MxMailer::Impl {
  struct Target {
    std::string host;
    SocketAddress address;
  };

  Impl(MxOptions given, ports::MessageWriter& w, ports::NameResolver& r, Random& g)
      : options(std::move(given)),
        writer(w),
        resolver(r),
        random(g),
        pool({.connections_max = options.connections_max,
              .connections_per_key = options.connections_per_domain,
              .messages_per_connection = options.messages_per_connection,
              // A slow domain must not hold all senders.
              .waiting_per_key = options.connections_per_domain}),
        pace(options.messages_per_minute) {}

  Result<std::vector<std::string>> hosts_of(const std::string& domain);
  Result<std::vector<Target>> targets_of(const std::string& domain);
  Result<std::unique_ptr<SmtpSession>> connect(const std::string& domain, Deadline deadline);
  SessionResult<std::unique_ptr<SmtpSession>> open(const Target& target, Deadline deadline);
  Duration until_connections_are_free();
  // Nothing when its turn came.
  std::optional<ports::PutOff> wait_for_turn(const std::string& domain, const std::string& message);

  const MxOptions options;
  ports::MessageWriter& writer;
  ports::NameResolver& resolver;
  Random& random;
  LazyTlsContext tls{options.ca_file};
  SessionPool pool;
  DomainPace pace;
  SilentDomains silent;
};

Result<std::vector<std::string>> MxMailer::Impl::hosts_of(const std::string& domain) {
  auto exchangers = resolver.mail_exchangers(domain);
  if (!exchangers && exchangers.error().kind == ErrorKind::not_found)
    return fail(ErrorKind::rejected, "the recipient's domain does not exist");
  if (!exchangers) return fail(exchangers.error());
  // Without any the domain is its own mail server.
  if (exchangers->empty()) return std::vector{domain};
  if (std::all_of(exchangers->begin(), exchangers->end(), [](const auto& e) { return e.host.empty(); }))
    return fail(ErrorKind::rejected, "the recipient's domain takes no email (null MX, RFC 7505)");
  return in_order_of_preference(std::move(*exchangers), random);
}

Result<std::vector<MxMailer::Impl::Target>> MxMailer::Impl::targets_of(const std::string& domain) {
  POSTROOM_TRY(hosts, hosts_of(domain));
  std::vector<Target> out;
  std::optional<Error> later;
  bool was_forbidden = false;
  for (const std::string& host : hosts) {
    auto addresses = resolver.addresses(host);
    if (!addresses && addresses.error().kind == ErrorKind::retry_later) later = addresses.error();
    if (!addresses) continue;
    for (const std::string& text : *addresses) {
      auto address = socket_address(text, options.port);
      if (!address) continue;
      // Whoever owns a domain says where its mail goes: not into our own network (rule of outgoing calls).
      if (options.may_reach && !options.may_reach(address->get(), address->size)) {
        was_forbidden = true;
        continue;
      }
      if (out.size() < kMailServersTriedMax) out.push_back({host, *address});
    }
  }
  if (!out.empty()) return out;
  if (later) return fail(std::move(*later));
  return fail(ErrorKind::rejected, was_forbidden
                                       ? "the mail servers of the recipient's domain have no public address"
                                       : "the recipient's domain has no mail server");
}

SessionResult<std::unique_ptr<SmtpSession>> MxMailer::Impl::open(const Target& target, Deadline deadline) {
  auto context = tls.get();
  if (!context) return tl::unexpected(SessionFault{.kind = Kind::tls, .reason = context.error().message});
  Greeting greeting{.host = target.host, .tls = options.tls, .helo_name = options.helo_name};
  const auto attempt = [&] {
    const Deadline until = std::min(deadline, std::chrono::steady_clock::now() + options.connect_timeout);
    return SmtpSession::open(target.address.get(), target.address.size, greeting, *context, until);
  };
  auto session = attempt();
  if (session || session.error().kind != Kind::tls || options.tls != TlsMode::starttls_if_offered) return session;
  // Encryption that does not come about is better than none, but it was not demanded.
  greeting.tls = TlsMode::none;
  return attempt();
}

Result<std::unique_ptr<SmtpSession>> MxMailer::Impl::connect(const std::string& domain, Deadline deadline) {
  const auto now = std::chrono::steady_clock::now();
  if (std::string reason = silent.find(domain, now); !reason.empty())
    return fail(ErrorKind::retry_later, reason + " (a moment ago)");
  POSTROOM_TRY(targets, targets_of(domain));
  std::optional<Error> error;
  for (const Target& target : targets) {
    auto session = open(target, deadline);
    if (session) {
      silent.remove(domain);
      return std::move(*session);
    }
    const Error failed = error_of(session.error(), "mail server " + target.host, options.timeout);
    // The most preferred server's word counts.
    if (!error) error = failed;
    if (std::chrono::steady_clock::now() >= deadline) break;
  }
  silent.add(domain, error->message, std::chrono::steady_clock::now());
  return fail(std::move(*error));
}

std::optional<ports::PutOff> MxMailer::Impl::wait_for_turn(const std::string& domain, const std::string& message) {
  const auto wait = pace.next(domain, message, std::chrono::steady_clock::now(), options.patience);
  if (wait > options.patience) {
    return ports::PutOff{
        std::chrono::ceil<Duration>(wait),
        fmt::format("the recipient's domain has had its {} messages of this minute", options.messages_per_minute)};
  }
  std::this_thread::sleep_for(wait);
  return std::nullopt;
}

// At any moment of the time, so that those put off together find the connections free one after another.
Duration MxMailer::Impl::until_connections_are_free() {
  constexpr auto kMost = std::chrono::duration_cast<std::chrono::milliseconds>(kBusyWaitMax);
  return std::chrono::milliseconds{1 + random.below(static_cast<std::uint32_t>(kMost.count()))};
}

MxMailer::MxMailer(MxOptions options, ports::MessageWriter& writer, ports::NameResolver& resolver, Random& random)
    : impl_(std::make_unique<Impl>(std::move(options), writer, resolver, random)) {}
MxMailer::~MxMailer() = default;

Result<ports::ProviderReceipt> MxMailer::send(const ports::EmailMessage& message) {
  Impl& i = *impl_;
  POSTROOM_TRY(text, i.writer.write(message));
  POSTROOM_TRY(to, wire_address(message.to, "recipient"));
  POSTROOM_TRY(from,
               wire_address(message.return_path.empty() ? message.from_address : message.return_path, "sender"));
  const Envelope envelope{.from = std::move(from), .to = std::move(to), .report_id = {}};
  const std::string domain = to_lower(domain_of(envelope.to));
  const auto put_off = [&](ports::PutOff why) {
    return ports::ProviderReceipt{.provider = std::string(name()), .put_off = std::move(why)};
  };
  if (auto why = i.wait_for_turn(domain, message.message_reference)) return put_off(std::move(*why));
  auto place = i.pool.take(domain, i.options.patience);
  if (!place)
    return put_off(
        {i.until_connections_are_free(), "all connections that the recipient's domain may have are busy"});
  const Deadline deadline = std::chrono::steady_clock::now() + i.options.timeout;
  for (bool is_reused = place->session != nullptr;; is_reused = false) {
    if (!is_reused) {
      POSTROOM_TRY(session, i.connect(domain, deadline));
      place->session = std::move(session);
    }
    auto reply = place->session->send(envelope, text, deadline);
    if (reply)
      return ports::ProviderReceipt{.provider = std::string(name()), .provider_reference = reply->reference()};
    const SessionFault& fault = reply.error();
    const bool was_stale = is_reused && !fault.may_have_taken && (fault.kind == Kind::closed || fault.code == 421);
    if (!was_stale) return fail(error_of(fault, "mail server " + place->session->host(), i.options.timeout));
  }
}

}  // namespace postroom::smtp
