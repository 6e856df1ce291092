// The print house that takes letters one by one over HTTP, wired.
#pragma once

#include <memory>

#include "adapters/dvla/dvla_service.h"
#include "fakes/dvla_house.h"
#include "flows/print_run/direct_run.h"
#include "flows/print_run/print_account.h"
#include "flows/print_run/rotate_credentials.h"

namespace postroom::worker {
class TaskTable;
}

namespace postroom::app {

struct Parts;

inline constexpr std::string_view kDirectPrintProvider = "dvla-http";

// Declared in the order they are built.
struct DirectPrintParts {
  std::unique_ptr<ports::HttpClient> client;
  fakes::DvlaHouse* sandbox_house = nullptr;  // `client`, where print.dvla_url is sandbox; else null
  std::unique_ptr<flows::PrintAccountBook> account;
  std::unique_ptr<dvla::DvlaService> service;
  std::unique_ptr<flows::OrderPace> pace;
  std::unique_ptr<flows::DirectRun> run;
  std::unique_ptr<flows::CredentialRotation> rotation;
};

bool prints_directly(const Parts& parts);
// Nothing where another print.provider is chosen. invalid_input names the setting at fault.
Result<void> build_direct_print(Parts& parts);
// In place of the tasks that send zips.
void add_direct_print_tasks(worker::TaskTable& table, Parts& parts);
// The sandbox's house tells of the letters it has posted.
Result<void> report_sandbox_orders(Parts& parts);
// Orders that wait for their turn are turned away; before the workers stop.
void stop_direct_print(Parts& parts);
// The evening's run, in zips or letter by letter.
Result<flows::CollateSummary> run_collation(Parts& parts, UtcTime deadline);

}  // namespace postroom::app
