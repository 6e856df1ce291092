#include "app/email.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "adapters/curl/address_guard.h"
#include "adapters/dns/dns_resolver.h"
#include "adapters/email_http/json_mailer.h"
#include "adapters/email_http/ses_mailer.h"
#include "adapters/smtp/mime_writer.h"
#include "adapters/smtp/mx_mailer.h"
#include "adapters/smtp/smtp_mailer.h"
#include "app/build.h"
#include "app/parts.h"
#include "base/text.h"

namespace postroom::app {
namespace {

// RFC 5321 section 4.5.3.1.1 allows 64, of which + and the id take 33.
constexpr std::size_t kReturnPathNameMax = 31;

smtp::TlsMode tls_mode(const Settings& settings, bool implicit) {
  if (implicit) return smtp::TlsMode::implicit;
  const std::string& choice = settings.text("smtp.starttls");
  if (choice == "never") return smtp::TlsMode::none;
  return choice == "always" ? smtp::TlsMode::starttls : smtp::TlsMode::starttls_if_offered;
}

std::chrono::milliseconds milliseconds(const Settings& settings, std::string_view name) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(settings.duration(name));
}

Result<std::string> helo_name(const Settings& settings) {
  std::string name = settings.text("smtp.helo_name");
  if (name.empty()) {
    char host[256] = "";
    ::gethostname(host, sizeof host - 1);
    name = host;
    // A bare name leads nowhere; many servers refuse it.
    if (name.find('.') == std::string::npos || !email::is_dns_name(name)) name = settings.text("email.domain");
  }
  if (email::is_dns_name(name)) return name;
  return fail(
      ErrorKind::invalid_input,
      fmt::format("setting 'smtp.helo_name' is '{}', which is no host name such as mail.council.example", name));
}

Result<smtp::SmtpOptions> smtp_options(const Settings& settings) {
  std::string_view url = settings.text("smtp.url");
  bool implicit = url.starts_with("smtps://");
  if (!implicit && !url.starts_with("smtp://")) {
    return fail(ErrorKind::invalid_input,
                fmt::format("setting 'smtp.url' is '{}', but must be smtp://host:port or smtps://host:port", url));
  }
  std::string_view place = url.substr(implicit ? 8 : 7);
  while (place.ends_with('/')) place.remove_suffix(1);
  smtp::SmtpOptions options;
  const std::size_t bracket = place.find(']');  // of an IPv6 address
  const std::size_t colon = place.find(':', bracket == std::string_view::npos ? 0 : bracket);
  auto port = colon == std::string_view::npos ? std::optional<std::uint16_t>(implicit ? 465 : 25)
                                              : parse_int<std::uint16_t>(place.substr(colon + 1));
  std::string_view host = place.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  options.host = std::string(host);
  if (!port || options.host.empty()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("setting 'smtp.url' is '{}', but lacks a host or a valid port", url));
  }
  POSTROOM_TRY(helo, helo_name(settings));
  options.helo_name = std::move(helo);
  options.port = *port;
  options.tls = tls_mode(settings, implicit);
  options.user = settings.text("smtp.user");
  options.password = settings.text("smtp.password");
  options.ca_file = settings.text("smtp.ca_file");
  options.timeout = milliseconds(settings, "smtp.timeout");
  options.connections_max = static_cast<int>(settings.integer("smtp.connections"));
  options.messages_per_connection = static_cast<int>(settings.integer("smtp.messages_per_connection"));
  options.asks_for_reports = settings.text("email.delivered_when") == "reported";
  bool encrypted_for_sure = options.tls == smtp::TlsMode::implicit || options.tls == smtp::TlsMode::starttls;
  if (!options.password.empty() && !encrypted_for_sure) {
    return fail(
        ErrorKind::invalid_input,
        "setting 'smtp.password' would cross the network in the clear where the relay does not encrypt: set "
        "smtp.starttls to always, or smtp.url to smtps://host:port");
  }
  return options;
}

Result<std::unique_ptr<ports::Mailer>> mx_mailer(Parts& parts) {
  const Settings& settings = parts.settings;
  smtp::MxOptions options;
  POSTROOM_TRY(helo, helo_name(settings));
  options.helo_name = std::move(helo);
  options.tls = tls_mode(settings, false);
  options.ca_file = settings.text("smtp.ca_file");
  options.port = static_cast<std::uint16_t>(settings.integer("mx.port"));
  options.timeout = milliseconds(settings, "smtp.timeout");
  options.connections_max = static_cast<int>(settings.integer("mx.connections"));
  options.connections_per_domain = static_cast<int>(settings.integer("mx.connections_per_domain"));
  options.messages_per_connection = static_cast<int>(settings.integer("smtp.messages_per_connection"));
  options.messages_per_minute = static_cast<int>(settings.integer("mx.messages_per_minute"));
  if (!settings.flag("mx.private_targets")) {
    options.may_reach = [](const sockaddr* address, std::size_t size) {
      return curl::is_public_address(address, size);
    };
  }
  return std::unique_ptr<ports::Mailer>(std::make_unique<smtp::MxMailer>(std::move(options), parts.email->writer,
                                                                         *parts.email->resolver, parts.random));
}

Result<std::string> demanded(const Settings& settings, std::string_view name, std::string_view wanted_by) {
  const std::string& text = settings.text(name);
  if (text.empty())
    return fail(ErrorKind::invalid_input, fmt::format("setting '{}' must be set for {}", name, wanted_by));
  return text;
}

