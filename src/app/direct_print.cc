#include "app/direct_print.h"

#include <fmt/format.h>

#include "adapters/curl/curl_http_client.h"
#include "adapters/dvla/no_drop.h"
#include "app/flow_parts.h"
#include "app/receipts.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/web_url.h"
#include "worker/task_table.h"

namespace postroom::app {
namespace {

using namespace std::chrono_literals;
using worker::TaskRun;

constexpr worker::RetryPolicy kOrderRetry{.retries_max = flows::kOrderRetriesMax,
                                          .delay = flows::kOrderRetryDelay,
                                          .first_delay = flows::kOrderRetryDelay};
// Longer than a call and the longest pause that is asked for together.
constexpr Duration kOrderLease = 10min;
constexpr std::string_view kSandboxUrl = "sandbox";

Result<std::string> url_of(const Parts& parts) {
  std::string url = parts.settings.text("print.dvla_url");
  while (url.ends_with('/')) url.pop_back();
  const bool may_be_plain = parts.settings.flag("flags.sandbox_providers");
  if (!is_web_url(url) || (!url.starts_with("https://") && !may_be_plain)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("setting 'print.dvla_url' is '{}', but print.provider=dvla-http needs https://… of the "
                            "print house's service",
                            url));
  }
  return url;
}

// Whoever hands over letters must know where the API is reached, even where it does not serve it itself.
Result<void> check_base_url(const Parts& parts) {
  const std::string& base = parts.settings.text("api.base_url");
  const bool serves_api = parts.settings.text("roles").find("api") != std::string::npos;
  if (!base.empty() || (serves_api && parts.settings.flag("flags.sandbox_providers"))) return {};
  return fail(ErrorKind::invalid_input,
              "print.provider=dvla-http needs api.base_url: the print house reports there on each letter");
}

Result<std::string> build_sandbox(Parts& parts, DirectPrintParts& d) {
  if (!parts.outbox) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("print.dvla_url is 'sandbox', which environment {} does not allow: set it to https://… of "
                    "the print house's service",
                    to_string(environment_of(parts.settings))));
  }
  fakes::DvlaHouseOptions options;
  auto known = d.account->load();
  if (!known) {
    if (known.error().kind != ErrorKind::rejected) return fail(std::move(known).error());
    POSTROOM_TRY(set, d.account->set({options.user, options.password, "", options.api_key}));
    known = std::move(set.account);
  }
  options.user = known->user;
  options.password = known->password;
  options.api_key = known->api_key;
  const std::string url = options.base_url;
  auto house = std::make_unique<fakes::DvlaHouse>(std::move(options), parts.wall);
  d.sandbox_house = house.get();
  d.client = std::move(house);
  return url;
}

}  // namespace

bool prints_directly(const Parts& parts) { return parts.settings.text("print.provider") == kDirectPrintProvider; }

