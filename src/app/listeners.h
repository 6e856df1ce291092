// The doors: the public API, the web pages, and the control socket for the CLI.
#pragma once

#include <memory>

#include "api/public_api.h"
#include "app/clock_mover.h"
#include "app/commands.h"
#include "app/parts.h"
#include "app/receipts.h"
#include "app/route_metrics.h"
#include "app/sandbox_inbox.h"
#include "http/server.h"

namespace postroom::app {

class Listeners {
 public:
  Listeners(Parts& parts, const Commands& commands);
  ~Listeners();

  // The roles api and web decide which listeners there are; the control socket always is. Errors name the
  // setting and the remedy.
  Result<void> start(bool with_api, bool with_web);
  // Answers what is in hand, then closes.
  void stop();

  std::string api_url() const { return api_server_ ? api_server_->url() : ""; }
  std::string web_url() const { return web_server_ ? web_server_->url() : ""; }

 private:
  Result<void> start_api();
  Result<void> start_web();
  Result<void> start_control();
  http::Response status(const http::Request& request);
  http::Response answer_counted(http::Request& request);
  http::Response show_metrics();
  http::Response run_command(const http::Request& request);

  Parts& parts_;
  const Commands& commands_;
  ClockMover clock_mover_;
  SandboxInbox inbox_;
  RouteMetrics route_metrics_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<flows::LetterFiles> letter_files_;
  std::unique_ptr<api::PublicApi> public_api_;
  std::unique_ptr<api::ReceiptsApi> receipts_api_;
  http::Router api_router_, web_router_, control_router_;
  std::unique_ptr<http::Server> api_server_, web_server_, control_server_;
};

// Where the CLI finds the server of a data folder.
std::string control_socket_path(std::string_view data_folder);

}  // namespace postroom::app
