#include <fmt/format.h>

#include "adapters/zip/zip_reader.h"
#include "app/build.h"
#include "app/callbacks.h"
#include "app/direct_print.h"
#include "app/email.h"
#include "app/flow_parts.h"
#include "app/letter_care.h"
#include "app/print_records.h"
#include "app/queues.h"
#include "app/ready_letters.h"
#include "app/receipts.h"
#include "app/text_providers.h"
#include "base/log.h"
#include "core/letters/file_names.h"
#include "fakes/faulty_task_queue.h"
#include "fakes/print_house.h"
#include "flows/documents/sweep.h"
#include "flows/ready_letters/letter_sweep.h"
#include "ports/task_names.h"
#include "worker/scheduler.h"
#include "worker/task_table.h"
#include "worker/worker_pool.h"

namespace postroom::app {
namespace {

using namespace std::chrono_literals;
using worker::Cadence;
using worker::Days;
using worker::TaskKind;
using worker::TaskRun;

// 48 retries 5 minutes apart, about four hours.
constexpr worker::RetryPolicy kDeliverSmsRetry{.retries_max = 48, .delay = 300s, .first_delay = 0s};
constexpr worker::RetryPolicy kRenderRetry{.retries_max = 15, .delay = 300s, .first_delay = 300s};
constexpr worker::RetryPolicy kZipRetry{
    .retries_max = flows::kSendRetriesMax, .delay = flows::kSendRetryDelay, .first_delay = flows::kSendRetryDelay};
constexpr worker::RetryPolicy kPeriodicRetry{.retries_max = 2, .delay = 30s, .first_delay = 5s};
// The evening's run has the hour of its window to succeed; after it, the letters wait for the next day.
constexpr worker::RetryPolicy kCollateRetry{.retries_max = 25, .delay = 120s, .first_delay = 30s};
constexpr worker::RetryPolicy kRotationRetry{.retries_max = 3, .delay = 60s, .first_delay = 60s};
constexpr worker::RetryPolicy kVolumeMailRetry{.retries_max = 12, .delay = 300s, .first_delay = 60s};
constexpr worker::RetryPolicy kReceiptRetry{.retries_max = 48, .delay = 60s, .first_delay = 1s};
constexpr worker::RetryPolicy kJobRetry{.retries_max = 48, .delay = 60s, .first_delay = 5s};

// Longer than a text can be on its way.
constexpr Duration kHandOversKeptFor = 10 * 24h;
constexpr int kHandOversPerCommit = 1'000;
// A scan takes tens of milliseconds, or its whole time-out while the scanner hangs.
constexpr int kScanThreads = 2;
constexpr int kScansPerClaim = 5;
constexpr int kEmailsPerClaim = 20;

Result<NotificationId> notification_of(const ports::ClaimedTask& task) {
  auto id = NotificationId::parse(task.subject);
  if (!id) return fail(ErrorKind::corrupt, "task " + task.id.text() + " names no notification");
  return *id;
}

void deliver_all(flows::DeliverFlow& deliver, std::span<TaskRun> runs) {
  std::vector<NotificationId> ids;
  std::vector<TaskRun*> with_id;
  for (TaskRun& run : runs) {
    auto id = notification_of(run.task);
    if (!id) {
      run.result = fail(id.error());
      continue;
    }
    ids.push_back(*id);
    with_id.push_back(&run);
  }
  auto results = deliver.deliver(ids);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i])
      with_id[i]->put_off = std::move(results[i]->put_off);
    else
      with_id[i]->result = fail(std::move(results[i]).error());
  }
}

void apply_receipts(flows::ReceiptFlow& flow, std::span<TaskRun> runs) {
  std::vector<flows::Receipt> receipts;
  std::vector<TaskRun*> with_receipt;
  for (TaskRun& run : runs) {
    auto id = notification_of(run.task);
    auto receipt = flows::receipt_from_payload(run.task.payload);
    if (!id || !receipt) {
      run.result = fail(id ? receipt.error() : id.error());
      continue;
    }
    receipts.push_back({*id, receipt->status, receipt->provider, receipt->detail});
    with_receipt.push_back(&run);
  }
  auto applied = flow.apply(receipts);
  if (applied) return;
  for (TaskRun* run : with_receipt) run->result = fail(applied.error());
}

