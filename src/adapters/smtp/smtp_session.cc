#include "adapters/smtp/smtp_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace postroom::smtp {
namespace {

using Kind = SessionFault::Kind;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

SessionFault refusal(const Reply& reply) {
  return {.kind = reply.is_final() ? Kind::refused : Kind::put_off,
          .reason = reply.summary(),
          .code = reply.code,
          .before_message = false};
}

SessionFault unready(const Reply& reply) {
  return {.kind = Kind::unready, .reason = reply.summary(), .code = reply.code};
}

// RFC 3461 section 4: printable ASCII but + and =.
std::string xtext(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c > ' ' && c <= '~' && c != '+' && c != '=')
      out += c;
    else
      out += fmt::format("+{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string dot_stuffed(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 64 + 8);
  if (text.starts_with('.')) out += '.';
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t found = text.find("\r\n.", i);
    const std::size_t end = found == std::string_view::npos ? text.size() : found + 3;
    out.append(text, i, end - i);
    if (found != std::string_view::npos) out += '.';
    i = end;
  }
  if (!text.ends_with("\r\n")) out += "\r\n";
  return out + ".\r\n";
}

SessionFault SmtpSession::io_fault(Io io) const {
  return {.kind = io == Io::timed_out ? Kind::timed_out : Kind::closed, .reason = stream_.problem()};
}

SessionResult<Reply> SmtpSession::read_reply(Deadline deadline) {
  Reply reply;
  std::string line;
  while (reply.lines.size() < kReplyLinesMax) {
    if (Io io = stream_.read_line(line, deadline); io != Io::ok) {
      usable_ = false;
      return tl::unexpected(io_fault(io));
    }
    const auto read = read_reply_line(line);
    if (!read) break;
    reply.code = read->code;
    reply.lines.emplace_back(read->text);
    if (!read->is_last) continue;
    // RFC 5321 section 3.8: the server closes after it.
    if (reply.code == 421) usable_ = false;
    return reply;
  }
  usable_ = false;
  return tl::unexpected(SessionFault{.reason = "the server does not speak SMTP"});
}

SessionResult<Reply> SmtpSession::command(std::string_view line, Deadline deadline) {
  if (Io io = stream_.write(std::string(line) + "\r\n", deadline); io != Io::ok) {
    usable_ = false;
    return tl::unexpected(io_fault(io));
  }
  return read_reply(deadline);
}

SessionResult<std::unique_ptr<SmtpSession>> SmtpSession::open(const sockaddr* address, socklen_t size,
                                                              const Greeting& greeting,
                                                              std::shared_ptr<const TlsContext> tls_context,
                                                              Deadline deadline) {
  auto session = std::unique_ptr<SmtpSession>(new SmtpSession());
  session->host_ = greeting.host;
  if (Io io = session->stream_.connect(address, size, deadline); io != Io::ok)
    return tl::unexpected(session->io_fault(io));
  if (auto greeted = session->greet(greeting, *tls_context, deadline); !greeted)
    return tl::unexpected(greeted.error());
  session->usable_ = true;
  return session;
}

SessionResult<void> SmtpSession::greet(const Greeting& greeting, const TlsContext& tls, Deadline deadline) {
  const bool is_checked = greeting.tls == TlsMode::starttls || greeting.tls == TlsMode::implicit;
  const auto encrypt = [&]() -> SessionResult<void> {
    const Io io = stream_.start_tls(tls, greeting.host, is_checked, deadline);
    if (io == Io::ok) return {};
    SessionFault fault = io_fault(io);
    if (io == Io::refused) fault.kind = Kind::tls;
    return tl::unexpected(std::move(fault));
  };
  if (greeting.tls == TlsMode::implicit) {
    if (auto done = encrypt(); !done) return done;
  }
  auto hello = read_reply(deadline);
  if (!hello) return tl::unexpected(hello.error());
  if (hello->code != 220) return tl::unexpected(unready(*hello));
  if (auto said = say_hello(greeting, deadline); !said) return said;
  if (greeting.tls == TlsMode::starttls && !offers_.starttls)
    return tl::unexpected(SessionFault{.kind = Kind::no_starttls, .reason = "does not offer STARTTLS"});
  if (offers_.starttls && (is_checked || greeting.tls == TlsMode::starttls_if_offered) && !stream_.is_encrypted()) {
    auto ready = command("STARTTLS", deadline);
    if (!ready) return tl::unexpected(ready.error());
    if (ready->code == 220) {
      if (auto done = encrypt(); !done) return done;
      if (auto said = say_hello(greeting, deadline); !said) return said;
    } else if (is_checked) {
      return tl::unexpected(
          SessionFault{.kind = Kind::no_starttls, .reason = "refuses STARTTLS: " + ready->summary()});
    }
  }
  return greeting.user.empty() ? SessionResult<void>() : log_in(greeting, deadline);
}

SessionResult<void> SmtpSession::say_hello(const Greeting& greeting, Deadline deadline) {
  auto hello = command("EHLO " + greeting.helo_name, deadline);
  if (!hello) return tl::unexpected(hello.error());
  if (hello->code == 250) {
    offers_ = offers_of(*hello);
    return {};
  }
  // Servers older than EHLO (RFC 5321 section 3.2).
  offers_ = {};
  auto old = hello->code >= 500 ? command("HELO " + greeting.helo_name, deadline) : hello;
  if (!old) return tl::unexpected(old.error());
  if (old->code != 250) return tl::unexpected(unready(*old));
  return {};
}

