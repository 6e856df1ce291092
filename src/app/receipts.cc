#include "app/receipts.h"

#include "app/direct_print.h"
#include "app/email.h"
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

// A report may come before what it is about is written down.
constexpr worker::RetryPolicy kReportRetry{.retries_max = 5, .delay = 300s, .first_delay = 300s};

// A receipt may be faster than our own note of what the provider calls the text.
constexpr worker::RetryPolicy kPartRetry{.retries_max = 60, .delay = 10s, .first_delay = 1s};

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
  POSTROOM_TRY(http_receipts, door_of(settings, "receipts.http_credentials"));
  POSTROOM_TRY(bounces, door_of(settings, "receipts.bounce_credentials"));
  return api::ReceiptDoors{std::move(mmg_receipts),
                           std::move(firetext_receipts),
                           std::move(mmg_texts),
                           std::move(firetext_texts),
                           std::move(http_receipts),
                           {settings.text("twilio.auth_token"), settings.text("twilio.receipt_url"),
                            settings.text("twilio.text_url"), settings.flag("flags.sandbox_providers")},
                           std::move(bounces)};
}

// "theirs=ours, …".
Result<receipts::CustomReceiptRules> custom_rules(const Settings& settings) {
  receipts::CustomReceiptRules rules{.reference = settings.text("sms_http.receipt_reference"),
                                     .status = settings.text("sms_http.receipt_status"),
                                     .code = settings.text("sms_http.receipt_code"),
                                     .is_theirs = settings.text("sms_http.receipt_key") == "theirs"};
  for (const std::string& pair : list_of(settings.text("sms_http.receipt_statuses"))) {
    const auto equals = pair.find('=');
    const std::string ours(equals == std::string::npos ? "" : trim(std::string_view(pair).substr(equals + 1)));
    static constexpr std::string_view kOurs[] = {"delivered",         "pending",           "permanent-failure",
                                                 "temporary-failure", "technical-failure", "ignored"};
    if (std::find(std::begin(kOurs), std::end(kOurs), ours) == std::end(kOurs)) {
      return fail(ErrorKind::invalid_input,
                  "setting 'sms_http.receipt_statuses': '" + pair +
                      "' is not theirs=ours with delivered, pending, permanent-failure, temporary-failure, "
                      "technical-failure or ignored");
    }
    rules.statuses[to_lower(trim(std::string_view(pair).substr(0, equals)))] = ours;
  }
  return rules;
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
  POSTROOM_TRY(http_rules, custom_rules(settings));
  f.provider_reports = std::unique_ptr<ReceiptParts>(new ReceiptParts{
      .doors = std::move(doors),
      .ses_topics = words_of(settings.text("receipts.ses_topics")),
      .http_rules = std::move(http_rules),
      .letter_tokens = ValueSigner(*parts.key_ring, api::kLetterTokenSalt),
      .sms = flows::SmsReceipts(database.tasks(), *f.receipts, database.providers(), parts.clock),
      .email = flows::EmailReports({database.tasks(), database.notifications(), database.email_reports(),
                                    *parts.callback_client, parts.clock, parts.random, &parts.email->suppressions},
                                   *f.receipts, *f.callbacks),
      .letters = flows::LetterReports({database.tasks(), database.notifications(), database.letters(),
                                       *parts.tickets, parts.clock, parts.zone, &database.archive()},
                                      settings.flag("flags.raises_tickets"),
                                      std::string(to_string(environment_of(settings)))),
      .inbound = flows::InboundSms({database.inbound(), database.services(), parts.clock, parts.zone, parts.random,
                                    &database.inbound_parts(), &parts.metrics},
                                   static_cast<int>(settings.integer("inbound.retention_days"))),
      .stock = flows::NumberStock(database.inbound(), *parts.tickets,
                                  {.low = static_cast<int>(settings.integer("inbound.numbers_low")),
                                   .raises_tickets = settings.flag("flags.raises_tickets"),
                                   .environment_name = std::string(to_string(environment_of(settings)))}),
      .sns = flows::SnsVerifier(*parts.callback_client, parts.wall)});
  POSTROOM_TRY(email_queue, build_email_queue(parts));
  f.provider_reports->email_queue = std::move(email_queue);
  return {};
}

void add_receipt_tasks(worker::TaskTable& table, Parts& parts) {
  ReceiptParts& r = *parts.flows->provider_reports;
  table.add({.kind = std::string(ports::kProcessSmsReceipt),
             .queue = std::string(ports::kSmsReceiptQueue),
             .retry = kReportRetry,
             .run = [&r](std::span<TaskRun> runs) { apply_sms_receipts(r.sms, runs); }});
  table.add({.kind = std::string(ports::kProcessTextPart),
             .queue = std::string(ports::kSmsReceiptQueue),
             .retry = kPartRetry,
             .run = worker::one_by_one([&r](TaskRun& run) { return r.sms.apply_part(run.task); })});
  add_report_task(table, ports::kProcessSesEvent, ports::kEmailReceiptQueue,
                  [&r](TaskRun& run) { return r.email.apply(run.task.payload); });
  add_report_task(table, ports::kProcessBounce, ports::kEmailReceiptQueue,
                  [&r](TaskRun& run) { return r.email.apply_bounce(run.task.payload); });
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
          .ses_topics = r.ses_topics,
          .http_rules = r.http_rules};
}

}  // namespace postroom::app
