#include "app/letter_care.h"

#include "app/flow_parts.h"
#include "app/settings.h"
#include "ports/task_names.h"
#include "worker/task_table.h"

namespace postroom::app {
namespace {

using namespace std::chrono_literals;
using worker::TaskRun;

// A night: what is not deleted by then is the next night's.
constexpr worker::RetryPolicy kRetentionRetry{.retries_max = 60, .delay = 300s, .first_delay = 30s};

}  // namespace

void build_letter_care(Parts& parts) {
  FlowParts& f = *parts.flows;
  ports::Database& database = *parts.database;
  f.letter_cancelling = std::make_unique<flows::LetterCancelling>(flows::LetterCancellingPorts{
      database.letter_care(), database.notifications(), database.jobs(), *f.limits, parts.clock, *f.calendar});
  f.returned_letters = std::make_unique<flows::ReturnedLetters>(
      flows::ReturnedLettersPorts{database.letter_care(), database.archive(), database.notifications(),
                                  database.templates(), database.jobs(), *f.callbacks, parts.clock});
  f.stuck_checks = std::make_unique<flows::StuckChecks>(
      flows::StuckChecksPorts{database.letter_care(), database.notifications(), *parts.blobs, database.tasks(),
                              *parts.tickets, parts.clock, *f.calendar},
      parts.settings.flag("flags.raises_tickets"), std::string(to_string(environment_of(parts.settings))),
      parts.virus_scanner != nullptr);
  f.retention = std::make_unique<flows::Retention>(flows::RetentionPorts{
      database.archive(), database.services(), *parts.blobs, database.tasks(), parts.clock, *f.calendar});
}

void add_letter_care_tasks(worker::TaskTable& table, Parts& parts) {
  FlowParts& f = *parts.flows;
  table.add({.kind = std::string(ports::kArchiveMessages),
             .queue = std::string(ports::kPeriodicQueue),
             .retry = kRetentionRetry,
             .lease = 5min,
             .run = worker::one_by_one([&f](TaskRun& run) -> Result<void> {
               auto subject = flows::parse_retention_subject(run.task.subject);
               if (!subject) return fail(ErrorKind::corrupt, "task " + run.task.id.text() + " names no service");
               POSTROOM_CHECK(f.retention->run(subject->service, subject->type, run.renew));
               return {};
             })});
}

}  // namespace postroom::app
