#include "app/text_providers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "adapters/sms_http/custom.h"
#include "adapters/sms_http/firetext.h"
#include "adapters/sms_http/mmg.h"
#include "adapters/sms_http/twilio.h"
#include "app/settings.h"
#include "app/smpp.h"
#include "base/text.h"
#include "flows/providers/text_router.h"

namespace postroom::app {
namespace {

using Gateway = std::unique_ptr<ports::SmsGateway>;

constexpr std::string_view kKnown[] = {"sandbox", "mmg", "firetext", "twilio", "http", "smpp"};

std::chrono::milliseconds timeout_of(const Settings& settings) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(settings.duration("sms.timeout"));
}

Error missing(std::string_view setting, std::string_view provider) {
  return {ErrorKind::invalid_input,
          fmt::format("setting '{}' is empty, but sms.provider names {}: set it", setting, provider)};
}

Result<std::string> needed(const Settings& settings, std::string_view setting, std::string_view provider) {
  const std::string& value = settings.text(setting);
  if (value.empty()) return fail(missing(setting, provider));
  return value;
}

// Keys and texts must not cross a network in the clear.
Result<std::string> address(const Settings& settings, std::string_view setting, std::string_view provider) {
  POSTROOM_TRY(url, needed(settings, setting, provider));
  static constexpr std::string_view kHere[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
  const bool is_local = std::any_of(std::begin(kHere), std::end(kHere), [&](std::string_view start) {
    return url.starts_with(start) &&
           (url.size() == start.size() || url[start.size()] == ':' || url[start.size()] == '/');
  });
  if (is_local || url.starts_with("https://")) return url;
  return fail(ErrorKind::invalid_input, fmt::format("setting '{}' must begin with https://", setting));
}

Result<Gateway> sandbox_gateway(Parts& parts) {
  if (!parts.outbox) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("sms.provider is 'sandbox', which environment {} does not allow: name a provider, or none",
                    to_string(environment_of(parts.settings))));
  }
  return std::make_unique<fakes::SandboxSmsGateway>(*parts.outbox, *parts.faults, parts.clock);
}

Result<Gateway> mmg_gateway(Parts& parts) {
  POSTROOM_TRY(url, address(parts.settings, "mmg.url", "mmg"));
  POSTROOM_TRY(key, needed(parts.settings, "mmg.api_key", "mmg"));
  return std::make_unique<sms_http::MmgGateway>(
      sms_http::MmgOptions{url, key, parts.settings.text("mmg.receipt_url"), timeout_of(parts.settings)},
      *parts.operator_client);
}

Result<Gateway> firetext_gateway(Parts& parts) {
  POSTROOM_TRY(url, address(parts.settings, "firetext.url", "firetext"));
  POSTROOM_TRY(key, needed(parts.settings, "firetext.api_key", "firetext"));
  return std::make_unique<sms_http::FiretextGateway>(
      sms_http::FiretextOptions{url, key, parts.settings.text("firetext.international_api_key"),
                                parts.settings.text("firetext.receipt_url"), timeout_of(parts.settings)},
      *parts.operator_client);
}

Result<Gateway> twilio_gateway(Parts& parts) {
  const Settings& settings = parts.settings;
  POSTROOM_TRY(url, address(settings, "twilio.base_url", "twilio"));
  POSTROOM_TRY(account, needed(settings, "twilio.account_sid", "twilio"));
  POSTROOM_TRY(token, needed(settings, "twilio.auth_token", "twilio"));
  while (url.ends_with('/')) url.pop_back();
  return std::make_unique<sms_http::TwilioGateway>(
      sms_http::TwilioOptions{url, account, token, settings.text("twilio.messaging_service_sid"),
                              settings.text("twilio.receipt_url"), timeout_of(settings)},
      *parts.operator_client);
}

template <typename T>
Result<T> named(std::string_view setting, Result<T> result) {
  if (!result) return fail_in(fmt::format("setting '{}'", setting), std::move(result).error());
  return result;
}

Result<Gateway> custom_gateway(Parts& parts) {
  const Settings& settings = parts.settings;
  sms_http::CustomOptions options;
  options.method = settings.text("sms_http.method");
  POSTROOM_TRY(url, address(settings, "sms_http.url", "http"));
  POSTROOM_TRY(url_pattern, named("sms_http.url", sms_http::MessagePattern::parse(url, sms_http::Encoding::form)));
  const auto encoding =
      sms_http::parse_encoding(settings.text("sms_http.body_format")).value_or(sms_http::Encoding::json);
  POSTROOM_TRY(body,
               named("sms_http.body", sms_http::MessagePattern::parse(settings.text("sms_http.body"), encoding)));
  POSTROOM_TRY(headers, named("sms_http.headers", sms_http::parse_headers(settings.text("sms_http.headers"))));
  POSTROOM_TRY(success, named("sms_http.success", sms_http::AnswerRule::parse(settings.text("sms_http.success"))));
  POSTROOM_TRY(rejected,
               named("sms_http.rejected", sms_http::AnswerRule::parse(settings.text("sms_http.rejected"))));
  options.url = std::move(url_pattern);
  options.body = std::move(body);
  options.headers = std::move(headers);
  options.success = std::move(success);
  options.rejected = std::move(rejected);
  options.reference = settings.text("sms_http.reference");
  options.timeout = timeout_of(settings);
  options.receipts_name_theirs = settings.text("sms_http.receipt_key") == "theirs";
  if (options.receipts_name_theirs && options.reference.empty())
    return fail(missing("sms_http.reference", "http, whose receipts name texts as its answers do"));
  return std::make_unique<sms_http::CustomGateway>(std::move(options), *parts.operator_client);
}

