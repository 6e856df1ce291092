#include "app/print_records.h"

#include <fmt/format.h>

#include <mutex>
#include <optional>

#include "app/flow_parts.h"
#include "app/local_printing.h"
#include "app/parts.h"
#include "base/log.h"
#include "worker/task_table.h"

namespace postroom::app {
namespace {

using namespace std::chrono_literals;
using worker::TaskRun;

constexpr worker::RetryPolicy kBuildRetry{.retries_max = 15, .delay = 300s, .first_delay = 300s};
constexpr worker::RetryPolicy kSendRetry{
    .retries_max = flows::kSendRetriesMax, .delay = flows::kSendRetryDelay, .first_delay = flows::kSendRetryDelay};
// Candidates come service by service: one answer serves a whole run. Short, since a permission may be changed.
constexpr Duration kServiceRemembered = 5s;

bool takes_files(const Settings& settings) {
  const std::string& provider = settings.text("print.provider");
  return provider == "sandbox" || provider == "folder" || provider == "sftp";
}

// The other run has the lease for as long as it works: this one comes later.
template <typename T>
Result<void> later_if_busy(const Result<T>& result) {
  if (result) return {};
  Error error = result.error();
  if (error.kind == ErrorKind::conflict) error.kind = ErrorKind::retry_later;
  return fail(std::move(error));
}

UtcTime last_deadline(const Parts& parts) {
  const letters::PrintCalendar& calendar = *parts.flows->calendar;
  return letters::print_deadline(add_days(letters::print_day(parts.clock.now(), calendar), -1), calendar);
}

}  // namespace

Result<bool> uses_records(const Settings& settings) {
  if (!settings.flag("letters.records")) return false;
  if (takes_files(settings)) return true;
  return fail(ErrorKind::invalid_input,
              fmt::format("letters.records is on, but print.provider is {}, which takes no record files: set it to "
                          "folder or sftp, or letters.records to false",
                          settings.text("print.provider")));
}

std::function<bool(ServiceId)> record_services(Parts& parts) {
  struct Memory {
    std::mutex mutex;
    std::optional<ServiceId> id;
    bool as_records = false;
    UtcTime at;
  };
  auto memory = std::make_shared<Memory>();
  return [&parts, memory](ServiceId id) {
    const std::lock_guard lock(memory->mutex);
    const UtcTime now = parts.wall.now();
    if (memory->id == id && now >= memory->at && now - memory->at < kServiceRemembered) return memory->as_records;
    const auto service = parts.database->services().find(id);
    if (!service) {
      log_warning("letters.service_not_found", {{"service", id.text()}, {"error", service.error().message}});
      // Left for a later run while nobody knows; a service that is gone has no records.
      return service.error().kind != ErrorKind::not_found;
    }
    memory->id = id;
    memory->at = now;
    memory->as_records = !service->has(accounts::Permission::letters_as_pdf);
    return memory->as_records;
  };
}

Result<void> build_records(Parts& parts) {
  POSTROOM_TRY(is_on, uses_records(parts.settings));
  FlowParts& f = *parts.flows;
  if (!f.print_ports || !takes_files(parts.settings)) return {};
  f.records = std::make_unique<RecordParts>();
  RecordParts& r = *f.records;
  ports::Database& database = *parts.database;
  r.ports = std::make_unique<flows::RecordPorts>(flows::RecordPorts{
      *f.print_ports, database.records(), database.services(), database.templates(), database.jobs()});
  r.jobs = std::make_unique<flows::JobRecords>(*r.ports);
  r.api = std::make_unique<flows::ApiRecords>(*r.ports);
  r.sender = std::make_unique<flows::RecordSender>(*r.ports, print_run_options(parts));
  if (is_on) r.leaves_out = record_services(parts);
  return {};
}

Result<void> on_rows_stored(Parts& parts, const jobs::Job& job, const accounts::Service& service) {
  const auto& records = parts.flows->records;
  if (!records || !records->leaves_out || job.type != notifications::NotificationType::letter ||
      service.has(accounts::Permission::letters_as_pdf))
    return {};
  const ports::NewTask task =
      flows::build_job_records_task(job.id, parts.clock.now() + flows::kBuildJobRecordsDelay);
  return parts.database->tasks().enqueue(std::span(&task, 1));
}

Result<bool> is_left_to_records(Parts& parts, NotificationId id) {
  const auto& records = parts.flows->records;
  if (!records || !records->leaves_out) return false;
  POSTROOM_TRY(letter, parts.database->notifications().find(id));
  if (letter.key_type != accounts::KeyType::normal || !records->leaves_out(letter.service_id)) return false;
  if (!letter.job_id) return true;
  // Its job was finished before its letters travelled this way: nobody has asked for the job's file yet.
  POSTROOM_TRY(job, parts.database->jobs().find(*letter.job_id));
  if (job.status == jobs::JobStatus::finished) {
    const ports::NewTask task = flows::build_job_records_task(job.id, parts.clock.now());
    POSTROOM_CHECK(parts.database->tasks().enqueue(std::span(&task, 1)));
  }
  return true;
}

void add_record_tasks(worker::TaskTable& table, Parts& parts) {
  if (!parts.flows->records) return;
  RecordParts& r = *parts.flows->records;
  table.add({.kind = std::string(ports::kBuildJobRecords),
             .queue = std::string(ports::kJobQueue),
             .retry = kBuildRetry,
             .lease = 5min,
             .run = worker::one_by_one([&r](TaskRun& run) -> Result<void> {
               auto id = JobId::parse(run.task.subject);
               if (!id) return fail(ErrorKind::corrupt, "task " + run.task.id.text() + " names no job");
               POSTROOM_CHECK(r.jobs->build(*id));
               return {};
             }),
             .give_up = [](const ports::ClaimedTask& task, const Error& error) {
               log_error("letters.job_records_not_built", {{"job", task.subject}, {"error", error.message}});
             }});
  for (std::string_view kind : {ports::kSendJobRecords, ports::kSendApiRecords}) {
    table.add({.kind = std::string(kind),
               .queue = std::string(ports::kPrintQueue),
               .retry = kSendRetry,
               .lease = 5min,
               .run = worker::one_by_one([&r](TaskRun& run) -> Result<void> {
                 POSTROOM_CHECK(r.sender->send(run.task.subject, run.renew));
                 return {};
               }),
               .give_up = [&r](const ports::ClaimedTask& task, const Error& error) {
                 if (auto failed = r.sender->fail(task.subject, error.message); !failed)
                   log_error("letters.records_give_up_failed",
                             {{"file", task.subject}, {"error", failed.error().message}});
               }});
  }
}

Result<void> run_letter_jobs(Parts& parts) {
  return later_if_busy(parts.flows->records->jobs->send_ready(last_deadline(parts)));
}

Result<void> run_letter_api_notifications(Parts& parts) {
  // Jobs whose file was made since the cut-off have letters that were in time.
  POSTROOM_CHECK(run_letter_jobs(parts));
  return later_if_busy(parts.flows->records->api->run(last_deadline(parts)));
}

}  // namespace postroom::app
