// What providers of emails report: which email it is about, and complaints.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "ports/task_queue.h"

namespace postroom::ports {

// A recipient called an email spam.
struct Complaint {
  Uuid id;
  NotificationId notification_id;
  ServiceId service_id;
  std::string feedback_id;  // the provider's, unique
  std::string type;         // "abuse"; may be empty
  std::optional<UtcTime> complained_at;
  UtcTime created_at;

  friend bool operator==(const Complaint&, const Complaint&) = default;
};

// Safe from several threads. retry_later when the database is busy or away.
class EmailReportStore {
 public:
  virtual ~EmailReportStore() = default;
  // The newest email that a provider calls so, sandbox emails left out; nothing when there is none.
  virtual Result<std::optional<NotificationId>> email_of(std::string_view provider_reference) = 0;
  // With its tasks, in one commit. False: the feedback id is stored already, and nothing happened.
  virtual Result<bool> add_complaint(const Complaint& complaint, std::span<const NewTask> tasks) = 0;
  virtual Result<std::vector<Complaint>> complaints(ServiceId service, int limit) = 0;  // newest first
};

}  // namespace postroom::ports
