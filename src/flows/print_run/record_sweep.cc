#include "flows/print_run/record_sweep.h"

#include <set>
#include <string>
#include <vector>

#include "base/log.h"
#include "core/letters/record.h"

namespace postroom::flows {
namespace {

constexpr int kJobsLookedAtMax = 10'000;

Result<std::set<std::string>> keys_in_use(const RecordPorts& ports, UtcTime now) {
  const UtcTime later = now + std::chrono::hours{1};  // those of this moment, too
  std::set<std::string> keys;
  for (jobs::JobStatus status : {jobs::JobStatus::ready_to_send, jobs::JobStatus::error}) {
    POSTROOM_TRY(found, ports.records.jobs(status, later, kJobsLookedAtMax));
    for (const jobs::Job& job : found) keys.insert(letters::job_records_key(job.id));
  }
  POSTROOM_TRY(unfinished, ports.print.letters.unfinished_zips());
  for (const ports::LetterZip& file : unfinished) {
    if (!letters::is_record_file_name(file.name)) continue;
    POSTROOM_TRY(letters, ports.print.letters.zip_letters(file.name));
    if (!letters.empty()) keys.insert(letters.front().blob_key);
  }
  return keys;
}

}  // namespace

Result<int> sweep_record_files(const RecordPorts& ports) {
  const UtcTime now = ports.print.clock.now();
  POSTROOM_TRY(in_use, keys_in_use(ports, now));
  std::vector<std::string> old;
  POSTROOM_CHECK(ports.print.blobs.list(ports::Bucket::letter_records, "", [&](const ports::BlobInfo& file) {
    if (now - file.modified_at > kRecordFilesKept && !in_use.contains(file.key)) old.push_back(file.key);
  }));
  for (const std::string& key : old) POSTROOM_CHECK(ports.print.blobs.remove(ports::Bucket::letter_records, key));
  if (!old.empty()) log_info("letters.record_files_removed", {{"files", old.size()}});
  return static_cast<int>(old.size());
}

}  // namespace postroom::flows
