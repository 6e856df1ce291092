#include "app/ready_letters.h"

#include "adapters/harfbuzz/letter_renderer.h"
#include "adapters/harfbuzz/letter_stamp.h"
#include "app/flow_parts.h"
#include "app/pdfscan_settings.h"
#include "base/log.h"
#include "ports/task_names.h"
#include "worker/task_table.h"

namespace postroom::app {
namespace {

using namespace std::chrono_literals;
using worker::TaskRun;

constexpr worker::RetryPolicy kScanRetry{.retries_max = 5, .delay = 300s, .first_delay = 300s};
// Without a scanner nothing is given up: letters wait until there is one.
constexpr worker::RetryPolicy kHeldRetry{.retries_max = 1'000'000, .delay = 10min, .first_delay = 10min};
constexpr worker::RetryPolicy kSanitiseRetry{.retries_max = 15, .delay = 300s, .first_delay = 300s};

Result<NotificationId> letter_of(const ports::ClaimedTask& task) {
  auto id = NotificationId::parse(task.subject);
  if (!id) return fail(ErrorKind::corrupt, "task " + task.id.text() + " names no notification");
  return *id;
}

flows::FilingObserver sandbox_observer(Parts& parts) {
  if (!parts.outbox) return {};
  return [&parts](const flows::FiledNotice& notice) {
    parts.outbox->record({.notification_id = notice.letter.id.text(),
                          .type = "letter",
                          .to = notice.letter.to,
                          .subject = "Ready PDF",
                          .body = {},
                          .provider = std::string(fakes::kSandboxProvider),
                          .time = parts.clock.now(),
                          .file_names = {notice.blob_key},
                          .page_count = notice.page_count});
  };
}

// A task that waited while there was no scanner has used its tries up: it gets new ones.
Result<void> scan_letter(Parts& parts, TaskRun& run) {
  POSTROOM_TRY(id, letter_of(run.task));
  auto scanned = parts.flows->ready_letters->scan->scan(id);
  const bool may_pass = !scanned && scanned.error().kind == ErrorKind::retry_later;
  if (!may_pass || !parts.virus_scanner || run.task.attempt <= kScanRetry.retries_max + 1) return scanned;
  log_warning("letters.scan_begins_anew", {{"notification", id.text()}, {"error", scanned.error().message}});
  const ports::NewTask anew{.queue = run.task.queue,
                            .kind = std::string(ports::kScanLetter),
                            .subject = id.text(),
                            .payload = {},
                            .run_at = parts.clock.now() + kScanRetry.delay,
                            .unique_key = "scan-letter-anew:" + id.text()};
  return parts.database->tasks().enqueue(std::span(&anew, 1));
}

void log_failure(std::string_view event, const Result<void>& result) {
  if (!result) log_error(event, {{"error", result.error().message}});
}

}  // namespace

void build_ready_letters(Parts& parts) {
  FlowParts& f = *parts.flows;
  ports::Database& database = *parts.database;
  f.ready_letters = std::make_unique<ReadyLetterParts>();
  ReadyLetterParts& r = *f.ready_letters;
  r.pdf_scanner = std::make_unique<pdfscan::PdfScanChild>(scan_options(parts.settings));
  r.stamper = std::make_unique<harfbuzz::HarfbuzzLetterStamper>(
      static_cast<const harfbuzz::HarfbuzzLetterRenderer&>(*parts.letter_renderer));
  r.ports = std::make_unique<flows::ReadyLetterPorts>(
      flows::ReadyLetterPorts{database.notifications(), database.letter_care(), database.services(), *parts.blobs,
                              database.tasks(), parts.virus_scanner.get(), parts.clock, *f.calendar});
  r.check = std::make_unique<flows::LetterCheck>(*r.pdf_scanner, *r.stamper);
  r.scan = std::make_unique<flows::LetterScan>(*r.ports);
  r.filing = std::make_unique<flows::LetterFiling>(*r.ports, *r.check, sandbox_observer(parts));
  r.rescan = std::make_unique<flows::LetterRescan>(*r.ports);
  r.uploads = std::make_unique<flows::LetterUploads>(*f.send, *r.ports, *r.check, sandbox_observer(parts));
  r.attachments =
      std::make_unique<flows::TemplateAttachments>(*r.ports, database.templates(), *r.check, parts.random);
  r.previews = std::make_unique<flows::LetterPreviews>(*r.ports, *f.templates, *f.render, *r.pdf_scanner);
}

void add_ready_letter_tasks(worker::TaskTable& table, Parts& parts) {
  table.add({.kind = std::string(ports::kScanLetter),
             .queue = std::string(ports::kScanQueue),
             .retry = parts.virus_scanner ? kScanRetry : kHeldRetry,
             .lease = 5min,
             .run = worker::one_by_one([&parts](TaskRun& run) { return scan_letter(parts, run); }),
             .give_up = [&parts](const ports::ClaimedTask& task, const Error& error) {
               if (auto id = letter_of(task))
                 log_failure("scan.give_up_failed", parts.flows->ready_letters->scan->give_up(*id, error.message));
             }});
  table.add({.kind = std::string(ports::kSanitiseLetter),
             .queue = std::string(ports::kLettersQueue),
             .retry = kSanitiseRetry,
             .lease = 5min,
             .run = worker::one_by_one([&parts](TaskRun& run) -> Result<void> {
               POSTROOM_TRY(id, letter_of(run.task));
               return parts.flows->ready_letters->filing->sanitise(id);
             }),
             .give_up = [&parts](const ports::ClaimedTask& task, const Error& error) {
               if (auto id = letter_of(task))
                 log_failure("checks.give_up_failed",
                             parts.flows->ready_letters->filing->give_up(*id, error.message));
             }});
}

}  // namespace postroom::app
