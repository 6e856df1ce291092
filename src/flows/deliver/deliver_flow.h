// Hands texts and emails to their providers.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ttl_cache.h"
#include "core/content/email.h"
#include "flows/callbacks/delivery_callback.h"
#include "flows/deliver/personalisation_of.h"
#include "flows/deliver/simulated_receipt.h"
#include "flows/send/template_cache.h"
#include "flows/unsubscribe/unsubscribe_links.h"
#include "ports/mailer.h"
#include "ports/notification_store.h"
#include "ports/sms_gateway.h"

namespace postroom::flows {

struct DeliverOptions {
  std::string email_domain;
  Duration receipt_delay{};  // of simulated receipts
  std::string sandbox_name;  // the provider whose receipts are simulated
  // The relay of emails tells what became of them: its acceptance is not taken for their delivery.
  bool relay_reports = false;
  content::EmailBrand platform_brand = {};              // the look of emails, before a service's own brand
  const UnsubscribeLinks* unsubscribe_links = nullptr;  // null: templates with such a link cannot be sent
};

// Safe from several threads. Mailer and gateway may be null where no provider is configured; messages then wait
// with a retryable error that names the setting.
class DeliverFlow {
 public:
  DeliverFlow(ports::NotificationStore& notifications, ports::ServiceStore& services, TemplateCache& templates,
              ports::Mailer* mailer, ports::SmsGateway* gateway, DeliveryCallbacks& callbacks, const Clock& clock,
              DeliverOptions options);

  // For each id how it went: done (handed over, or nothing left to do), retry_later, or a final error. A final
  // refusal by the provider is done: it has become the message's state.
  std::vector<Result<void>> deliver(std::span<const NotificationId> ids);
  // Retries are used up: created becomes technical-failure.
  Result<void> give_up(NotificationId id, std::string_view reason);

 private:
  struct HandOver;
  Result<void> hand_over(const notifications::Notification& notification, std::vector<ports::StatusMove>& moves);
  Result<HandOver> send_sms(const notifications::Notification& n, const accounts::Service& service);
  Result<HandOver> send_email(const notifications::Notification& n, const accounts::Service& service);
  Result<std::shared_ptr<const accounts::Service>> service_of(ServiceId id);
  Result<ports::StatusMove> failure(const notifications::Notification& n, notifications::NotificationStatus status,
                                    std::string cause, std::string detail);
  Result<void> commit(std::span<const notifications::Notification> notifications,
                      std::vector<ports::StatusMove>& moves);

  ports::NotificationStore& notifications_;
  ports::ServiceStore& services_;
  TemplateCache& templates_;
  ports::Mailer* mailer_;
  ports::SmsGateway* gateway_;
  DeliveryCallbacks& callbacks_;
  const Clock& clock_;
  DeliverOptions options_;
  // An archived service's messages stop within two seconds.
  TtlCache<ServiceId, accounts::Service> cached_services_{std::chrono::seconds{2}, 1024};
};

}  // namespace postroom::flows