void log_failure(std::string_view event, const Result<void>& result) {
  if (!result) log_error(event, {{"error", result.error().message}});
}

void add_message_tasks(worker::TaskTable& table, const Settings& settings, FlowParts& f) {
  const Duration email_delay = settings.duration("email.retry_delay");
  const worker::RetryPolicy email_retry{.retries_max = static_cast<int>(settings.integer("email.retries")),
                                        .delay = email_delay,
                                        .first_delay = email_delay};
  auto give_up = [&f](const ports::ClaimedTask& task, const Error& error) {
    if (auto id = notification_of(task))
      log_failure("deliver.give_up_failed", f.deliver->give_up(*id, error.message));
  };
  auto deliver = [&f](std::span<TaskRun> runs) { deliver_all(*f.deliver, runs); };
  table.add({.kind = std::string(ports::kDeliverSms),
             .queue = std::string(ports::kSendSmsQueue),
             .retry = kDeliverSmsRetry,
             .run = deliver,
             .give_up = give_up});
  table.add({.kind = std::string(ports::kDeliverEmail),
             .queue = std::string(ports::kSendEmailQueue),
             .retry = email_retry,
             .run = deliver,
             .give_up = give_up});
  table.add({.kind = std::string(ports::kSimulateReceipt),
             .queue = std::string(ports::kReceiptQueue),
             .retry = kReceiptRetry,
             .run = [&f](std::span<TaskRun> runs) { apply_receipts(*f.receipts, runs); }});
  table.add({.kind = std::string(ports::kProcessJob),
             .queue = std::string(ports::kJobQueue),
             .retry = kJobRetry,
             .run = worker::one_by_one([&f](TaskRun& run) -> Result<void> {
               auto id = JobId::parse(run.task.subject);
               if (!id) return fail(ErrorKind::corrupt, "task " + run.task.id.text() + " names no job");
               return f.bulk->process(*id, run.renew);
             })});
}

// The sandbox's letters say in which zip they left.
void show_zip_in_outbox(Parts& parts, std::string_view zip_name) {
  auto letters = parts.database->letters().zip_letters(zip_name);
  if (!letters) return;
  for (const ports::ZipLetter& letter : *letters) {
    parts.outbox->set_zip(letter.id.text(), zip_name, letters::base_name(letter.blob_key));
  }
}

void add_letter_tasks(worker::TaskTable& table, Parts& parts, FlowParts& f) {
  table.add({.kind = std::string(ports::kCreateLetterPdf),
             .queue = std::string(ports::kLettersQueue),
             .retry = kRenderRetry,
             .run = worker::one_by_one([&parts, &f](TaskRun& run) -> Result<void> {
               POSTROOM_TRY(id, notification_of(run.task));
               POSTROOM_TRY(as_record, is_left_to_records(parts, id));
               if (as_record) return {};
               return f.render->render(id);
             }),
             .give_up = [&f](const ports::ClaimedTask& task, const Error& error) {
               if (auto id = notification_of(task))
                 log_failure("render.give_up_failed", f.render->give_up(*id, error.message));
             }});
  add_ready_letter_tasks(table, parts);
  if (f.volume_mail) {
    table.add({.kind = std::string(ports::kSendLetterVolumes),
               .queue = std::string(ports::kSendEmailQueue),
               .retry = kVolumeMailRetry,
               .run = worker::one_by_one([&f](TaskRun& run) { return f.volume_mail->send(run.task); })});
  }
  if (f.direct_print) return add_direct_print_tasks(table, parts);
  if (!f.zip_sender) return;
  table.add({.kind = std::string(ports::kZipAndSend),
             .queue = std::string(ports::kPrintQueue),
             .retry = kZipRetry,
             .lease = 5min,
             .run = worker::one_by_one([&parts, &f](TaskRun& run) -> Result<void> {
               POSTROOM_CHECK(f.zip_sender->send(run.task.subject, run.renew));
               if (parts.outbox) show_zip_in_outbox(parts, run.task.subject);
               return {};
             }),
             .give_up = [&f](const ports::ClaimedTask& task, const Error& error) {
               auto failed = f.zip_sender->fail(task.subject, error.message);
               if (!failed)
                 log_error("print.give_up_failed", {{"zip", task.subject}, {"error", failed.error().message}});
             }});
}

