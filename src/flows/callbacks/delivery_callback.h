// Delivery receipts and complaints to services.
#pragma once

#include <optional>
#include <string>

#include "core/notifications/notification.h"
#include "ports/account_store.h"
#include "ports/task_queue.h"

namespace postroom::flows {

// The JSON body for a message in its present state.
std::string delivery_callback_body(const notifications::Notification& notification);

// A recipient called an email spam.
struct ComplaintNotice {
  std::string id;  // ours
  std::string to;  // who complained; personal
  std::optional<UtcTime> at;
};
std::string complaint_callback_body(const notifications::Notification& notification,
                                    const ComplaintNotice& complaint);

// Safe from several threads.
class DeliveryCallbacks {
 public:
  explicit DeliveryCallbacks(ports::ServiceStore& services) : services_(services) {}
  // The task that will post the callback, with URL, token and body as they are now; nothing when the service
  // has no delivery callback.
  Result<std::optional<ports::NewTask>> task_for(const notifications::Notification& notification);
  // The same for a complaint and the service's complaint callback; due at `now`.
  Result<std::optional<ports::NewTask>> complaint_task_for(const notifications::Notification& notification,
                                                           const ComplaintNotice& complaint, UtcTime now);
  // The same for a letter that came back and the service's callback for those: `body` is
  // returned_callback_body()'s.
  Result<std::optional<ports::NewTask>> returned_task_for(ServiceId service, NotificationId letter,
                                                          std::string body, UtcTime now);

 private:
  ports::ServiceStore& services_;
};

}  // namespace postroom::flows
