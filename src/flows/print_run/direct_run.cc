#include "flows/print_run/direct_run.h"

#include <fmt/format.h>

#include "base/log.h"
#include "core/letters/print_order.h"
#include "flows/print_run/letter_files.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;

namespace {

ports::NewTask order_task(NotificationId id, UtcTime now) {
  const std::string subject = id.text();
  return {.queue = std::string(ports::kSendLetterQueue),
          .kind = std::string(ports::kDeliverLetter),
          .subject = subject,
          .payload = {},
          .run_at = now,
          .unique_key = fmt::format("{}:{}", ports::kDeliverLetter, subject)};
}

bool was_handed_over(NotificationStatus status) {
  return status == NotificationStatus::sending || status == NotificationStatus::delivered ||
         status == NotificationStatus::returned_letter;
}

}  // namespace

Result<CollateSummary> DirectRun::run(UtcTime deadline) {
  // The same lease as that of zips: the way letters go must not change in the middle of a run.
  const std::string owner = Uuid::random(ports_.random).text();
  const auto hold = [&]() -> Result<void> {
    POSTROOM_TRY(held,
                 ports_.leases.acquire(Collator::kLeaseName, owner, ports_.clock.now(), Collator::kLeaseTime));
    if (held) return {};
    return fail(ErrorKind::conflict, "another collate run is at work; wait until it has finished");
  };
  CollateSummary summary;
  summary.run_day = ports_.zone.local_date(deadline);
  const auto put_up = [&](std::span<const ports::LetterCandidate> letters) -> Result<void> {
    std::vector<ports::NewTask> tasks;
    for (const ports::LetterCandidate& letter : letters) {
      if (options_.leaves_out && options_.leaves_out(letter.service_id)) continue;
      tasks.push_back(order_task(letter.id, ports_.clock.now()));
      ++summary.letters;
      auto& volume = summary.by_postage.at(static_cast<std::size_t>(letter.postage));
      ++volume.letters;
      volume.sheets += letter.billable_units;
    }
    POSTROOM_CHECK(hold());
    return ports_.tasks.enqueue(tasks);
  };
  const auto all = [&]() -> Result<void> {
    std::optional<ports::LetterCandidate> last;
    for (;;) {
      POSTROOM_TRY(page, ports_.letters.candidates(deadline, last ? &*last : nullptr, Collator::kPageLettersMax));
      for (std::size_t i = 0; i < page.size(); i += kLettersPerEnqueue) {
        POSTROOM_CHECK(put_up(std::span(page).subspan(i, std::min(kLettersPerEnqueue, page.size() - i))));
      }
      if (page.size() < static_cast<std::size_t>(Collator::kPageLettersMax)) return {};
      last = std::move(page.back());
    }
  };
  POSTROOM_CHECK(hold());
  auto done = all();
  if (auto released = ports_.leases.release(Collator::kLeaseName, owner); !released)
    log_warning("letters.collate_lease_not_released", {{"error", released.error().message}});
  if (!done) {
    log_error("letters.collate_stopped", {{"error", done.error().message}});
    return fail(std::move(done).error());
  }
  log_info("letters.put_up_for_order", {{"run_day", format_date(summary.run_day)}, {"letters", summary.letters}});
  return summary;
}

Result<bool> DirectRun::may_be_ordered(const Notification& letter) const {
  if (letter.type != notifications::NotificationType::letter)
    return fail(ErrorKind::rejected, letter.id.text() + " is no letter");
  if (letter.status != NotificationStatus::created) {
    log_warning("letters.not_ordered",
                {{"notification_id", letter.id.text()}, {"status", to_string(letter.status)}});
    return false;
  }
  if (letter.key_type != accounts::KeyType::normal) {
    log_error("letters.test_letter_not_ordered", {{"notification_id", letter.id.text()}});
    return false;
  }
  return true;
}

Result<std::string> DirectRun::body_of(const Notification& letter) const {
  const letters::PrintOrder order{.id = letter.id,
                                  .reference = letter.reference,
                                  .postage = letter.postage.value_or(notifications::Postage::second),
                                  .address = letter.to,
                                  .service_id = letter.service_id,
                                  .organisation = "",
                                  .callback_url = options_.callback_url ? options_.callback_url(letter.id) : ""};
  if (order.callback_url.empty()) {
    return fail(ErrorKind::retry_later,
                "the print house could not report on the letter: set api.base_url to the API's public address");
  }
  POSTROOM_TRY(pdf, LetterFiles(ports_.blobs, {.zone = ports_.zone, .cutoff = options_.print_cutoff}).read(letter));
  return letters::print_order_json(order, pdf);
}

Result<void> DirectRun::order(NotificationId id) {
  POSTROOM_CHECK(ports_.pace.wait_turn());
  POSTROOM_TRY(letter, ports_.notifications.find(id));
  POSTROOM_TRY(wanted, may_be_ordered(letter));
  if (!wanted) return {};
  POSTROOM_TRY(body, body_of(letter));
  POSTROOM_TRY(answer, ports_.service.submit(body));
  if (answer.kind == ports::PrintAnswer::Kind::throttled) {
    const Duration pause = answer.retry_after.value_or(OrderPace::kPauseDefault);
    log_warning("letters.order_throttled",
                {{"pause_seconds", std::chrono::duration_cast<std::chrono::seconds>(pause).count()}});
    POSTROOM_CHECK(ports_.pace.pause(pause));
    return fail(ErrorKind::retry_later, "the print house takes no more letters at the moment");
  }
  return mark_sent(letter, answer.kind == ports::PrintAnswer::Kind::known_before);
}

Result<void> DirectRun::mark_sent(const Notification& letter, bool known_before) {
  if (known_before) log_warning("letters.ordered_before", {{"notification_id", letter.id.text()}});
  const UtcTime now = ports_.clock.now();
  // An error here loses nothing: the next order of the letter is answered "known before".
  POSTROOM_TRY(moved, ports_.notifications.move({.id = letter.id,
                                                 .from = {NotificationStatus::created},
                                                 .to = NotificationStatus::sending,
                                                 .at = now,
                                                 .cause = known_before ? "order.known_before" : "order.accepted",
                                                 .detail = "",
                                                 .sent_at = now,
                                                 .sent_by = std::string(kPrintProvider)}));
  if (moved) return {};
  POSTROOM_TRY(found, ports_.notifications.find(letter.id));
  // The print house's report may be faster than its answer.
  const LogLevel level = was_handed_over(found.status) ? LogLevel::info : LogLevel::error;
  log(level, "letters.ordered_though_not_waiting",
      {{"notification_id", letter.id.text()}, {"status", to_string(found.status)}});
  return {};
}

Result<void> DirectRun::give_up(NotificationId id, std::string_view reason) {
  POSTROOM_TRY(moved, ports_.notifications.move({.id = id,
                                                 .from = {NotificationStatus::created},
                                                 .to = NotificationStatus::technical_failure,
                                                 .at = ports_.clock.now(),
                                                 .cause = "order.failed",
                                                 .detail = std::string(reason)}));
  if (moved) log_error("letters.order_failed", {{"notification_id", id.text()}, {"reason", reason}});
  return {};
}

}  // namespace postroom::flows