// A recurring task: its due time is the task's subject; what it does looks at the clock.
using Periodic = std::function<Result<void>()>;

// The next due time is another try anyway: a recurring task that fails is logged and over, never buried, or a print
// house that is away for a day would leave hundreds of them.
Result<void> run_periodic(const Periodic& run, const worker::RetryPolicy& retry, const TaskRun& task) {
  auto result = run();
  if (result) return result;
  bool may_pass = result.error().kind == ErrorKind::retry_later || result.error().kind == ErrorKind::internal;
  if (may_pass && task.task.attempt <= retry.retries_max) return result;
  log_error("periodic.failed", {{"kind", task.task.kind}, {"error", result.error().message}});
  return {};
}

struct PeriodicTask {
  std::string name;
  Cadence cadence;
  Periodic run;
  worker::RetryPolicy retry = kPeriodicRetry;
};

Result<void> collate_if_due(Parts& parts) {
  FlowParts& f = *parts.flows;
  auto deadline = letters::collate_deadline_due(parts.clock.now(), *f.calendar);
  if (!deadline) {
    log_warning("print.collate_outside_window", {{"time", format_rfc3339(parts.clock.now())}});
    return {};
  }
  if (f.volume_mail) {
    // Letters do not wait for a mail about them.
    if (auto announced = f.volume_mail->announce(*deadline); !announced)
      log_error("letters.volumes_not_mailed", {{"error", announced.error().message}});
  }
  POSTROOM_CHECK(run_collation(parts, *deadline));
  return {};
}

Result<void> run_sandbox_print_house(Parts& parts) {
  const Settings& settings = parts.settings;
  fakes::PrintHouseOptions options;
  options.root = parts.data_folder + "/print-house";
  options.drop_folder = settings.text("print.zip_folder");
  options.acknowledgement_folder = settings.text("print.acknowledgement_folder");
  options.response_folder = settings.text("print.response_folder");
  options.open_zip = zip::StrictZipReader::open;
  options.zone = &parts.zone;
  POSTROOM_TRY(house, fakes::PrintHouse::open(std::move(options), parts.clock));
  POSTROOM_TRY(report, house->run_once());
  for (const std::string& problem : report.problems) log_error("print_house.problem", {{"problem", problem}});
  return {};
}

template <typename Check>
Periodic alert(Check check) {
  return [check]() -> Result<void> {
    POSTROOM_TRY(outcome, check());
    log_info("alerts.checked",
             {{"count", outcome.count}, {"ticket", outcome.ticket_raised}, {"subject", outcome.subject}});
    return {};
  };
}

// Where letters are ordered one by one.
void add_direct_schedules(std::vector<PeriodicTask>& tasks, Parts& parts) {
  using letters::HouseCredential;
  FlowParts& f = *parts.flows;
  if (!f.direct_print) return;
  if (f.direct_print->sandbox_house != nullptr && parts.settings.flag("flags.fakes_print_responses")) {
    tasks.push_back(
        {"run-sandbox-print-house", Cadence::every(10min), [&parts] { return report_sandbox_orders(parts); }});
  }
  // Looked at every hour; on which day something is to be done, the flow knows.
  for (const auto& [name, credential] : {std::pair{"change-dvla-api-key", HouseCredential::api_key},
                                         {"change-dvla-password", HouseCredential::password}}) {
    tasks.push_back({name, Cadence::every(1h),
                     [&f, credential = credential]() -> Result<void> {
                       POSTROOM_CHECK(f.direct_print->rotation->run_if_due(credential));
                       return {};
                     },
                     kRotationRetry});
  }
}

