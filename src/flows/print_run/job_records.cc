#include "flows/print_run/job_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/log.h"

namespace postroom::flows {
namespace {

using jobs::Job;
using jobs::JobStatus;
using notifications::NotificationStatus;
using ports::Bucket;

// A letter that is cancelled between two looks: the file is put together again.
constexpr int kConflictsMax = 5;

bool may_be_built(JobStatus status) {
  return status == JobStatus::finished || status == JobStatus::ready_to_send || status == JobStatus::error ||
         status == JobStatus::sent_to_dvla;
}

}  // namespace

ports::NewTask build_job_records_task(JobId job, UtcTime run_at) {
  return {.queue = std::string(ports::kJobQueue),
          .kind = std::string(ports::kBuildJobRecords),
          .subject = job.text(),
          .payload = {},
          .run_at = run_at,
          .unique_key = fmt::format("{}:{}", ports::kBuildJobRecords, job.text())};
}

// A job with the letters of it that wait.
struct JobRecords::Part {
  Job job;
  std::vector<ports::JobLetter> letters;
};

Result<int> JobRecords::build(JobId id) {
  POSTROOM_TRY(job, ports_.jobs.find(id));
  if (job.type != notifications::NotificationType::letter)
    return fail(ErrorKind::invalid_input, fmt::format("job {} has no letters", id.text()));
  if (job.status == JobStatus::cancelled) return 0;
  if (!may_be_built(job.status))
    return fail(ErrorKind::retry_later, fmt::format("the rows of job {} are still being stored", id.text()));

  RecordDraft draft;
  if (job.key_type != accounts::KeyType::test) {
    POSTROOM_TRY(letters, ports_.records.job_letters(id));
    std::vector<NotificationId> ids;
    for (const ports::JobLetter& letter : letters)
      if (!letter.is_planned) ids.push_back(letter.id);
    RecordLines lines(ports_);
    int refused = 0;
    for (std::size_t at = 0; at < ids.size();) {
      // One file holds the job, however large; the limit of a draft is for what is put together.
      RecordDraft part;
      POSTROOM_TRY(seen, draft_records(ports_, lines, std::span(ids).subspan(at), part, refused));
      draft.content += part.content;
      draft.letters.insert(draft.letters.end(), part.letters.begin(), part.letters.end());
      at += seen;
    }
  }
  const bool has_lines = !draft.letters.empty();
  if (has_lines)
    POSTROOM_CHECK(ports_.print.blobs.put(Bucket::letter_records, letters::job_records_key(id), draft.content));
  const JobStatus to = has_lines ? JobStatus::ready_to_send : JobStatus::sent_to_dvla;
  if (job.status != to) {
    POSTROOM_TRY(moved, ports_.jobs.move(id, job.status, to, ports_.print.clock.now()));
    if (!moved) return fail(ErrorKind::retry_later, "the job was changed by somebody else just now");
  }
  log_info("letters.job_records_built",
           {{"job", id.text()}, {"letters", draft.letters.size()}, {"status", to_string(to)}});
  return static_cast<int>(draft.letters.size());
}

Result<JobRecordsSummary> JobRecords::send_ready(UtcTime deadline) {
  POSTROOM_TRY(ready, ports_.records.jobs(JobStatus::ready_to_send, deadline, kRecordJobsPerRunMax));
  std::erase_if(ready, [](const Job& job) { return job.file_name == kTestLetterFileName; });
  return send_jobs(std::move(ready), ports_.print.zone.local_date(deadline));
}

Result<JobRecordsSummary> JobRecords::send(std::span<const JobId> ids) {
  std::vector<Job> wanted;
  std::set<JobId> seen;
  for (const JobId& id : ids) {
    if (!seen.insert(id).second) continue;
    POSTROOM_TRY(job, ports_.jobs.find(id));
    if (job.type != notifications::NotificationType::letter ||
        (job.status != JobStatus::ready_to_send && job.status != JobStatus::error)) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("job {} is {}: only letters that are ready to send, or in error, can be sent",
                              id.text(), to_string(job.status)));
    }
    wanted.push_back(std::move(job));
  }
  return send_jobs(std::move(wanted), ports_.print.zone.local_date(ports_.print.clock.now()));
}

