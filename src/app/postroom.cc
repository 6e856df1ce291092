#include "app/postroom.h"

#include <fmt/format.h>

#include "app/antivirus_settings.h"
#include "app/build.h"
#include "app/callbacks.h"
#include "app/direct_print.h"
#include "app/flow_parts.h"
#include "app/listeners.h"
#include "app/queues.h"
#include "app/settings.h"
#include "app/text_providers.h"
#include "base/log.h"
#include "base/text.h"
#include "worker/scheduler.h"

namespace postroom::app {
namespace {

struct Roles {
  bool api = false, worker = false, scheduler = false, web = false;
};

Result<Roles> roles_of(const Settings& settings) {
  Roles roles;
  for (const std::string& name : split(settings.text("roles"), ',')) {
    std::string_view role = trim(name);
    if (role == "api")
      roles.api = true;
    else if (role == "worker")
      roles.worker = true;
    else if (role == "scheduler")
      roles.scheduler = true;
    else if (role == "web")
      roles.web = true;
    else
      return fail(ErrorKind::invalid_input,
                  fmt::format("setting 'roles' has '{}', but only api, worker, scheduler and "
                              "web exist; put commas between them",
                              role));
  }
  return roles;
}

LogLevel log_level_of(std::string_view name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warning") return LogLevel::warning;
  return name == "error" ? LogLevel::error : LogLevel::info;
}

constexpr std::string_view kExampleService = "Example";
constexpr std::string_view kExampleEmail =
    "Hello ((name)),\n\nyour appointment is on ((date)).\n\n# What to bring\n\n* this message\n* something to "
    "write with\n";
constexpr std::string_view kExampleLetter =
    "Dear ((name)),\n\nyour appointment is on ((date)).\n\n# What to bring\n\n* this letter\n* something to write "
    "with\n\n"
    "If the day does not suit you, call us.\n";

}  // namespace

Result<std::unique_ptr<Postroom>> Postroom::open(Settings settings) {
  set_log_level(log_level_of(settings.text("log.level")));
  std::unique_ptr<Postroom> postroom(new Postroom);
  POSTROOM_TRY(parts, build_parts(std::move(settings)));
  postroom->parts_ = std::move(parts);
  POSTROOM_CHECK(build_flows(*postroom->parts_));
  build_tasks(*postroom->parts_);
  return postroom;
}

Postroom::~Postroom() { stop(); }

Result<void> Postroom::make_example() {
  POSTROOM_TRY(services, parts_->database->services().list());
  if (!services.empty() || environment_of(parts_->settings) != Environment::development) return {};
  POSTROOM_CHECK(
      run_command("service create",
                  {{"name", kExampleService}, {"contact_block", "Example Office\n1 High Street\nLeeds\nLS1 4AP"}}));
  POSTROOM_CHECK(run_command("template create", {{"service", kExampleService},
                                                 {"type", "sms"},
                                                 {"name", "Example text"},
                                                 {"content", "Hello ((name)), your appointment is on ((date))."}}));
  POSTROOM_CHECK(run_command("template create", {{"service", kExampleService},
                                                 {"type", "email"},
                                                 {"name", "Example email"},
                                                 {"subject", "Your appointment on ((date))"},
                                                 {"content", kExampleEmail}}));
  POSTROOM_CHECK(run_command("template create", {{"service", kExampleService},
                                                 {"type", "letter"},
                                                 {"name", "Example letter"},
                                                 {"subject", "Your appointment"},
                                                 {"content", kExampleLetter}}));
  POSTROOM_TRY(key,
               run_command("key create", {{"service", kExampleService}, {"name", "example"}, {"type", "normal"}}));
  example_ = Example{std::string(kExampleService), get_string(key.get_object(), "api_key").value_or("")};
  return {};
}

Result<void> Postroom::start() {
  POSTROOM_TRY(roles, roles_of(parts_->settings));
  POSTROOM_CHECK(make_example());
  warn_without_scanner(*parts_);
  listeners_ = std::make_unique<Listeners>(*parts_, commands_);
  POSTROOM_CHECK(listeners_->start(roles.api, roles.web));
  if (roles.worker) {
    parts_->workers->start(queues_of(parts_->settings));
    parts_->callbacks->stream->start();
    start_text_providers(*parts_);
    if (auto& queue = parts_->flows->provider_reports->email_queue) queue->start();
  }
  if (roles.scheduler) parts_->scheduler->start();
  log_info("postroom.started", {{"api", api_url()},
                                {"web", web_url()},
                                {"environment", to_string(environment_of(parts_->settings))},
                                {"store", parts_->database->description()}});
  return {};
}

void Postroom::stop() {
  if (listeners_) listeners_->stop();
  if (parts_ && parts_->scheduler) parts_->scheduler->stop();
  if (parts_ && parts_->flows && parts_->flows->provider_reports) {
    if (auto& queue = parts_->flows->provider_reports->email_queue) queue->stop();
  }
  // Orders that wait for their turn go back to the queue.
  if (parts_) stop_direct_print(*parts_);
  if (parts_ && parts_->workers) parts_->workers->stop();
  if (parts_ && parts_->callbacks && parts_->callbacks->stream) parts_->callbacks->stream->stop();
  if (parts_) stop_text_providers(*parts_);
}

Result<json::value> Postroom::run_command(std::string_view name, const json::object& arguments) {
  return commands_.run(*parts_, name, arguments);
}

std::string Postroom::api_url() const { return listeners_ ? listeners_->api_url() : ""; }
std::string Postroom::web_url() const { return listeners_ ? listeners_->web_url() : ""; }

}  // namespace postroom::app
