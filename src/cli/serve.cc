#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <iostream>

#include "app/postroom.h"
#include "app/settings.h"
#include "base/log.h"
#include "cli/run.h"

namespace postroom::cli {
namespace {

void greet(app::Postroom& postroom, const Invocation& invocation) {
  if (invocation.as_json) {
    json::object out{
        {"api", postroom.api_url()}, {"web", postroom.web_url()}, {"data", postroom.parts().data_folder}};
    if (postroom.example()) out["example_api_key"] = postroom.example()->api_key;
    std::cout << write_json(out) << std::endl;
    return;
  }
  std::cout << "postroom is ready.\n";
  if (!postroom.api_url().empty()) std::cout << "  API  " << postroom.api_url() << "\n";
  if (!postroom.web_url().empty()) std::cout << "  Web  " << postroom.web_url() << "\n";
  std::cout << "  Data " << postroom.parts().data_folder << "\n";
  if (const auto& example = postroom.example()) {
    std::cout << "Made the service '" << example->service_name << "' with three templates to try. Its API key:\n  "
              << example->api_key << "\n";
  }
  std::cout << "Stop with Ctrl-C." << std::endl;
}

// Every connection is a file; the usual soft limit of 1,024 is less than api.connections_max.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Threads inherit the mask, so the signals come to this function alone.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

}  // namespace

int run_serve(const Invocation& invocation) {
  sigset_t signals = block_stop_signals();
  raise_file_limit();
  auto settings = app::load_settings({invocation.config_path, invocation.settings});
  if (!settings) return fail_with(settings.error());
  auto postroom = app::Postroom::open(std::move(*settings));
  if (!postroom) return fail_with(postroom.error());
  if (auto started = (*postroom)->start(); !started) return fail_with(started.error());
  greet(**postroom, invocation);
  int received = 0;
  sigwait(&signals, &received);
  log_info("postroom.stopping", {{"signal", received}});
  (*postroom)->stop();
  log_info("postroom.stopped");
  return 0;
}

}  // namespace postroom::cli
