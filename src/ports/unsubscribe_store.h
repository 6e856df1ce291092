// Requests of recipients to get no more such emails.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::ports {

// Requests in one answer of UnsubscribeStore::list().
inline constexpr int kUnsubscribeListMax = 10'000;

struct UnsubscribeRequest {
  NotificationId notification_id;  // the email whose link was followed
  ServiceId service_id;
  TemplateId template_id;
  int template_version = 1;
  std::string email_address;  // personal: encrypted at rest
  UtcTime sent_at;            // when the email was accepted
  UtcTime requested_at;

  friend bool operator==(const UnsubscribeRequest&, const UnsubscribeRequest&) = default;
};

// Safe from several threads. retry_later when the database is busy or away; corrupt when an address was altered.
class UnsubscribeStore {
 public:
  virtual ~UnsubscribeStore() = default;
  // One for each notification: false when it has one already, which stays as it is.
  virtual Result<bool> add(const UnsubscribeRequest& request) = 0;
  // A service's requests since a time (that time included), newest first, at most `limit` and
  // kUnsubscribeListMax.
  virtual Result<std::vector<UnsubscribeRequest>> list(ServiceId service, std::optional<UtcTime> since,
                                                       int limit) = 0;
};

}  // namespace postroom::ports