Result<std::unique_ptr<ports::Mailer>> ses_mailer(Parts& parts) {
  const Settings& settings = parts.settings;
  email_http::SesOptions options;
  POSTROOM_TRY(account, ses_account(settings, "email.provider=ses"));
  options.region = std::move(account.region);
  options.credentials = std::move(account.credentials);
  options.endpoint = settings.text("ses.endpoint");
  options.configuration_set = settings.text("ses.configuration_set");
  options.timeout = milliseconds(settings, "smtp.timeout");
  return std::unique_ptr<ports::Mailer>(std::make_unique<email_http::SesMailer>(
      std::move(options), parts.email->writer, *parts.operator_client, parts.wall));
}

Result<std::unique_ptr<ports::Mailer>> json_mailer(Parts& parts) {
  const Settings& settings = parts.settings;
  email_http::JsonMailerOptions options;
  POSTROOM_TRY(url, demanded(settings, "email_http.url", "email.provider=http"));
  auto form = email_http::parse_form(settings.text("email_http.form"));
  if (!form) return fail_in("setting 'email_http.form'", form.error());
  options.url = std::move(url);
  options.authorization = settings.text("email_http.authorization");
  options.form = std::move(*form);
  options.id_member = settings.text("email_http.id_member");
  options.timeout = milliseconds(settings, "smtp.timeout");
  return std::unique_ptr<ports::Mailer>(
      std::make_unique<email_http::JsonMailer>(std::move(options), parts.email->writer, *parts.operator_client));
}

Result<void> build_mailer(Parts& parts) {
  const std::string& provider = parts.settings.text("email.provider");
  if (provider == "sandbox") {
    POSTROOM_CHECK(require_sandbox(parts, "email.provider", "set it to smtp (and smtp.url), or to none"));
    parts.mailer = std::make_unique<fakes::SandboxMailer>(*parts.outbox, *parts.faults, parts.clock);
  } else if (provider != "smtp" && parts.settings.text("email.delivered_when") == "reported") {
    return fail(ErrorKind::invalid_input,
                "setting 'email.delivered_when' is 'reported', but only a relay (email.provider=smtp) is asked for "
                "reports: set it to accepted");
  } else if (provider == "smtp") {
    POSTROOM_TRY(options, smtp_options(parts.settings));
    parts.mailer = std::make_unique<smtp::SmtpMailer>(std::move(options), &parts.email->writer);
  } else if (provider != "none") {
    POSTROOM_TRY(mailer, provider == "mx"    ? mx_mailer(parts)
                         : provider == "ses" ? ses_mailer(parts)
                                             : json_mailer(parts));
    parts.mailer = std::move(mailer);
  }
  return {};
}

// What would only show with the first email.
Result<void> check_settings(const Settings& settings) {
  if (const std::string& file = settings.text("smtp.ca_file"); !file.empty()) {
    if (auto usable = smtp::TlsContext::create(file); !usable)
      return fail_in("setting 'smtp.ca_file'", usable.error());
  }
  const std::string& bounces = settings.text("email.return_path");
  const std::size_t at = bounces.find('@');
  if (!bounces.empty() && (!smtp::is_wire_address(bounces) || at > kReturnPathNameMax)) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("setting 'email.return_path' is '{}', but must be an address with at most {} characters "
                    "before the @, since the email's id is added there",
                    bounces, kReturnPathNameMax));
  }
  return {};
}

}  // namespace

Result<SesAccount> ses_account(const Settings& settings, std::string_view wanted_by) {
  POSTROOM_TRY(region, demanded(settings, "ses.region", wanted_by));
  POSTROOM_TRY(key, demanded(settings, "ses.access_key_id", wanted_by));
  POSTROOM_TRY(secret, demanded(settings, "ses.secret_access_key", wanted_by));
  return SesAccount{std::move(region), {std::move(key), std::move(secret), settings.text("ses.session_token")}};
}

Result<void> build_email(Parts& parts) {
  POSTROOM_CHECK(check_settings(parts.settings));
  auto resolver = dns::DnsResolver::create({.server = parts.settings.text("mx.name_server")}, parts.wall);
  if (!resolver) return fail_in("setting 'mx.name_server'", resolver.error());
  parts.email = std::make_unique<EmailParts>(*parts.database, parts.clock, parts.wall,
                                             static_cast<int>(parts.settings.integer("email.suppression_days")));
  parts.email->resolver = std::move(*resolver);
  return build_mailer(parts);
}

Result<std::string> describe_email(Parts& parts) {
  const std::string& domain = parts.settings.text("email.domain");
  std::string out = "provider " + parts.settings.text("email.provider");
  if (parts.mailer == nullptr || parts.settings.text("email.provider") == "sandbox") return out;
  POSTROOM_TRY(keys, parts.email->dkim.list());
  std::vector<std::string> selectors;
  for (const flows::StoredDkimKey* key : flows::signing_keys(keys, domain)) selectors.push_back(key->selector);
  if (selectors.empty()) return out + fmt::format("; emails of {} are not signed: see `postroom dkim add`", domain);
  return out + fmt::format("; emails of {} are signed with {}", domain, join(selectors, " and "));
}

}  // namespace postroom::app
