#include "app/settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "app/antivirus_settings.h"
#include "app/callback_settings.h"
#include "app/dvla_settings.h"
#include "app/email_settings.h"
#include "app/letter_settings.h"
#include "app/pdfscan_settings.h"
#include "app/platform_brand.h"
#include "app/print_records.h"
#include "app/text_settings.h"
#include "app/ticket_settings.h"
#include "base/text.h"
#include "flows/print_run/settings.h"

extern char** environ;

namespace postroom::app {
namespace {

using enum SettingType;

// Bounds that say nothing, where a later member of the declaration is given.
constexpr std::int64_t kAny = INT64_MIN;
constexpr std::int64_t kMost = INT64_MAX;

constexpr SettingSpec kSettings[] = {
    {"environment", choice, "development", "Selects the defaults of the flags.* settings. live means production.",
     kAny, kMost, "development test preview staging production live"},
    {"data.folder", text, "postroom-data", "Where the database, keys, letters and the control socket live."},
    {"roles", text, "api,worker,scheduler,web", "What this process does: any of api, worker, scheduler, web."},
    {"time_zone", text, "Europe/London",
     "IANA zone of every local time: print cut-off, schedules, dates in letters."},
    {"log.level", choice, "info", "Log lines below this level are dropped.", kAny, kMost,
     "debug info warning error"},
    {"log.requests", flag, "false", "One log line for each API request."},

    {"api.listen", text, "127.0.0.1:6011", "Address and port of the API; port 0 picks a free one."},
    {"api.base_url", text, "", "How callers reach the API, for links in answers. Empty: the listening address."},
    {"api.threads", integer, "48", "Requests worked on at once.", 1, 512},
    {"api.queue_max", integer, "1024", "Requests that may wait for a thread; beyond them 503.", 1, 100'000},
    {"api.connections_max", integer, "4096", "Open connections.", 1, 100'000},
    {"api.body_bytes_max", bytes, "16MiB", "Largest request body.", 1024, 1024 * 1024 * 1024},
    {"api.bulk_bytes_max", bytes, "32MiB", "Largest body with a whole sheet of recipients.", 1024,
     1024 * 1024 * 1024},
    {"api.tls_certificate", text, "", "PEM file; with api.tls_key the API speaks TLS."},
    {"api.tls_key", text, "", "PEM file of the certificate's private key."},
    {"limits.requests", flag, "true", "Services have a limit on requests a minute."},
    {"limits.daily", flag, "true", "Services have limits on messages a day, and messages are counted."},
    {"web.listen", text, "127.0.0.1:6012", "Address and port of the web pages; port 0 picks a free one."},
    {"web.base_url", text, "",
     "How people reach the web pages, for links in emails. Empty: the listening address."},
    {"web.behind_proxy", flag, "false",
     "A proxy in front of the web pages says in X-Forwarded-For who calls; its last entry is believed."},

    {"documents.bytes_max", bytes, "2MiB", "Largest file sent by email.", 1024, 10 * 1024 * 1024},
    {"documents.retention_weeks", integer, "26", "How long a file can be downloaded when the sender does not say.",
     1, 78},
    {"documents.unscanned", flag, "false",
     "Files are taken for email even where no virus scanner looks at them; otherwise they are refused there."},

    {"brand.name", text, "Postroom", "Name of this platform, in the banner of emails."},
    {"brand.url", text, "", "Where the banner leads; empty: nowhere."},
    {"brand.colour", text, "#0b5c6b", "Colour of the banner: # and six hexadecimal digits."},
    {"brand.banner", flag, "true", "Emails have the platform's banner, unless the service's brand replaces it."},
    {"brand.logo_url", text, "", "Picture before the name in the banner, at least 54 pixels high; empty: none."},
    {"brand.footer", text, "", "Text below every email, lines kept; empty: none."},

    {"store.url", text, "", "postgresql://… for PostgreSQL. Empty: SQLite in the data folder.", kAny, kMost, "",
     true},
    {"store.connections", integer, "8", "PostgreSQL connections of this process.", 2, 200},

    {"email.provider", choice, "sandbox", "Who carries emails.", kAny, kMost, "sandbox smtp mx ses http none"},
    {"email.domain", text, "postroom.example", "Domain of the sender addresses."},
    {"smtp.url", text, "smtp://127.0.0.1:25",
     "email.provider=smtp: the relay, smtp://host:port, or smtps://host:port for TLS from the start."},
    {"smtp.user", text, "", "Login at the relay; empty: none."},
    {"smtp.password", text, "", "Password at the relay.", kAny, kMost, "", true},
    {"smtp.starttls", choice, "when_offered", "Whether to encrypt after connecting in the clear.", kAny, kMost,
     "never when_offered always"},
    {"smtp.timeout", duration, "30s", "For one message, connecting included.", 1, 300},
    {"receipts.mmg_credentials", text, "",
     "user:password that MMG posts receipts with; several, separated by blanks, may be good at once.", kAny, kMost,
     "", true},
    {"receipts.firetext_credentials", text, "", "The same for Firetext's receipts.", kAny, kMost, "", true},
    {"receipts.ses_topics", text, "",
     "ARNs of the Amazon SNS topics that carry reports about emails, separated by blanks. With any, the relay's "
     "acceptance is no delivery."},
    {"inbound.mmg_credentials", text, "", "user:password that MMG posts received texts with.", kAny, kMost, "",
     true},
    {"inbound.firetext_credentials", text, "", "The same for Firetext's received texts.", kAny, kMost, "", true},
    {"inbound.retention_days", integer, "7", "Received texts older than so many days are deleted.", 3, 90},
    {"inbound.numbers_low", integer, "50",
     "On Mondays a ticket is raised when so many numbers for received texts, or fewer, are free. 0: never.", 0,
     100'000},
    {"print.provider", choice, "sandbox", "Where letters go: zips to a print house, or PDFs to print at hand.",
     kAny, kMost, "sandbox folder sftp print-locally dvla-http none"},
    {"print.folder", text, "",
     "print.provider=folder: the folder; it must hold the print.*_folder ones. "
     "print-locally: where PDFs appear, in to-print."},
    {"print.sftp_host", text, "", "print.provider=sftp: the print house's server."},
    {"print.sftp_port", integer, "22", "Its port.", 1, 65535},
    {"print.sftp_user", text, "", "Login."},
    {"print.sftp_private_key_path", text, "", "File with the private key."},
    {"print.sftp_private_key_passphrase", text, "", "Passphrase of the private key.", kAny, kMost, "", true},
    {"print.sftp_password", text, "", "Password, where no key is used.", kAny, kMost, "", true},
    {"print.sftp_host_key", text, "",
     "The server's key, as in known_hosts (ssh-ed25519 AAAA…) or as SHA256:… fingerprint."},
    {"print.sftp_root", text, "",
     "Folder on the server under which the print.*_folder ones lie; empty: the login folder."},
    {"print.sftp_idle_timeout", duration, "30s", "For each answer of the server.", 1, 600},
    {"print.sftp_call_timeout", duration, "30min", "For a whole upload, fetch or listing.", 1, 86'400},

    {"sandbox.receipt_delay", duration, "1s", "After how long a sandbox provider reports the end of a message.", 0,
     86'400},
    {"flags.raises_tickets", flag, "false", "Alerts raise support tickets, not just log lines."},
    {"flags.fakes_print_responses", flag, "false", "The sandbox print house answers by itself."},
    {"flags.sandbox_providers", flag, "false", "Providers may be 'sandbox'; serves /_sandbox and the inbox page."},
    {"flags.clock_may_be_moved", flag, "false", "POST /_sandbox/clock may move the clock."},
    {"flags.private_callback_targets", flag, "false",
     "Callbacks may go to http and to private and loopback addresses."},
    {"flags.test_letters_fake_delivery", flag, "true",
     "A letter of a test key is sending until a made-up report says delivered; off: delivered at once."},

    {"worker.sms_threads", integer, "4", "Threads that hand over texts.", 1, 64},
    {"worker.email_threads", integer, "4", "Threads that hand over emails.", 1, 64},
    {"worker.letter_threads", integer, "2", "Threads that render letters.", 1, 64},
};

struct EnvironmentDefaults {
  Environment environment;
  bool tickets, fake_print, sandbox, clock, private_callbacks;
};

constexpr EnvironmentDefaults kDefaults[] = {
    {Environment::development, false, true, true, true, true},
    {Environment::test, true, false, true, true, true},
    {Environment::preview, false, true, true, false, false},
    {Environment::staging, false, false, false, false, false},
    {Environment::production, true, false, false, false, false},
};

Settings::Layer defaults_of(Environment environment) {
  auto text = [](bool value) { return std::string(value ? "true" : "false"); };
  for (const EnvironmentDefaults& d : kDefaults) {
    if (d.environment != environment) continue;
    return {SettingSource::environment_defaults,
            {{"flags.raises_tickets", text(d.tickets)},
             {"flags.fakes_print_responses", text(d.fake_print)},
             {"flags.sandbox_providers", text(d.sandbox)},
             {"flags.clock_may_be_moved", text(d.clock)},
             {"flags.private_callback_targets", text(d.private_callbacks)}}};
  }
  return {SettingSource::environment_defaults, {}};
}

Result<Settings::Layer> read_file_layer(const std::string& path) {
  Settings::Layer layer{SettingSource::file, {}};
  if (path.empty()) return layer;
  std::ifstream file(path);
  if (!file) {
    return fail(ErrorKind::invalid_input, fmt::format("config file {} cannot be read: see --config and the file's "
                                                      "permissions",
                                                      path));
  }
  std::ostringstream text;
  text << file.rdbuf();
  POSTROOM_TRY(values, parse_config_file(text.str()));
  layer.values = std::move(values);
  return layer;
}

// POSTROOM_X variables that name a setting; others (POSTROOM_BUILD_JOBS) are not ours to judge.
Settings::Layer read_variables(const std::vector<SettingSpec>& specs) {
  Settings::Layer layer{SettingSource::process_environment, {}};
  for (const SettingSpec& spec : specs) {
    if (const char* value = std::getenv(environment_name(spec.name).c_str()))
      layer.values[std::string(spec.name)] = value;
  }
  return layer;
}

}  // namespace

std::string_view to_string(Environment environment) {
  switch (environment) {
    case Environment::development: return "development";
    case Environment::test: return "test";
    case Environment::preview: return "preview";
    case Environment::staging: return "staging";
    case Environment::production: return "production";
  }
  return "";
}

std::optional<Environment> parse_environment(std::string_view text) {
  if (text == "live") return Environment::production;
  for (const EnvironmentDefaults& d : kDefaults) {
    if (to_string(d.environment) == text) return d.environment;
  }
  return std::nullopt;
}

std::vector<SettingSpec> all_settings() {
  std::vector<SettingSpec> all(std::begin(kSettings), std::end(kSettings));
  all.insert(all.end(), std::begin(flows::print_run::kSettings), std::end(flows::print_run::kSettings));
  all.insert(all.end(), std::begin(kRecordSettings), std::end(kRecordSettings));
  all.insert(all.end(), std::begin(kTextSettings), std::end(kTextSettings));
  all.insert(all.end(), std::begin(kCallbackSettings), std::end(kCallbackSettings));
  all.insert(all.end(), std::begin(kTicketSettings), std::end(kTicketSettings));
  all.insert(all.end(), std::begin(kLetterSettings), std::end(kLetterSettings));
  all.insert(all.end(), std::begin(kAntivirusSettings), std::end(kAntivirusSettings));
  all.insert(all.end(), std::begin(kDvlaSettings), std::end(kDvlaSettings));
  all.insert(all.end(), std::begin(kEmailSettings), std::end(kEmailSettings));
  all.insert(all.end(), std::begin(kPdfScanSettings), std::end(kPdfScanSettings));
  return all;
}

Result<Settings> load_settings(const SettingsSources& sources) {
  std::vector<SettingSpec> specs = all_settings();
  POSTROOM_TRY(file, read_file_layer(sources.config_path));
  Settings::Layer variables = read_variables(specs);
  Settings::Layer command_line{SettingSource::command_line, sources.command_line};
  // Once without the environment's defaults, to learn its name from whichever layer has it.
  POSTROOM_TRY(first, Settings::create(specs, {file, variables, command_line}));
  POSTROOM_TRY(settings,
               Settings::create(specs, {defaults_of(environment_of(first)), file, variables, command_line}));
  POSTROOM_CHECK(platform_brand(settings));
  return settings;
}

Environment environment_of(const Settings& settings) {
  return parse_environment(settings.text("environment")).value_or(Environment::development);
}

std::vector<std::string> list_of(std::string_view list) {
  std::vector<std::string> out;
  for (std::string_view part : split(list, ',')) {
    if (part = trim(part); !part.empty()) out.emplace_back(part);
  }
  return out;
}

json::array describe_settings(const Settings& settings) {
  json::array out;
  for (const auto& [name, value] : settings.values()) {
    bool hidden = value.spec->secret && !value.text.empty();
    out.push_back(json::object{{"name", name},
                               {"value", hidden ? "(set)" : value.text},
                               {"source", to_string(value.source)},
                               {"default", value.spec->default_text},
                               {"help", value.spec->help}});
  }
  return out;
}

}  // namespace postroom::app
