#include "app/receipts.h"

#include "app/direct_print.h"
#include "app/flow_parts.h"
#include "app/print_records.h"
#include "app/ready_letters.h"
#include "app/settings.h"
#include "base/text.h"
#include "ports/task_names.h"
#include "worker/task_table.h"

namespace postroom::app {
namespace {

using namespace std::chrono_literals;
using worker::TaskRun;

// platform.md 4.
constexpr worker::RetryPolicy kReportRetry{.retries_max = 5, .delay = 300s, .first_delay = 300s};

Result<api::Door> door_of(const Settings& settings, std::string_view setting) {
  auto credentials = auth::BasicCredentials::parse(settings.text(setting));
  if (!credentials) return fail_in(setting, std::move(credentials).error());
  return api::Door{std::move(*credentials), settings.flag("flags.sandbox_providers")};
}

Result<api::ReceiptDoors> doors_of(const Settings& settings) {
  POSTROOM_TRY(mmg_receipts, door_of(settings, "receipts.mmg_credentials"));
  POSTROOM_TRY(firetext_receipts, door_of(settings, "receipts.firetext_credentials"));
  POSTROOM_TRY(mmg_texts, door_of(settings, "inbound.mmg_credentials"));
  POSTROOM_TRY(firetext_texts, door_of(settings, "inbound.firetext_credentials"));
  return api::ReceiptDoors{std::move(mmg_receipts), std::move(firetext_receipts), std::move(mmg_texts),
                           std::move(firetext_texts)};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string& word : split(text, ' ')) {
    if (!trim(word).empty()) out.emplace_back(trim(word));
  }
  return out;
}

void apply_sms_receipts(flows::SmsReceipts& flow, std::span<TaskRun> runs) {
  std::vector<const ports::ClaimedTask*> tasks;
  for (TaskRun& run : runs) tasks.push_back(&run.task);
  auto results = flow.apply(tasks);
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i].result = std::move(results[i]);
}

Result<NotificationId> subject_of(const ports::ClaimedTask& task) {
  auto id = NotificationId::parse(task.subject);
  if (!id) return fail(ErrorKind::corrupt, "task " + task.id.text() + " names no notification");
  return *id;
}

void add_report_task(worker::TaskTable& table, std::string_view kind, std::string_view queue,
                     worker::SingleHandler run) {
  table.add({.kind = std::string(kind),
             .queue = std::string(queue),
             .retry = kReportRetry,
             .run = worker::one_by_one(std::move(run))});
}

}  // namespace

FlowParts::FlowParts() = default;
FlowParts::~FlowParts() = default;

Result<void> build_receipts(Parts& parts) {
  const Settings& settings = parts.settings;
  FlowParts& f = *parts.flows;
  ports::Database& database = *parts.database;
  POSTROOM_TRY(doors, doors_of(settings));
  f.provider_reports = std::unique_ptr<ReceiptParts>(new ReceiptParts{
      .doors = std::move(doors),
      .ses_topics = words_of(settings.text("receipts.ses_topics")),
      .letter_tokens = ValueSigner(*parts.key_ring, api::kLetterTokenSalt),
      .sms = flows::SmsReceipts(database.tasks(), *f.receipts, parts.clock),
      .email = flows::EmailReports({database.tasks(), database.notifications(), database.email_reports(),
                                    *parts.callback_client, parts.clock, parts.random},
                                   *f.receipts, *f.callbacks),
      .letters = flows::LetterReports({database.tasks(), database.notifications(), database.letters(),
                                       *parts.tickets, parts.clock, parts.zone, &database.archive()},
                                      settings.flag("flags.raises_tickets"),
                                      std::string(to_string(environment_of(settings)))),
      .inbound = flows::InboundSms({database.inbound(), database.services(), parts.clock, parts.zone, parts.random},
                                   static_cast<int>(settings.integer("inbound.retention_days"))),
      .inbound_callbacks = flows::InboundCallbacks(database.inbound(), database.services()),
      .sns = flows::SnsVerifier(*parts.callback_client, parts.wall)});
  return {};
}

void add_receipt_tasks(worker::TaskTable& table, Parts& parts) {
  ReceiptParts& r = *parts.flows->provider_reports;
  table.add({.kind = std::string(ports::kProcessSmsReceipt),
             .queue = std::string(ports::kSmsReceiptQueue),
             .retry = kReportRetry,
             .run = [&r](std::span<TaskRun> runs) { apply_sms_receipts(r.sms, runs); }});
  add_report_task(table, ports::kProcessSesEvent, ports::kEmailReceiptQueue,
                  [&r](TaskRun& run) { return r.email.apply(run.task.payload); });
  add_report_task(table, ports::kConfirmSnsTopic, ports::kEmailReceiptQueue,
                  [&r](TaskRun& run) { return r.email.confirm(run.task.payload); });
  add_report_task(table, ports::kProcessLetterReport, ports::kLetterReceiptQueue,
                  [&r](TaskRun& run) -> Result<void> {
                    POSTROOM_TRY(report, receipts::letter_report_from_payload(run.task.payload));
                    return r.letters.apply(report);
                  });
  add_report_task(table, ports::kReportRejectedLetter, ports::kLetterReceiptQueue,
                  [&r](TaskRun& run) -> Result<void> {
                    POSTROOM_TRY(id, subject_of(run.task));
                    return r.letters.report_rejected(id);
                  });
  add_report_task(table, ports::kSendInboundSms, ports::kCallbackQueue, [&parts, &r](TaskRun& run) -> Result<void> {
    auto id = receipts::InboundTextId::parse(run.task.subject);
    if (!id) return fail(ErrorKind::corrupt, "task " + run.task.id.text() + " names no received text");
    return r.inbound_callbacks.send(*parts.callback_client, *id);
  });
  add_report_task(table, ports::kSendComplaint, ports::kCallbackQueue, [&parts](TaskRun& run) {
    return flows::send_callback(*parts.callback_client, run.task.payload);
  });
}

api::ReceiptsApi receipts_api(Parts& parts) {
  ReceiptParts& r = *parts.flows->provider_reports;
  return {.sms = r.sms,
          .inbound = r.inbound,
          .email = r.email,
          .letters = r.letters,
          .sns = r.sns,
          .letter_tokens = r.letter_tokens,
          .doors = r.doors,
          .ses_topics = r.ses_topics};
}

}  // namespace postroom::app