Result<void> build_direct_print(Parts& parts) {
  if (!prints_directly(parts)) return {};
  POSTROOM_CHECK(check_base_url(parts));
  const Settings& settings = parts.settings;
  ports::Database& database = *parts.database;
  parts.flows->direct_print = std::make_unique<DirectPrintParts>();
  DirectPrintParts& d = *parts.flows->direct_print;
  d.account =
      std::make_unique<flows::PrintAccountBook>(database.secrets(), parts.clock, [&d](std::string_view why) {
        if (d.rotation) d.rotation->note_refused_login(why);
      });
  std::string url;
  if (settings.text("print.dvla_url") == kSandboxUrl) {
    POSTROOM_TRY(made, build_sandbox(parts, d));
    url = std::move(made);
  } else {
    POSTROOM_TRY(given, url_of(parts));
    url = std::move(given);
    d.client = std::make_unique<curl::CurlHttpClient>(curl::CurlOptions{
        .ca_file = settings.text("print.dvla_ca_file"), .tls_ciphers = settings.text("print.dvla_tls_ciphers")});
  }
  d.service =
      std::make_unique<dvla::DvlaService>(dvla::DvlaOptions{std::move(url)}, *d.client, *d.account, parts.wall);
  d.pace = std::make_unique<flows::OrderPace>(database.limits(), database.state(), parts.wall,
                                              static_cast<int>(settings.integer("print.dvla_letters_per_minute")));
  flows::DirectRunOptions options{.print_cutoff = settings.duration("letters.print_cutoff")};
  options.callback_url = [&parts](NotificationId letter) -> std::string {
    const std::string& set = parts.settings.text("api.base_url");
    const std::string& base = set.empty() ? parts.base_url : set;
    if (base.empty()) return {};
    return base + "/notifications/letter/status?token=" +
           api::letter_token(parts.flows->provider_reports->letter_tokens, letter);
  };
  d.run = std::make_unique<flows::DirectRun>(
      flows::DirectRunPorts{database.notifications(), database.letters(), *parts.blobs, database.tasks(),
                            database.leases(), *d.service, *d.pace, parts.clock, parts.random, parts.zone},
      std::move(options));
  d.rotation = std::make_unique<flows::CredentialRotation>(
      flows::RotationPorts{*d.service, *d.account, database.leases(), database.state(), *parts.tickets, parts.clock,
                           parts.random},
      settings.flag("flags.raises_tickets"), std::string(to_string(environment_of(settings))));
  return {};
}

void add_direct_print_tasks(worker::TaskTable& table, Parts& parts) {
  DirectPrintParts& d = *parts.flows->direct_print;
  const auto subject_of = [](const ports::ClaimedTask& task) -> Result<NotificationId> {
    auto id = NotificationId::parse(task.subject);
    if (!id) return fail(ErrorKind::corrupt, "task " + task.id.text() + " names no notification");
    return *id;
  };
  table.add({.kind = std::string(ports::kDeliverLetter),
             .queue = std::string(ports::kSendLetterQueue),
             .retry = kOrderRetry,
             .lease = kOrderLease,
             .run = worker::one_by_one([&d, subject_of](TaskRun& run) -> Result<void> {
               POSTROOM_TRY(id, subject_of(run.task));
               return d.run->order(id);
             }),
             .give_up = [&d, subject_of](const ports::ClaimedTask& task, const Error& error) {
               auto id = subject_of(task);
               if (!id) return;
               if (auto failed = d.run->give_up(*id, error.message); !failed)
                 log_error("letters.give_up_failed", {{"error", failed.error().message}});
             }});
  // Zips that were planned before the print house was changed.
  table.add({.kind = std::string(ports::kZipAndSend),
             .queue = std::string(ports::kPrintQueue),
             .retry = {.retries_max = 100'000, .delay = 1h, .first_delay = 1h},
             .run = worker::one_by_one([](TaskRun&) -> Result<void> {
               return fail(
                   ErrorKind::retry_later,
                   "print.provider is dvla-http, and this zip was planned for another print house: it waits "
                   "until print.provider is that one again");
             })});
}

Result<void> report_sandbox_orders(Parts& parts) {
  DirectPrintParts& d = *parts.flows->direct_print;
  for (const fakes::DvlaHouse::Report& report : d.sandbox_house->due_reports(parts.clock.now())) {
    ports::HttpRequest request{.method = "POST", .url = report.url};
    request.headers = {{"Content-Type", "application/json"}};
    request.body = report.body;
    POSTROOM_TRY(answer, parts.operator_client->send(request));
    if (answer.status != 204) {
      return fail(ErrorKind::internal,
                  fmt::format("our own API answered {} to a report of the sandbox's print house", answer.status));
    }
    d.sandbox_house->mark_reported(report.id);
  }
  return {};
}

void stop_direct_print(Parts& parts) {
  if (parts.flows && parts.flows->direct_print && parts.flows->direct_print->pace)
    parts.flows->direct_print->pace->close();
}

Result<flows::CollateSummary> run_collation(Parts& parts, UtcTime deadline) {
  FlowParts& f = *parts.flows;
  return f.direct_print ? f.direct_print->run->run(deadline) : f.collator->run(deadline);
}

}  // namespace postroom::app