Result<Gateway> gateway_of(Parts& parts, std::string_view name) {
  if (name == "mmg") return mmg_gateway(parts);
  if (name == "firetext") return firetext_gateway(parts);
  if (name == "twilio") return twilio_gateway(parts);
  if (name == "http") return custom_gateway(parts);
  if (name == "smpp") {
    parts.texting->smpp = std::make_unique<SmppParts>();
    return build_smpp(parts, *parts.texting->smpp);
  }
  return sandbox_gateway(parts);
}

// What the setting says, or an equal part for everybody.
Result<std::map<std::string, int, std::less<>>> resting_points(const Settings& settings,
                                                               const std::vector<std::string>& names) {
  std::map<std::string, int, std::less<>> out;
  for (const std::string& name : names) out[name] = texting::kShareMax / static_cast<int>(names.size());
  const std::vector<std::string> parts = list_of(settings.text("sms.shares"));
  for (const std::string& part : parts) {
    const auto equals = part.find('=');
    const std::string name(trim(part.substr(0, equals)));
    const std::string_view value =
        equals == std::string::npos ? "" : trim(std::string_view(part).substr(equals + 1));
    const int share = parse_int<int>(value).value_or(-1);
    if (!out.contains(name) || share < 0 || share > texting::kShareMax) {
      return fail(
          ErrorKind::invalid_input,
          fmt::format("setting 'sms.shares': '{}' is not NAME=SHARE with a name of sms.provider and a share "
                      "from 0 to {}",
                      part, texting::kShareMax));
    }
    out[name] = share;
  }
  if (!parts.empty() && parts.size() != names.size()) {
    return fail(ErrorKind::invalid_input, "setting 'sms.shares' must name every provider of sms.provider, or none");
  }
  return out;
}

}  // namespace

TextParts::TextParts() = default;
TextParts::~TextParts() = default;

Result<std::vector<std::string>> text_provider_names(const Settings& settings) {
  std::vector<std::string> names = list_of(settings.text("sms.provider"));
  if (names == std::vector<std::string>{"none"}) names.clear();
  for (const std::string& name : names) {
    if (std::find(std::begin(kKnown), std::end(kKnown), name) == std::end(kKnown)) {
      return fail(
          ErrorKind::invalid_input,
          fmt::format("setting 'sms.provider' names '{}': use sandbox, none, or any of mmg, firetext, twilio, "
                      "http and smpp, separated by commas",
                      name));
    }
    if (std::count(names.begin(), names.end(), name) > 1)
      return fail(ErrorKind::invalid_input, fmt::format("setting 'sms.provider' names '{}' twice", name));
  }
  return names;
}

bool texts_go_to_sandbox(const Settings& settings) {
  return list_of(settings.text("sms.provider")) == std::vector<std::string>{"sandbox"};
}

Result<void> build_text_providers(Parts& parts) {
  POSTROOM_TRY(names, text_provider_names(parts.settings));
  parts.texting = std::make_unique<TextParts>();
  std::vector<Gateway> gateways;
  for (const std::string& name : names) {
    POSTROOM_TRY(gateway, gateway_of(parts, name));
    gateways.push_back(std::move(gateway));
  }
  if (gateways.empty() || texts_go_to_sandbox(parts.settings)) {
    parts.texting.reset();
    if (!gateways.empty()) parts.sms_gateway = std::move(gateways.front());
    return {};
  }
  POSTROOM_TRY(resting, resting_points(parts.settings, names));
  parts.texting->names = names;
  parts.texting->keeper = std::make_unique<flows::ShareKeeper>(
      flows::ShareKeeperPorts{parts.database->providers(), parts.database->state(), *parts.tickets, parts.clock,
                              parts.metrics},
      flows::ShareKeeperOptions{.resting = std::move(resting),
                                .raises_tickets = parts.settings.flag("flags.raises_tickets"),
                                .environment_name = std::string(to_string(environment_of(parts.settings)))});
  POSTROOM_CHECK(parts.texting->keeper->ensure());
  parts.sms_gateway = std::make_unique<flows::TextRouter>(
      std::move(gateways),
      flows::TextRouterPorts{parts.database->providers(), parts.database->notifications(), *parts.texting->keeper,
                             parts.clock, parts.wall, parts.random, parts.metrics});
  return {};
}

void start_text_providers(Parts& parts) {
  if (parts.texting && parts.texting->smpp) parts.texting->smpp->session->start();
}

void stop_text_providers(Parts& parts) {
  if (parts.texting && parts.texting->smpp) parts.texting->smpp->session->stop();
}

}  // namespace postroom::app