// Files for services whose letters travel as records. The runs follow the cut-off, so that they take the whole day.
void add_record_schedules(std::vector<PeriodicTask>& tasks, Parts& parts) {
  FlowParts& f = *parts.flows;
  if (!f.records) return;
  if (f.records->leaves_out) {
    const Duration jobs_at = f.calendar->cutoff;
    const Duration letters_at = (jobs_at + 10min) % Duration{24h};
    tasks.push_back(
        {"run-letter-jobs", Cadence::daily(jobs_at), [&parts] { return run_letter_jobs(parts); }, kCollateRetry});
    tasks.push_back({"run-letter-api-notifications", Cadence::daily(letters_at),
                     [&parts] { return run_letter_api_notifications(parts); }, kCollateRetry});
  }
  tasks.push_back({"reconcile-record-files", Cadence::every(10min), [&f]() -> Result<void> {
                     POSTROOM_CHECK(f.records->sender->reconcile());
                     return {};
                   }});
  tasks.push_back({"remove-transformed-dvla-files", Cadence::daily(4h + 40min), [&f]() -> Result<void> {
                     POSTROOM_CHECK(flows::sweep_record_files(*f.records->ports));
                     return {};
                   }});
}

// Where several providers share the traffic of texts.
void add_text_schedules(std::vector<PeriodicTask>& tasks, Parts& parts) {
  if (!parts.texting) return;
  flows::ShareKeeper& keeper = *parts.texting->keeper;
  tasks.push_back(
      {"switch-current-sms-provider-on-slow-delivery", Cadence::every(1min), [&keeper]() -> Result<void> {
         POSTROOM_CHECK(keeper.check_paces());
         return {};
       }});
  tasks.push_back({"tend-providers-back-to-middle", Cadence::every(5min), [&keeper]() -> Result<void> {
                     POSTROOM_CHECK(keeper.step_to_rest());
                     return {};
                   }});
}

// Texts and emails that wait too long, and how fast they left.
void add_care_schedules(std::vector<PeriodicTask>& tasks, Parts& parts) {
  flows::DeliveryCare& care = *parts.flows->delivery_care;
  auto counted = [](Result<int> result) -> Result<void> {
    if (!result) return fail(std::move(result).error());
    return {};
  };
  tasks.push_back({"timeout-sending-notifications", Cadence::every(24h, 5min),
                   [&care, counted] { return counted(care.time_out()); }});
  tasks.push_back(
      {"replay-created-notifications", Cadence::every(15min), [&care, counted] { return counted(care.replay()); }});
  tasks.push_back({"measure-waiting-messages", Cadence::every(1h), [&care] { return care.measure(); }});
  tasks.push_back({"save-daily-notification-processing-time", Cadence::daily(2h), [&parts, &care] {
                     return care.count_day(add_days(parts.zone.local_date(parts.clock.now()), -1));
                   }});
  tasks.push_back({"remove-old-hand-overs", Cadence::daily(4h + 10min), [&parts]() -> Result<void> {
                     for (int removed = kHandOversPerCommit; removed >= kHandOversPerCommit;) {
                       POSTROOM_TRY(count, parts.database->providers().remove_old_hand_overs(
                                               parts.clock.now() - kHandOversKeptFor, kHandOversPerCommit));
                       removed = count;
                     }
                     return {};
                   }});
}

