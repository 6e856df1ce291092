#include "flows/send/cancel_letter.h"

#include <fmt/format.h>

#include "base/log.h"
#include "core/letters/cancelling.h"

namespace postroom::flows {

using accounts::KeyType;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

namespace {

std::string_view cause_of(std::optional<KeyType> by_key) {
  return by_key ? "cancelled.by_service" : "cancelled.by_operator";
}

Outcome<void> check_key(std::string_view what, KeyType sent_with, std::optional<KeyType> by_key) {
  if (!by_key || *by_key == sent_with) return {};
  return refuse(RefusalKind::forbidden,
                fmt::format("This {} was sent with a key of type {}, use such a key to cancel it", what,
                            accounts::to_string(sent_with)));
}

tl::unexpected<Refusal> refuse_in_zip(std::string_view what) {
  return refuse(RefusalKind::bad_request,
                fmt::format("It is too late to cancel this {}: it is on its way to the print house", what));
}

Date utc_day(UtcTime time) { return Date{std::chrono::floor<std::chrono::days>(time)}; }

}  // namespace

void LetterCancelling::give_back(const accounts::Service& service, KeyType key, UtcTime accepted_at, int count) {
  if (count == 0 || utc_day(accepted_at) != utc_day(ports_.clock.now())) return;
  auto use = ports_.limits.use_of(service, key, NotificationType::letter, false);
  if (!use) return;
  use->day = utc_day(accepted_at);
  use->count = count;
  ports_.limits.give_back(service.id, *use);
}

Outcome<Notification> LetterCancelling::cancel(const accounts::Service& service, std::optional<KeyType> by_key,
                                               Notification letter) {
  if (letter.type != NotificationType::letter) {
    return refuse(RefusalKind::bad_request, "Only letters can be cancelled here, this is a message of type " +
                                                std::string(to_string(letter.type)));
  }
  POSTROOM_PERMIT(check_key("letter", letter.key_type, by_key));
  const UtcTime now = ports_.clock.now();
  auto may = letters::check_cancel(letter.status, letter.created_at, now, ports_.calendar);
  if (!may) return refuse(RefusalKind::bad_request, may.error().message);
  auto outcome = ports_.care.cancel(letter.id, now, cause_of(by_key));
  if (!outcome) return refuse_for(outcome.error(), "cancel of a letter");
  if (*outcome == ports::LetterCancel::in_zip) return refuse_in_zip("letter");
  auto found = ports_.notifications.find(letter.id);
  if (!found) return refuse_for(found.error(), "cancel of a letter");
  if (*outcome == ports::LetterCancel::done) {
    give_back(service, letter.key_type, letter.created_at, 1);
    log_info("letters.cancelled", {{"notification_id", letter.id.text()}, {"by", cause_of(by_key)}});
    return std::move(*found);
  }
  // It has moved on since it was looked at.
  auto reason = letters::check_cancel(found->status, found->created_at, now, ports_.calendar);
  return refuse(RefusalKind::bad_request,
                reason ? std::string("This letter is being changed just now, try again") : reason.error().message);
}

Outcome<int> LetterCancelling::cancel_job(const accounts::Service& service, std::optional<KeyType> by_key,
                                          const jobs::Job& job) {
  if (job.type != NotificationType::letter) {
    return refuse(RefusalKind::bad_request,
                  "Only jobs of letters can be cancelled once they have started, this is one of type " +
                      std::string(to_string(job.type)));
  }
  POSTROOM_PERMIT(check_key("job", job.key_type, by_key));
  if (job.status == jobs::JobStatus::cancelled)
    return refuse(RefusalKind::bad_request, "This job is cancelled already");
  if (job.status == jobs::JobStatus::pending || job.status == jobs::JobStatus::in_progress) {
    return refuse(
        RefusalKind::bad_request,
        "This job is still processing: it can be cancelled when all its letters are made, try again soon");
  }
  const UtcTime now = ports_.clock.now();
  if (auto may = letters::check_cancel_in_time("job", job.created_at, now, ports_.calendar); !may)
    return refuse(RefusalKind::bad_request, may.error().message);
  auto outcome = ports_.care.cancel_job(job.id, now, cause_of(by_key));
  if (!outcome) return refuse_for(outcome.error(), "cancel of a job");
  if (outcome->is_in_zip) return refuse_in_zip("job");
  if (outcome->blocked_by) {
    return refuse(RefusalKind::bad_request,
                  fmt::format("This job cannot be cancelled: some of its letters are {}, and nothing was changed",
                              to_string(*outcome->blocked_by)));
  }
  if (!outcome->is_done) {
    return refuse(RefusalKind::bad_request,
                  fmt::format("This job cannot be cancelled: it is {}", jobs::to_string(job.status)));
  }
  give_back(service, job.key_type, job.created_at, outcome->cancelled);
  log_info("letters.job_cancelled",
           {{"job", job.id.text()}, {"letters", outcome->cancelled}, {"by", cause_of(by_key)}});
  return outcome->cancelled;
}

}  // namespace postroom::flows
