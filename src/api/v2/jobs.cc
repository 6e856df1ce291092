// Looking at a sheet that was sent, and stopping one that has not started.
#include "api/v2/respond.h"
#include "core/jobs/job_json.h"
#include "flows/bulk/bulk_flow.h"
#include "ports/job_store.h"

namespace postroom::api::v2 {
namespace {

Or<jobs::Job> job_in_path(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto id = JobId::parse_lenient(request.path_parameter("job_id"));
  if (!id) return tl::unexpected(error_response(400, "ValidationError", "job_id is not a valid UUID"));
  auto found = api.jobs->find(*id);
  if (!found && found.error().kind != ErrorKind::not_found) return tl::unexpected(error_response(found.error()));
  if (!found || found->service_id != caller.service->id) return tl::unexpected(no_result_response());
  return std::move(*found);
}

http::Response answer(PublicApi& api, const jobs::Job& job) {
  auto counts = api.send.notifications.count_by_status(
      {.service_id = job.service_id, .key_type = std::nullopt, .job_id = job.id, .include_jobs = true});
  if (!counts) return error_response(counts.error());
  return json_answer(200, jobs::job_json(api.wire, job, *counts));
}

// The letters of a job can be taken back after it has run, until theirs closes.
bool has_letters_to_cancel(const PublicApi& api, const jobs::Job& job) {
  return job.type == notifications::NotificationType::letter && api.letter_cancelling != nullptr &&
         job.status != jobs::JobStatus::scheduled && job.status != jobs::JobStatus::cancelled;
}

}  // namespace

http::Response get_job(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto job = job_in_path(api, caller, request);
  if (!job) return std::move(job).error();
  return answer(api, *job);
}

http::Response post_job_cancel(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto job = job_in_path(api, caller, request);
  if (!job) return std::move(job).error();
  if (has_letters_to_cancel(api, *job)) {
    auto letters = api.letter_cancelling->cancel_job(*caller.service, sender_of(caller).key_type, *job);
    if (!letters) return error_response(letters.error());
    job = job_in_path(api, caller, request);
    return job ? answer(api, *job) : std::move(job).error();
  }
  auto cancelled = api.bulk->cancel(sender_of(caller), std::move(*job));
  if (!cancelled) return error_response(cancelled.error());
  return answer(api, *cancelled);
}

}  // namespace postroom::api::v2
