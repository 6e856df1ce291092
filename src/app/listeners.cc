#include "app/listeners.h"

#include <fmt/format.h>

#include <future>

#include "api/openapi/document.h"
#include "app/delivery_gauges.h"
#include "app/documents.h"
#include "app/flow_parts.h"
#include "app/sandbox_api.h"
#include "app/settings.h"
#include "app/version.h"
#include "base/log.h"
#include "web/page.h"
#include "web/unsubscribe.h"

namespace postroom::app {
namespace {

constexpr std::chrono::milliseconds kDrainTime{10'000};
constexpr int kControlThreads = 4;
constexpr std::string_view kNoRoute = "none";
constexpr int kWebThreads = 8;
// Pages only take short forms.
constexpr std::size_t kWebBodyBytesMax = 64 * 1024;

Result<http::Endpoint> endpoint_of(const Settings& settings, std::string_view setting, std::string_view option) {
  return http::parse_endpoint(settings.text(setting), option);
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

std::string control_socket_path(std::string_view data_folder) { return std::string(data_folder) + "/control.sock"; }

Listeners::Listeners(Parts& parts, const Commands& commands)
    : parts_(parts), commands_(commands), clock_mover_(parts), inbox_(parts), route_metrics_(parts.metrics) {}

Listeners::~Listeners() { stop(); }

Result<void> Listeners::start(bool with_api, bool with_web) {
  POSTROOM_CHECK(start_control());
  // The API's messages hold links to the pages, whose port may be known only once they listen.
  parts_.web_base_url = without_slash(parts_.settings.text("web.base_url"));
  parts_.base_url = without_slash(parts_.settings.text("api.base_url"));
  if (with_web) POSTROOM_CHECK(start_web());
  if (with_api) {
    open_documents(parts_);
    POSTROOM_CHECK(start_api());
  }
  return {};
}

void Listeners::stop() {
  clock_mover_.stop();
  for (auto* server : {&api_server_, &web_server_, &control_server_}) {
    if (!*server) continue;
    if (int cut = (*server)->drain(kDrainTime); cut > 0) log_warning("http.connections_cut", {{"count", cut}});
  }
}

http::Response Listeners::status(const http::Request& request) {
  json::object out{{"status", "ok"}};
  if (!request.query_value("simple")) {
    auto version = parts_.database->schema_version();
    if (!version) {
      log_error("status.database", {{"error", version.error().message}});
      return http::Response::json(503, "{\"status\":\"error\",\"message\":\"the database does not answer\"}\n");
    }
    out["git_commit"] = kVersion;
    out["build_time"] = kBuildTime;
    out["db_version"] = std::to_string(*version);
    out["db_bulk_version"] = std::to_string(*version);
    out["environment"] = to_string(environment_of(parts_.settings));
    // No reason to take this process out of service: the letters wait, everything else goes on.
    if (!parts_.virus_scanner) {
      out["antivirus"] = "none";
    } else {
      auto answers = parts_.virus_scanner->ping();
      if (!answers) log_warning("status.antivirus", {{"error", answers.error().message}});
      out["antivirus"] = answers ? "ok" : "away";
    }
  }
  return http::Response::json(200, write_json(out) + "\n");
}

http::Response Listeners::answer_counted(http::Request& request) {
  auto match = api_router_.match(request);
  bool found = match.kind == http::Router::MatchKind::found;
  UtcTime started = parts_.wall.now();
  http::Response response = found ? (*match.handler)(request) : api_router_.dispatch(request);
  route_metrics_.count(found ? match.pattern : kNoRoute, response.status,
                       std::chrono::duration<double>(parts_.wall.now() - started).count());
  return response;
}

http::Response Listeners::show_metrics() {
  // Read when asked: between two looks nobody needs them.
  auto counts = parts_.database->tasks().counts(parts_.clock.now());
  if (counts) {
    for (const ports::QueueCounts& queue : *counts) {
      auto set = [&](std::string_view state, std::int64_t value) {
        parts_.metrics
            .gauge("postroom_tasks", "Tasks now, by queue and state",
                   {{"queue", queue.queue}, {"state", std::string(state)}})
            .set(static_cast<double>(value));
      };
      set("due", queue.due);
      set("running", queue.running);
      set("waiting", queue.waiting);
      set("buried", queue.buried);
    }
  }
  set_delivery_gauges(parts_);
  http::Response response;
  response.content_type = "text/plain; version=0.0.4";
  response.body = parts_.metrics.text();
  return response;
}

Result<void> Listeners::start_api() {
  const Settings& settings = parts_.settings;
  POSTROOM_TRY(endpoint, endpoint_of(settings, "api.listen", "--api"));
  authenticator_ = std::make_unique<auth::Authenticator>(parts_.database->services(), parts_.wall);
  letter_files_ = std::make_unique<flows::LetterFiles>(*parts_.blobs, *parts_.flows->calendar);

  http::ServerOptions options;
  options.address = endpoint.address;
  options.port = endpoint.port;
  options.setting_name = "--api";
  options.max_body_bytes = static_cast<std::size_t>(settings.integer("api.body_bytes_max"));
  options.body_limits = {
      {std::string(api::kBulkPath), static_cast<std::size_t>(settings.integer("api.bulk_bytes_max"))}};
  options.max_connections = static_cast<int>(settings.integer("api.connections_max"));
  options.worker_threads = static_cast<int>(settings.integer("api.threads"));
  options.max_queue = static_cast<int>(settings.integer("api.queue_max"));
  options.tls_certificate_path = settings.text("api.tls_certificate");
  options.tls_key_path = settings.text("api.tls_key");
  options.fixed_headers = api::public_api_headers();
  options.log_requests = settings.flag("log.requests");
  options.make_refusal = api::public_api_refusal;

  for (std::string_view path : {"/", "/_status"}) {
    for (std::string_view method : {"GET", "POST"}) {
      api_router_.add(method, path, [this](const http::Request& r) { return status(r); });
    }
  }
  api_router_.add("GET", "/_status/live",
                  [](const http::Request&) { return http::Response::json(200, "{\"status\":\"ok\"}\n"); });
  api_router_.add("GET", "/metrics", [this](const http::Request&) { return show_metrics(); });
  if (parts_.outbox) add_sandbox_api(api_router_, parts_, clock_mover_);

  // The links in answers need the port, which may be known only once the server listens: requests wait for it.
  auto ready = std::make_shared<std::promise<void>>();
  auto is_ready = ready->get_future().share();
  POSTROOM_TRY(server, http::Server::start(std::move(options), [this, is_ready](http::Request& request) {
                 is_ready.wait();
                 return answer_counted(request);
               }));
  const std::string& configured = settings.text("api.base_url");
  parts_.base_url = without_slash(configured.empty() ? server->url() : configured);
  public_api_ = std::make_unique<api::PublicApi>(api::PublicApi{
      *authenticator_, *parts_.flows->send, *letter_files_,
      notifications::WireContext{parts_.base_url, parts_.zone, recipients::BankHolidays::england_and_wales()}});
  public_api_->bulk = parts_.flows->bulk.get();
  public_api_->letter_cancelling = parts_.flows->letter_cancelling.get();
  public_api_->jobs = &parts_.database->jobs();
  public_api_->unsubscribe = parts_.flows->unsubscribe.get();
  public_api_->unsubscribe_links = parts_.flows->unsubscribe_links.get();
  public_api_->inbound = &parts_.database->inbound();
  api::add_public_api(api_router_, *public_api_);
  receipts_api_ = std::make_unique<api::ReceiptsApi>(receipts_api(parts_));
  api::add_receipts_api(api_router_, *receipts_api_);
  api::add_api_description(api_router_, parts_.base_url);
  api_server_ = std::move(server);
  ready->set_value();
  return {};
}

Result<void> Listeners::start_web() {
  POSTROOM_TRY(endpoint, endpoint_of(parts_.settings, "web.listen", "--web"));
  http::ServerOptions options;
  options.address = endpoint.address;
  options.port = endpoint.port;
  options.setting_name = "--web";
  options.worker_threads = kWebThreads;
  options.max_body_bytes = kWebBodyBytesMax;
  options.fixed_headers = {{"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"}};
  if (parts_.outbox) {
    web::add_inbox(web_router_, inbox_, {std::string(to_string(environment_of(parts_.settings))), parts_.zone});
  }
  web::add_page_style(web_router_);
  web::add_not_found_page(web_router_);
  web::add_unsubscribe(web_router_, *parts_.flows->unsubscribe);
  add_documents(web_router_, parts_);
  POSTROOM_TRY(server, http::Server::start(std::move(options),
                                           [this](http::Request& r) { return web_router_.dispatch(r); }));
  web_server_ = std::move(server);
  if (parts_.web_base_url.empty()) parts_.web_base_url = web_server_->url();
  return {};
}

http::Response Listeners::run_command(const http::Request& request) {
  auto body = parse_json(request.body.empty() ? std::string_view("{}") : std::string_view(request.body));
  if (!body || !body->is_object())
    return error_response({ErrorKind::invalid_input, "a command's arguments are a JSON object"});
  auto name = request.query_value("name");
  if (!name) return error_response({ErrorKind::invalid_input, "the command's name is missing"});
  auto result = commands_.run(parts_, *name, body->get_object());
  if (!result) return error_response(result.error());
  return http::Response::json(200, write_json(*result) + "\n");
}

Result<void> Listeners::start_control() {
  http::ServerOptions options;
  options.unix_socket_path = control_socket_path(parts_.data_folder);
  options.setting_name = "data.folder";
  options.worker_threads = kControlThreads;
  options.max_body_bytes = 256 * 1024 * 1024;  // spreadsheets and response files
  control_router_.add("POST", "/command", [this](const http::Request& r) { return run_command(r); });
  control_router_.add("GET", "/ping", [](const http::Request&) {
    return http::Response::json(200, fmt::format("{{\"version\":\"{}\"}}\n", kVersion));
  });
  POSTROOM_TRY(server, http::Server::start(std::move(options),
                                           [this](http::Request& r) { return control_router_.dispatch(r); }));
  control_server_ = std::move(server);
  return {};
}

}  // namespace postroom::app