SessionResult<void> SmtpSession::log_in(const Greeting& greeting, Deadline deadline) {
  const auto refused = [](std::string reason, int code = 0) {
    return tl::unexpected(SessionFault{.kind = Kind::login, .reason = std::move(reason), .code = code});
  };
  if (!offers_.auth_plain && !offers_.auth_login) return refused("offers no login that we know");
  SessionResult<Reply> reply;
  if (offers_.auth_plain) {
    reply = command(
        "AUTH PLAIN " + to_base64(std::string(1, '\0') + greeting.user + std::string(1, '\0') + greeting.password),
        deadline);
  } else {
    reply = command("AUTH LOGIN", deadline);
    for (const std::string& answer : {greeting.user, greeting.password}) {
      if (reply && reply->code == 334) reply = command(to_base64(answer), deadline);
    }
  }
  if (!reply) return tl::unexpected(reply.error());
  return reply->code == 235 ? SessionResult<void>() : refused(reply->summary(), reply->code);
}

SessionResult<void> SmtpSession::send_envelope(const Envelope& envelope, std::size_t bytes, Deadline deadline) {
  const auto cannot = [](std::string reason) {
    return tl::unexpected(
        SessionFault{.kind = Kind::refused, .reason = std::move(reason), .before_message = false});
  };
  if (offers_.message_bytes_max > 0 && bytes > offers_.message_bytes_max) {
    return cannot(
        fmt::format("the message has {} bytes, and the server takes at most {}", bytes, offers_.message_bytes_max));
  }
  const bool is_plain = is_ascii(envelope.from) && is_ascii(envelope.to);
  if (!is_plain && !offers_.utf8_addresses)
    return cannot("the server takes no addresses with characters beyond ASCII (SMTPUTF8)");
  std::string mail = fmt::format("MAIL FROM:<{}>", envelope.from);
  std::string rcpt = fmt::format("RCPT TO:<{}>", envelope.to);
  if (offers_.size) mail += fmt::format(" SIZE={}", bytes);
  if (!is_plain) mail += " SMTPUTF8";
  if (offers_.delivery_reports && !envelope.report_id.empty()) {
    mail += " RET=HDRS ENVID=" + xtext(envelope.report_id);
    rcpt += " NOTIFY=SUCCESS,FAILURE";
  }
  std::vector<std::string> commands;
  if (in_transaction_) commands.emplace_back("RSET");
  commands.insert(commands.end(), {std::move(mail), std::move(rcpt), "DATA"});
  in_transaction_ = true;
  if (offers_.pipelining) return send_envelope_at_once(commands, deadline);
  for (const std::string& line : commands) {
    auto reply = command(line, deadline);
    if (!reply) return tl::unexpected(reply.error());
    if (!reply->is_yes()) return tl::unexpected(refusal(*reply));
  }
  return {};
}

SessionResult<void> SmtpSession::send_envelope_at_once(const std::vector<std::string>& commands,
                                                       Deadline deadline) {
  if (Io io = stream_.write(join(commands, "\r\n") + "\r\n", deadline); io != Io::ok) {
    usable_ = false;
    return tl::unexpected(io_fault(io));
  }
  std::optional<Reply> first_refusal;
  int last_code = 0;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    auto reply = read_reply(deadline);
    if (!reply && first_refusal) return tl::unexpected(refusal(*first_refusal));
    if (!reply) return tl::unexpected(reply.error());
    last_code = reply->code;
    if (!reply->is_yes() && !first_refusal) first_refusal = std::move(*reply);
    if (last_code == 421) break;
  }
  if (!first_refusal) return {};
  if (last_code == 354) {
    // RFC 2920 section 3.1: it waits for a message that nobody is to get.
    auto ended = command(".", deadline);
    if (ended && ended->is_yes()) usable_ = false;
  }
  return tl::unexpected(refusal(*first_refusal));
}

SessionResult<Reply> SmtpSession::send(const Envelope& envelope, std::string_view text, Deadline deadline) {
  const std::string body = dot_stuffed(text);
  if (auto ready = send_envelope(envelope, text.size(), deadline); !ready) return tl::unexpected(ready.error());
  const auto broken = [&](SessionFault fault, bool may_have_taken) {
    usable_ = false;
    fault.may_have_taken = may_have_taken;
    fault.before_message = false;
    return tl::unexpected(std::move(fault));
  };
  // A server that lacks its last byte cannot have taken it.
  if (Io io = stream_.write(body, deadline); io != Io::ok) return broken(io_fault(io), false);
  auto reply = read_reply(deadline);
  if (!reply) return broken(reply.error(), true);
  in_transaction_ = false;
  if (!reply->is_yes()) return tl::unexpected(refusal(*reply));
  ++messages_;
  return reply;
}

void SmtpSession::quit() {
  if (!usable_) return;
  usable_ = false;
  stream_.write("QUIT\r\n", std::chrono::steady_clock::now() + std::chrono::milliseconds(100));
}

}  // namespace postroom::smtp
