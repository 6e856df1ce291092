// Hands texts and emails to their providers.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "core/content/email.h"
#include "flows/callbacks/delivery_callback.h"
#include "flows/deliver/cached_services.h"
#include "flows/deliver/personalisation_of.h"
#include "flows/deliver/simulated_receipt.h"
#include "flows/email/suppressions.h"
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
  // Where bounces go; each email's address has its id in it. Empty: to its sender.
  std::string bounce_address = {};
  // How long after its acceptance an email may still bounce before it counts as delivered.
  Duration bounce_wait{};
  Suppressions* suppressions = nullptr;                 // null: nobody is
  content::EmailBrand platform_brand = {};              // the look of emails, before a service's own brand
  const UnsubscribeLinks* unsubscribe_links = nullptr;  // null: templates with such a link cannot be sent
  Metrics* metrics = nullptr;                           // null: nobody counts
};

// Safe from several threads. Mailer and gateway may be null where no provider is configured; messages then wait
// with a retryable error that names the setting.
class DeliverFlow {
 public:
  DeliverFlow(ports::NotificationStore& notifications, ports::ServiceStore& services, TemplateCache& templates,
              ports::Mailer* mailer, ports::SmsGateway* gateway, DeliveryCallbacks& callbacks, const Clock& clock,
              DeliverOptions options);

  struct Delivery {
    std::optional<ports::PutOff> put_off;  // set: not handed over yet, its turn at the provider has not come
  };
  // For each id how it went: done (handed over, or nothing left to do), put off, retry_later, or a final error. A
  // final refusal by the provider is done: it has become the message's state. What a real provider has taken is
  // written down before the next one is handed over.
  std::vector<Result<Delivery>> deliver(std::span<const NotificationId> ids);
  // Retries are used up: created becomes technical-failure.
  Result<void> give_up(NotificationId id, std::string_view reason);

 private:
  struct HandOver;
  Result<Delivery> hand_over(const notifications::Notification& notification,
                             std::vector<ports::StatusMove>& moves);
  Result<HandOver> send_sms(const notifications::Notification& n, const accounts::Service& service);
  // A text whose receipt came before its hand-over was written down, which then never was: its parts are counted.
  Result<void> add_missing_units(const notifications::Notification& n);
  Result<HandOver> send_email(const notifications::Notification& n, const accounts::Service& service);
  bool is_with_provider(const ports::StatusMove& move) const;
  // The end of an email that must not go out; nothing when it may.
  Result<std::optional<ports::StatusMove>> suppressed(const notifications::Notification& n);
  Result<ports::StatusMove> failure(const notifications::Notification& n, notifications::NotificationStatus status,
                                    std::string cause, std::string detail);
  Result<void> commit(std::span<const notifications::Notification> notifications,
                      std::vector<ports::StatusMove>& moves);
  void measure(std::span<const notifications::Notification> notifications, const ports::StatusMove& handed_over);

  ports::NotificationStore& notifications_;
  CachedServices services_;  // an archived service's messages stop within its two seconds
  TemplateCache& templates_;
  ports::Mailer* mailer_;
  ports::SmsGateway* gateway_;
  DeliveryCallbacks& callbacks_;
  const Clock& clock_;
  DeliverOptions options_;
};

}  // namespace postroom::flows