std::vector<PeriodicTask> periodic_tasks(Parts& parts) {
  FlowParts& f = *parts.flows;
  std::vector<PeriodicTask> tasks;
  auto add = [&](std::string name, Cadence cadence, Periodic run) {
    tasks.push_back({std::move(name), cadence, std::move(run)});
  };
  if (f.collator) {
    add("check-time-to-collate-letters", Cadence::daily(17h + 50min), [&parts] { return collate_if_due(parts); });
    tasks.back().retry = kCollateRetry;
    add("reconcile-letter-zips", Cadence::every(10min), [&f]() -> Result<void> {
      POSTROOM_CHECK(flows::reconcile_zips(*f.print_ports, *f.zip_sender));
      return {};
    });
    if (parts.settings.flag("flags.fakes_print_responses") && parts.settings.text("print.provider") == "sandbox") {
      add("run-sandbox-print-house", Cadence::every(10min), [&parts] { return run_sandbox_print_house(parts); });
    }
    if (!f.local_prints && !f.direct_print) {
      add("poll-print-responses", Cadence::every(5min), [&f]() -> Result<void> {
        POSTROOM_CHECK(f.responses->poll());
        return {};
      });
    }
    add("replay-created-letters", Cadence::every(15min), [&f]() -> Result<void> {
      POSTROOM_CHECK(flows::replay_letters_without_pdf(
          *f.print_ports, f.records ? f.records->leaves_out : std::function<bool(ServiceId)>()));
      return {};
    });
  }
  add_record_schedules(tasks, parts);
  add_direct_schedules(tasks, parts);
  add_text_schedules(tasks, parts);
  add_care_schedules(tasks, parts);
  if (f.direct_print) {
    add("raise-alert-if-letter-notifications-still-sending", Cadence::daily(19h),
        alert([&f] { return f.alerts->letters_without_report(); }));
  } else {
    add("raise-alert-if-letter-notifications-still-sending", Cadence::daily(16h + 30min, Days::monday_to_friday),
        alert([&f] { return f.alerts->letters_still_sending(); }));
  }
  // A file in a folder of our own needs no acknowledgement.
  if (!f.local_prints) {
    add("raise-alert-if-no-letter-ack-file", Cadence::daily(23h),
        alert([&f] { return f.alerts->missing_acknowledgements(); }));
  }
  add("check-if-letters-still-in-created", Cadence::daily(7h, Days::monday_to_friday),
      alert([&f] { return f.alerts->letters_still_created(); }));
  add("check-if-letters-still-pending-virus-check", Cadence::every(10min), [&f]() -> Result<void> {
    POSTROOM_CHECK(f.stuck_checks->recent());
    return {};
  });
  add("check-if-letters-still-pending-virus-check-nightly", Cadence::daily(20h), [&f]() -> Result<void> {
    POSTROOM_CHECK(f.stuck_checks->nightly());
    return {};
  });
  add("delete-notifications-older-than-retention", Cadence::daily(3h), [&f]() -> Result<void> {
    POSTROOM_CHECK(f.retention->plan());
    return {};
  });
  add("remove-old-answers", Cadence::every(1h), [&parts]() -> Result<void> {
    POSTROOM_CHECK(parts.database->limits().clean_up(parts.clock.now()));
    for (int removed = ports::kAnswersRemovedPerCallMax; removed == ports::kAnswersRemovedPerCallMax;) {
      POSTROOM_TRY(count, parts.database->answers().remove_expired(parts.clock.now()));
      removed = count;
    }
    return {};
  });
  add("remove-old-callbacks", Cadence::every(1h), [&parts] { return remove_old_callbacks(parts); });
  add("remove-old-letter-files", Cadence::every(1h), [&parts]() -> Result<void> {
    POSTROOM_CHECK(flows::sweep_letter_files(*parts.blobs, parts.clock));
    return {};
  });
  add("remove-old-documents", Cadence::every(1h), [&f]() -> Result<void> {
    POSTROOM_CHECK(flows::sweep_documents(*f.document_ports));
    return {};
  });
  add("remove-old-suppressions", Cadence::daily(1h + 50min),
      [&parts] { return parts.email->suppressions.sweep(); });
  add("delete-inbound-sms", Cadence::daily(1h + 40min), [&f]() -> Result<void> {
    POSTROOM_CHECK(f.provider_reports->inbound.remove_old());
    return {};
  });
  // 1970 began on a Thursday: Mondays at 09:00 UTC.
  add("check-for-low-available-inbound-sms-numbers", Cadence::every(7 * 24h, 4 * 24h + 9h), [&f]() -> Result<void> {
    POSTROOM_CHECK(f.provider_reports->stock.check());
    return {};
  });
  add("receive-incomplete-texts", Cadence::every(1h), [&f]() -> Result<void> {
    POSTROOM_CHECK(f.provider_reports->inbound.receive_incomplete());
    return {};
  });
  add("check-for-unfinished-zips", Cadence::every(1h), alert([&f] { return f.alerts->unfinished_zips(); }));
  return tasks;
}

}  // namespace

