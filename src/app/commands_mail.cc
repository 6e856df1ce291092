// Keys that emails are signed with, bounces, and who gets no emails any more. Answers never hold a private key.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/email.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "app/receipts.h"
#include "base/bytes.h"
#include "core/recipients/email_address.h"

namespace postroom::app {
namespace {

constexpr int kSuppressionsShown = 1'000;

json::object describe(const flows::StoredDkimKey& stored) {
  return {{"domain", stored.domain},
          {"selector", stored.selector},
          {"algorithm", to_string(stored.key.algorithm())},
          {"in_use", stored.in_use},
          {"created_at", format_rfc3339(stored.created_at)}};
}

json::object with_record(const flows::StoredDkimKey& stored) {
  const std::string name = email::dkim_record_name(stored.domain, stored.selector);
  const std::string text = email::dkim_record_text(stored.key.algorithm(), stored.key.public_key());
  json::object out = describe(stored);
  out["record_name"] = name;
  out["record_type"] = "TXT";
  out["record_text"] = text;
  out["zone_line"] = email::dkim_zone_line(name, text);
  return out;
}

Result<json::value> add_key(Parts& parts, const json::object& arguments) {
  flows::NewDkimKey wanted;
  POSTROOM_TRY(domain, required(arguments, "domain"));
  POSTROOM_TRY(selector, required(arguments, "selector"));
  wanted.domain = std::move(domain);
  wanted.selector = std::move(selector);
  const std::string algorithm = get_string(arguments, "algorithm").value_or("ed25519");
  if (algorithm != "ed25519" && algorithm != "rsa")
    return fail(ErrorKind::invalid_input, fmt::format("algorithm is '{}', but must be ed25519 or rsa", algorithm));
  wanted.algorithm = algorithm == "rsa" ? email::DkimAlgorithm::rsa_sha256 : email::DkimAlgorithm::ed25519_sha256;
  wanted.pem = get_string(arguments, "key").value_or("");
  wanted.in_use = !get_bool(arguments, "later").value_or(false);
  POSTROOM_TRY(stored, parts.email->dkim.add(wanted));
  return json::value(with_record(stored));
}

Result<json::value> list_keys(Parts& parts, const json::object&) {
  POSTROOM_TRY(keys, parts.email->dkim.list());
  json::array out;
  for (const flows::StoredDkimKey& key : keys) out.push_back(describe(key));
  return json::value(out);
}

struct KeyName {
  std::string domain, selector;
};

Result<KeyName> key_name(const json::object& arguments) {
  POSTROOM_TRY(domain, required(arguments, "domain"));
  POSTROOM_TRY(selector, required(arguments, "selector"));
  return KeyName{std::move(domain), std::move(selector)};
}

Result<json::value> show_record(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(name, key_name(arguments));
  POSTROOM_TRY(stored, parts.email->dkim.find(name.domain, name.selector));
  return json::value(with_record(stored));
}

// What the world sees of a key, compared with what it should see.
Result<json::value> check_record(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(name, key_name(arguments));
  POSTROOM_TRY(stored, parts.email->dkim.find(name.domain, name.selector));
  json::object out = with_record(stored);
  auto texts = parts.email->resolver->texts(email::dkim_record_name(stored.domain, stored.selector));
  if (!texts && texts.error().kind != ErrorKind::not_found) return fail(texts.error());
  const std::string expected = email::dkim_record_text(stored.key.algorithm(), stored.key.public_key());
  const std::string key = expected.substr(expected.find("p="));
  const auto has_key = [&](const std::string& text) { return text.find(key) != std::string::npos; };
  const bool found = texts && std::any_of(texts->begin(), texts->end(), has_key);
  out["healthy"] = found;
  out["in_dns"] = found                      ? "the record is there"
                  : texts && !texts->empty() ? "there is a record, but with another key"
                                             : "there is no record yet";
  return json::value(out);
}

CommandFunction set_in_use(bool in_use) {
  return [in_use](Parts& parts, const json::object& arguments) -> Result<json::value> {
    POSTROOM_TRY(name, key_name(arguments));
    POSTROOM_TRY(stored, parts.email->dkim.set_in_use(name.domain, name.selector, in_use));
    return json::value(describe(stored));
  };
}

Result<json::value> remove_key(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(name, key_name(arguments));
  POSTROOM_CHECK(parts.email->dkim.remove(name.domain, name.selector));
  return json::value(json::object{{"domain", name.domain}, {"selector", name.selector}, {"removed", true}});
}

// For the pipe of a mail server: what is no report about an email of ours is taken and left at that.
Result<json::value> take_bounce(Parts& parts, const json::object& arguments) {
  std::string message = get_string(arguments, "message").value_or("");
  if (auto encoded = get_string(arguments, "message_base64")) {
    auto bytes = from_base64(*encoded);
    if (!bytes) return fail(ErrorKind::invalid_input, "message_base64 is no base64");
    message = std::move(*bytes);
  }
  auto kept =
      parts.flows->provider_reports->email.take_bounce(message, get_string(arguments, "recipient").value_or(""));
  if (kept) return json::value(json::object{{"taken", true}});
  if (kept.error().kind != ErrorKind::not_found && kept.error().kind != ErrorKind::invalid_input)
    return fail(kept.error());
  return json::value(json::object{{"taken", false}, {"reason", kept.error().message}});
}

Result<std::optional<ServiceId>> service_argument(Parts& parts, const json::object& arguments) {
  if (!arguments.contains("service")) return std::optional<ServiceId>();
  POSTROOM_TRY(service, find_service(parts, arguments));
  return std::optional(service.id);
}

json::object describe(const ports::Suppression& s) {
  json::object out{{"address", s.address},
                   {"service_id", s.service_id.is_nil() ? json::value() : json::value(s.service_id.text())},
                   {"reason", to_string(s.reason)},
                   {"detail", s.detail},
                   {"created_at", format_rfc3339(s.created_at)}};
  out["notification_id"] = s.notification_id.is_nil() ? json::value() : json::value(s.notification_id.text());
  return out;
}

Result<json::value> list_suppressions(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, service_argument(parts, arguments));
  const std::int64_t limit = get_int(arguments, "limit").value_or(kSuppressionsShown);
  if (limit < 1 || limit > ports::kSuppressionListMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("limit is {}, but must be from 1 to {}", limit, ports::kSuppressionListMax));
  }
  POSTROOM_TRY(found, parts.database->suppressions().list(service, static_cast<int>(limit)));
  json::array out;
  for (const ports::Suppression& s : found) out.push_back(describe(s));
  return json::value(out);
}

