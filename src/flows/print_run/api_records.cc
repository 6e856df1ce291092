#include "flows/print_run/api_records.h"

#include "base/log.h"
#include "flows/print_run/record_lines.h"

namespace postroom::flows {
namespace {

using ports::Bucket;

// Letters that are cancelled while their file is made: it is made again.
constexpr int kConflictsMax = 5;

// A key of this moment that no file has.
Result<std::string> free_key(const RecordPorts& ports) {
  UtcTime at = ports.print.clock.now();
  for (;;) {
    std::string key = letters::api_records_key(at);
    const auto taken = ports.print.blobs.stat(Bucket::letter_records, key);
    if (!taken && taken.error().kind == ErrorKind::not_found) return key;
    if (!taken) return fail(taken.error());
    at += Duration{1};
  }
}

}  // namespace

Result<ApiRecordsSummary> ApiRecords::run(UtcTime deadline) {
  POSTROOM_TRY(lease, RecordsLease::take(ports_));
  ApiRecordsSummary summary;
  RecordLines lines(ports_);
  const Date run_day = ports_.print.zone.local_date(deadline);
  for (int conflicts = 0;;) {
    POSTROOM_CHECK(lease->renew());
    POSTROOM_TRY(ids, ports_.records.candidates(deadline, kRecordsPerFileMax));
    RecordDraft draft;
    const int refused_before = summary.refused;
    POSTROOM_CHECK(draft_records(ports_, lines, ids, draft, summary.refused));
    if (draft.letters.empty()) {
      if (summary.refused == refused_before) break;
      continue;
    }
    POSTROOM_TRY(key, free_key(ports_));
    POSTROOM_CHECK(ports_.print.blobs.put(Bucket::letter_records, key, draft.content));
    auto planned =
        plan_records(ports_, {.run_day = run_day, .key = key, .task_kind = ports::kSendApiRecords}, draft);
    if (!planned) {
      POSTROOM_CHECK(ports_.print.blobs.remove(Bucket::letter_records, key));
      if (planned.error().kind != ErrorKind::conflict) return fail(planned.error());
      log_info("letters.records_made_again", {{"reason", planned.error().message}});
      if (++conflicts > kConflictsMax) return fail(ErrorKind::retry_later, planned.error().message);
      continue;
    }
    ++summary.files;
    summary.letters += static_cast<int>(draft.letters.size());
  }
  if (summary.files > 0 || summary.refused > 0)
    log_info("letters.records_run",
             {{"files", summary.files}, {"letters", summary.letters}, {"refused", summary.refused}});
  else
    log_info("letters.records_none", {{"deadline", format_rfc3339(deadline)}});
  return summary;
}

}  // namespace postroom::flows
