// What happens when a recipient follows the link.
#pragma once

#include <string>
#include <string_view>

#include "flows/unsubscribe/unsubscribe_links.h"
#include "ports/account_store.h"
#include "ports/archive_store.h"
#include "ports/notification_store.h"
#include "ports/unsubscribe_store.h"

namespace postroom::flows {

// What the recipient would no longer get.
struct Subscription {
  std::string service_name;
  std::string address;  // the recipient's; personal
};

// Safe from several threads. All must outlive it.
class UnsubscribeFlow {
 public:
  UnsubscribeFlow(const UnsubscribeLinks& links, ports::NotificationStore& notifications,
                  ports::ServiceStore& services, ports::UnsubscribeStore& requests, const Clock& clock,
                  ports::ArchiveStore* archive = nullptr)
      : links_(links),
        notifications_(notifications),
        services_(services),
        requests_(requests),
        clock_(clock),
        archive_(archive) {}

  // Changes nothing: mail scanners follow every link. not_found when the link is not ours, altered, older than
  // kUnsubscribeLinkAgeMax, or its email is gone; retry_later, corrupt.
  Result<Subscription> look(std::string_view notification_id, std::string_view token);
  // Stores the request. Doing it again is no error and stores nothing more. Errors as above.
  Result<Subscription> request(std::string_view notification_id, std::string_view token);

 private:
  Result<notifications::Notification> email_of(std::string_view notification_id, std::string_view token);
  // An email whose days are over: the link outlives it, and knows the address that the archive does not.
  Result<notifications::Notification> archived_email_of(NotificationId id, const std::string& address);
  Result<Subscription> subscription_of(const notifications::Notification& email);

  const UnsubscribeLinks& links_;
  ports::NotificationStore& notifications_;
  ports::ServiceStore& services_;
  ports::UnsubscribeStore& requests_;
  const Clock& clock_;
  ports::ArchiveStore* archive_;  // may be null
};

}  // namespace postroom::flows
