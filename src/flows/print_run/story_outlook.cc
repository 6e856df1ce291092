#include "flows/print_run/story_outlook.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/letters/checks.h"
#include "core/letters/print_day.h"
#include "core/notifications/delivery_estimate.h"
#include "flows/print_run/replay.h"

namespace postroom::flows {
namespace {

using notifications::NotificationStatus;
using ports::LetterZip;
using ports::ZipState;

using namespace std::chrono_literals;

// When the checks ring, by the wall clock; those of build_tasks.cc.
constexpr Duration kStillCreatedAt = 7h;
constexpr Duration kStillSendingAt = 16h + 30min;
constexpr Duration kAcknowledgementAt = 23h;
constexpr Duration kUnfinishedAfter = 3h;

class Outlook {
 public:
  Outlook(const StoryPorts& ports, const StoryOptions& options, LetterStory& story)
      : ports_(ports),
        options_(options),
        story_(story),
        calendar_{.zone = ports.zone, .cutoff = options.print_cutoff},
        now_(ports.clock.now()) {
    if (!story.zips.empty() && story.zips.back().state != ZipState::failed) live_ = &story.zips.back();
  }

  void all() {
    if (story_.is_archived)
      return next({}, "nothing: its days of keeping are over, and what happened to it is deleted");
    if (!is_normal()) return next({}, "nothing: it was sent with a test key and is never printed");
    switch (story_.letter.status) {
      case NotificationStatus::created: return created();
      case NotificationStatus::pending_virus_check:
        return next({}, "it is checked for viruses; it takes part in no run before");
      case NotificationStatus::sending: return sending();
      case NotificationStatus::pending: return next({}, "its record is on the way to the print house");
      case NotificationStatus::delivered: return posted();
      case NotificationStatus::technical_failure:
        return next({}, fmt::format("nothing by itself: mend the cause, then 'postroom letters requeue {}'",
                                    story_.letter.id.text()));
      case NotificationStatus::temporary_failure:
        return next({}, "nothing: the print house did not print it; the service has to send it again");
      case NotificationStatus::cancelled: return next({}, "nothing: it is cancelled and is not printed");
      case NotificationStatus::returned_letter: return returned();
      default: return next({}, "nothing: it has come to its end and is not printed");
    }
  }

 private:
  void next(std::optional<UtcTime> at, std::string text) { story_.next.push_back({at, std::move(text)}); }
  void alert(std::optional<UtcTime> at, std::string text) {
    story_.concerns.push_back({"alert", at, std::move(text)});
  }
  bool is_normal() const { return story_.letter.key_type == accounts::KeyType::normal; }

  void created() {
    estimate();
    if (story_.letter.created_at < letters::still_created_before(now_, calendar_))
      alert(next_working_morning(kStillCreatedAt),
            "it should have gone already: it is one of the letters in the alert 'Letters still in created'");
    if (live_) return in_zip();
    if (story_.letter.billable_units == 0) {
      const UtcTime again = story_.letter.created_at + kReplayOlderThan;
      next(again > now_ ? std::optional(again) : std::nullopt,
           "its PDF is being made; without one it is asked for again an hour after acceptance");
    }
    if (!options_.has_print_house) {
      next({}, "nothing: print.provider is none, so no letter is printed");
      return;
    }
    // A run looks back: what missed its own goes with the next one.
    Date day = std::max(story_.run_day, ports_.zone.local_date(now_));
    if (run_start(day) < now_) day = add_days(day, 1);
    next(run_start(day), options_.prints_locally    ? "it is put into a file for printing"
                         : options_.prints_directly ? "it is sent to the print house"
                                                    : "it is put into a zip and sent to the print house");
  }

  UtcTime run_start(Date day) const {
    return letters::print_deadline(day, calendar_) + letters::kCollateOpensAfter;
  }

  void in_zip() {
    if (live_->state == ZipState::uploaded) {
      next({}, "its zip is there: it becomes sending within ten minutes");
      return;
    }
    if (now_ - live_->created_at > kUnfinishedAfter)
      alert({}, "its zip was planned more than three hours ago: it is in the hourly alert 'Letter zips not sent'");
    next({}, fmt::format("its {} is sent; tried again every five minutes, six times in all",
                         options_.prints_locally ? "file" : "zip"));
  }

  void sending() {
    estimate();
    const auto window = letters::still_sending_window(now_, ports_.holidays);
    const bool overdue = window && story_.letter.sent_at && *story_.letter.sent_at < window->before;
    const UtcTime check = ports_.zone.to_utc(ports_.zone.local_date(now_), kStillSendingAt);
    if (overdue)
      alert(check, now_ >= check ? "nobody has answered for it: it was in the alert 'Letters still sending'"
                                 : "if nobody answers for it by then, it is in the alert 'Letters still sending'");
    if (!options_.prints_locally && live_ && !live_->acknowledged_at) {
      const UtcTime due = ports_.zone.to_utc(live_->run_day, kAcknowledgementAt);
      if (now_ >= due)
        alert(due, "its zip was not acknowledged: it was in the alert 'Letter acknowledge error'");
      else
        next(due, "the print house is to have acknowledged the zip, or an alert names it");
    }
    const UtcTime answer = next_working_morning(kStillSendingAt);
    if (options_.prints_locally) {
      next({}, "somebody prints the file, posts it, and says so: 'postroom letters printed'");
    } else {
      next(answer, "the print house is to have said what became of it, or an alert counts it");
    }
  }

  void posted() {
    estimate();
    story_.printed_by.reset();
    if (story_.latest_delivery && *story_.latest_delivery < now_)
      next({}, "nothing: it should have arrived");
    else
      next(story_.latest_delivery, "it should have arrived by then");
  }

  void returned() {
    const auto callback = ports_.services.callback(story_.letter.service_id, accounts::CallbackType::returned);
    next({}, callback && *callback
                 ? "nothing: it came back, and the service's callback for returned letters is told"
                 : "nothing: it came back; the service has no callback for returned letters");
  }

  void estimate() {
    if (!story_.letter.postage) return;
    const auto timings = notifications::letter_timings(story_.letter.created_at, *story_.letter.postage,
                                                       ports_.zone, ports_.holidays);
    story_.printed_by = timings.printed_by;
    story_.latest_delivery = timings.latest_delivery;
  }

  // The next time after now when the wall clock shows `at` on a working day.
  UtcTime next_working_morning(Duration at) const {
    Date day = ports_.zone.local_date(now_);
    const auto weekdays = recipients::WorkingDays::weekdays;
    const bool today = recipients::is_working_day(day, weekdays, ports_.holidays);
    if (!today || ports_.zone.to_utc(day, at) <= now_)
      day = recipients::next_working_day(day, weekdays, ports_.holidays);
    return ports_.zone.to_utc(day, at);
  }

  const StoryPorts& ports_;
  const StoryOptions& options_;
  LetterStory& story_;
  letters::PrintCalendar calendar_;
  UtcTime now_;
  const LetterZip* live_ = nullptr;
};

}  // namespace

void add_outlook(const StoryPorts& ports, const StoryOptions& options, LetterStory& story) {
  Outlook(ports, options, story).all();
}

}  // namespace postroom::flows
