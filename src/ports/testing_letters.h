// A service with letters, and jobs of them, in memory; for fixtures of tests to inherit. See testing_stores.h.
#pragma once

#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/random.h"
#include "base/time_zone.h"
#include "core/letters/file_names.h"
#include "core/letters/print_day.h"
#include "ports/testing_care.h"

namespace postroom::ports::testing {

// Nothing is logged while it lives.
class LetterWorld {
 protected:
  LetterWorld() {
    set_log_sink([](std::string_view) {});
    service_.id = ServiceId{Uuid::random(random_)};
    template_.id = TemplateId{Uuid::random(random_)};
    template_.service_id = service_.id;
    template_.name = "Reminder";
    (void)templates_.add_version(template_);  // it is the first: memory takes it
  }
  ~LetterWorld() { set_log_sink(nullptr); }
  LetterWorld(const LetterWorld&) = delete;
  LetterWorld& operator=(const LetterWorld&) = delete;

  notifications::Notification letter(
      notifications::NotificationStatus status = notifications::NotificationStatus::created,
      Duration age = Duration::zero()) {
    notifications::Notification n;
    n.id = NotificationId{Uuid::random(random_)};
    n.service_id = service_.id;
    n.type = notifications::NotificationType::letter;
    n.status = status;
    n.reference = letters::make_reference(random_);
    n.postage = notifications::Postage::second;
    n.billable_units = 2;
    n.created_at = clock_.now() - age;
    n.template_id = template_.id;
    n.api_key_id = ApiKeyId{Uuid::random(random_)};
    notifications_.put(n);
    return n;
  }
  jobs::Job job(jobs::JobStatus status = jobs::JobStatus::finished) {
    jobs::Job made{.id = JobId{Uuid::random(random_)}, .service_id = service_.id};
    made.type = notifications::NotificationType::letter;
    made.status = status;
    made.file_name = "people.csv";
    made.created_by = "ann@example.org";
    made.created_at = clock_.now();
    (void)jobs_.create(made, {}, {});
    return made;
  }
  notifications::Notification row_of(
      const jobs::Job& made, int row,
      notifications::NotificationStatus status = notifications::NotificationStatus::created) {
    notifications::Notification n = letter(status);
    n.job_id = made.id;
    n.job_row = row;
    notifications_.put(n);
    return n;
  }
  // Claims the tasks that are due in the queue.
  std::vector<ClaimedTask> queued(std::string_view queue) {
    return tasks_.claim(queue, 100, clock_.now(), std::chrono::minutes{1}, "w").value();
  }

  SeededRandom random_{5};
  MovableClock clock_{parse_rfc3339("2026-01-14T10:00:00Z").value()};
  TimeZone zone_ = TimeZone::load("Europe/London").value();
  letters::PrintCalendar calendar_{.zone = zone_};
  accounts::Service service_;
  notifications::Template template_;
  MemoryTaskQueue tasks_;
  MemoryNotificationStore notifications_{tasks_};
  MemoryTemplateStore templates_;
  MemoryJobStore jobs_{tasks_};
  MemoryLetterCareStore care_{notifications_, jobs_};
};

}  // namespace postroom::ports::testing