Result<JobRecordsSummary> JobRecords::send_jobs(std::vector<Job> jobs, Date run_day) {
  JobRecordsSummary summary;
  if (jobs.empty()) return summary;
  POSTROOM_TRY(lease, RecordsLease::take(ports_));
  Parts parts;
  std::size_t letters = 0;
  for (const Job& job : jobs) {
    POSTROOM_CHECK(lease->renew());
    const std::size_t before = parts.size();
    POSTROOM_CHECK(take(job, parts, summary));
    if (parts.size() == before) continue;
    letters += parts.back().letters.size();
    if (parts.size() == 1 || letters <= static_cast<std::size_t>(kRecordsPerFileMax)) continue;
    // The newcomer begins the next file.
    Part last = std::move(parts.back());
    parts.pop_back();
    POSTROOM_CHECK(send_together(parts, run_day, summary));
    letters = last.letters.size();
    parts.clear();
    parts.push_back(std::move(last));
  }
  if (!parts.empty()) POSTROOM_CHECK(send_together(parts, run_day, summary));
  log_info("letters.job_records_run", {{"jobs", summary.jobs},
                                       {"files", summary.files},
                                       {"letters", summary.letters},
                                       {"under_way", summary.under_way},
                                       {"done", summary.done},
                                       {"errors", summary.errors}});
  return summary;
}

Result<void> JobRecords::take(const Job& job, Parts& parts, JobRecordsSummary& summary) {
  POSTROOM_TRY(letters, ports_.records.job_letters(job.id));
  const auto planned =
      std::count_if(letters.begin(), letters.end(), [](const auto& one) { return one.is_planned; });
  std::erase_if(letters, [](const ports::JobLetter& letter) { return letter.is_planned; });
  if (!letters.empty()) {
    parts.push_back({job, std::move(letters)});
    return {};
  }
  // What sends the file that has them will say what becomes of the job.
  if (planned > 0) {
    ++summary.under_way;
    return {};
  }
  ++summary.done;
  POSTROOM_CHECK(ports_.jobs.move(job.id, job.status, JobStatus::sent_to_dvla, ports_.print.clock.now()));
  return {};
}

Result<RecordDraft> JobRecords::join(std::span<const Part> parts, std::string& missing) {
  RecordDraft draft;
  for (const Part& part : parts) {
    auto file = ports_.print.blobs.get(Bucket::letter_records, letters::job_records_key(part.job.id));
    if (!file && file.error().kind != ErrorKind::not_found) return fail(file.error());
    if (!file) {
      missing = fmt::format("the record file of job {} is missing", part.job.id.text());
      return draft;
    }
    std::unordered_map<std::string_view, std::string_view> lines;
    for (std::string_view line : letters::record_lines(*file))
      lines.emplace(letters::reference_of_record(line), line);
    for (const ports::JobLetter& letter : part.letters) {
      const auto line = lines.find(letter.reference);
      if (line == lines.end()) {
        missing = fmt::format("the record file of job {} lacks letter {}", part.job.id.text(), letter.reference);
        return draft;
      }
      draft.content.append(line->second).append("\n");
      draft.letters.push_back({letter.id, letter.reference, {}});
    }
  }
  return draft;
}

Result<void> JobRecords::send_together(std::span<const Part> parts, Date run_day, JobRecordsSummary& summary) {
  Parts now(parts.begin(), parts.end());
  for (int conflicts = 0; !now.empty(); ++conflicts) {
    std::string missing;
    POSTROOM_TRY(draft, join(now, missing));
    if (!missing.empty()) return set_error(now, missing, summary);
    const std::string key = letters::joined_records_key(fmt::format(
        "{}-{}.txt", format_compact(ports_.print.clock.now()), Uuid::random(ports_.print.random).text()));
    POSTROOM_CHECK(ports_.print.blobs.put(Bucket::letter_records, key, draft.content));
    auto planned = plan_records(
        ports_,
        {.run_day = run_day, .key = key, .to = NotificationStatus::created, .task_kind = ports::kSendJobRecords},
        draft);
    if (planned) {
      ++summary.files;
      summary.jobs += static_cast<int>(now.size());
      summary.letters += static_cast<int>(draft.letters.size());
      return {};
    }
    POSTROOM_CHECK(ports_.print.blobs.remove(Bucket::letter_records, key));
    if (planned.error().kind != ErrorKind::conflict) return fail(planned.error());
    if (conflicts >= kConflictsMax) return fail(ErrorKind::retry_later, planned.error().message);
    log_info("letters.records_made_again", {{"reason", planned.error().message}});
    Parts again;
    for (const Part& part : now) POSTROOM_CHECK(take(part.job, again, summary));
    now = std::move(again);
  }
  return {};
}

Result<void> JobRecords::set_error(std::span<const Part> parts, const std::string& reason,
                                   JobRecordsSummary& summary) {
  for (const Part& part : parts) {
    ++summary.errors;
    log_error("letters.job_records_error", {{"job", part.job.id.text()}, {"reason", reason}});
    if (part.job.status == JobStatus::error) continue;
    POSTROOM_CHECK(ports_.jobs.move(part.job.id, part.job.status, JobStatus::error, ports_.print.clock.now()));
  }
  return {};
}

}  // namespace postroom::flows