std::vector<worker::QueueOptions> queues_of(const Settings& settings) {
  auto threads = [&](std::string_view name) { return static_cast<int>(settings.integer(name)); };
  const bool sandbox_emails = settings.text("email.provider") == fakes::kSandboxProvider;
  // Texts are handed over one at a time, so that a killed process has at most one for each thread whose hand-over
  // is not written down.
  int text_batch = texts_go_to_sandbox(settings) ? 50 : 1;
  return {{std::string(ports::kSendSmsQueue), threads("worker.sms_threads"), text_batch},
          {std::string(ports::kSendEmailQueue), threads("worker.email_threads"), kEmailsPerClaim, !sandbox_emails},
          {std::string(ports::kResearchQueue), 2, 50},
          {std::string(ports::kLettersQueue), threads("worker.letter_threads"), 10},
          {std::string(ports::kScanQueue), kScanThreads, kScansPerClaim},
          {std::string(ports::kPrintQueue), 2, 1},
          {std::string(ports::kSendLetterQueue), threads("print.dvla_threads"), 1},
          {std::string(ports::kReceiptQueue), 2, 100},
          {std::string(ports::kSmsReceiptQueue), 2, 100},
          {std::string(ports::kEmailReceiptQueue), 1, 20},
          {std::string(ports::kLetterReceiptQueue), 1, 20},
          {std::string(ports::kJobQueue), 1, 1},
          {std::string(ports::kPeriodicQueue), 2, 1}};
}

void build_tasks(Parts& parts) {
  FlowParts& f = *parts.flows;
  parts.task_table = std::make_unique<worker::TaskTable>();
  worker::TaskTable& table = *parts.task_table;
  add_message_tasks(table, parts.settings, f);
  add_letter_tasks(table, parts, f);
  add_receipt_tasks(table, parts);
  add_letter_care_tasks(table, parts);
  add_record_tasks(table, parts);
  add_callback_tasks(table, parts);
  std::vector<worker::Schedule> schedules;
  for (PeriodicTask& periodic : periodic_tasks(parts)) {
    schedules.push_back({periodic.name, periodic.cadence, std::string(ports::kPeriodicQueue)});
    table.add({.kind = periodic.name,
               .queue = std::string(ports::kPeriodicQueue),
               .retry = periodic.retry,
               .lease = 5min,
               .run = worker::one_by_one([run = std::move(periodic.run), retry = periodic.retry](TaskRun& task) {
                 return run_periodic(run, retry, task);
               })});
  }
  ports::Database& database = *parts.database;
  if (parts.faults) parts.faulty_tasks = std::make_unique<fakes::FaultyTaskQueue>(database.tasks(), *parts.faults);
  ports::TaskQueue& claimed_from = parts.faulty_tasks ? *parts.faulty_tasks : database.tasks();
  parts.workers =
      std::make_unique<worker::WorkerPool>(claimed_from, table, parts.clock, parts.metrics, parts.process_name);
  build_callback_stream(parts, claimed_from);
  parts.scheduler = std::make_unique<worker::Scheduler>(
      std::move(schedules), database.schedules(), database.leases(), parts.clock, parts.zone, parts.process_name);
}

}  // namespace postroom::app