Result<std::string> address_argument(const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "address"));
  auto address = recipients::EmailAddress::parse(text);
  if (!address) return fail(ErrorKind::invalid_input, "address is no email address");
  return address->normalised();
}

Result<json::value> add_suppression(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, service_argument(parts, arguments));
  POSTROOM_TRY(address, address_argument(arguments));
  const ports::Suppression made{.address = std::move(address),
                                .service_id = service.value_or(ServiceId{}),
                                .reason = ports::SuppressionReason::by_hand,
                                .detail = "",
                                .notification_id = {},
                                .created_at = parts.clock.now()};
  POSTROOM_CHECK(parts.database->suppressions().put(made));
  return json::value(describe(made));
}

Result<json::value> remove_suppression(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, service_argument(parts, arguments));
  POSTROOM_TRY(address, address_argument(arguments));
  POSTROOM_TRY(removed, parts.database->suppressions().remove(address, service));
  if (removed == 0) {
    return fail(ErrorKind::not_found,
                "the address is not suppressed: `postroom suppression list` shows those that are");
  }
  return json::value(json::object{{"removed", removed}});
}

}  // namespace

void add_mail_commands(Commands& commands) {
  commands.add("dkim add", add_key);
  commands.add("dkim list", list_keys);
  commands.add("dkim record", show_record);
  commands.add("dkim check", check_record);
  commands.add("dkim use", set_in_use(true));
  commands.add("dkim rest", set_in_use(false));
  commands.add("dkim remove", remove_key);
  commands.add("email bounce", take_bounce);
  commands.add("suppression list", list_suppressions);
  commands.add("suppression add", add_suppression);
  commands.add("suppression remove", remove_suppression);
}

}  // namespace postroom::app
