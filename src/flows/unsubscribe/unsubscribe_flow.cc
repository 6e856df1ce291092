#include "flows/unsubscribe/unsubscribe_flow.h"

#include "base/log.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationType;

namespace {

// One answer for all reasons: whoever tries links out learns nothing from it.
tl::unexpected<Error> no_such_link() {
  return fail(ErrorKind::not_found, "the link is not valid, is more than a year old, or its email is gone");
}

}  // namespace

Result<Subscription> UnsubscribeFlow::look(std::string_view notification_id, std::string_view token) {
  POSTROOM_TRY(email, email_of(notification_id, token));
  return subscription_of(email);
}

Result<Subscription> UnsubscribeFlow::request(std::string_view notification_id, std::string_view token) {
  POSTROOM_TRY(email, email_of(notification_id, token));
  POSTROOM_TRY(subscription, subscription_of(email));
  POSTROOM_TRY(is_new, requests_.add({.notification_id = email.id,
                                      .service_id = email.service_id,
                                      .template_id = email.template_id,
                                      .template_version = email.template_version,
                                      .email_address = email.to,
                                      .sent_at = email.created_at,
                                      .requested_at = clock_.now()}));
  log_info(is_new ? "unsubscribe.requested" : "unsubscribe.requested_again",
           {{"notification", email.id.text()}, {"service", email.service_id.text()}});
  return subscription;
}

Result<Notification> UnsubscribeFlow::email_of(std::string_view notification_id, std::string_view token) {
  // The token first: without a good one nobody can make the store work.
  auto address = links_.address_in(token);
  auto id = NotificationId::parse(notification_id);
  if (!address || !id) return no_such_link();
  auto email = notifications_.find(*id);
  if (!email && email.error().kind == ErrorKind::not_found) return archived_email_of(*id, *address);
  if (!email) return fail(email.error());
  // A good token of another email must not speak for this one.
  if (email->type != NotificationType::email || email->to != *address) return no_such_link();
  return email;
}

Result<Notification> UnsubscribeFlow::archived_email_of(NotificationId id, const std::string& address) {
  if (archive_ == nullptr) return no_such_link();
  POSTROOM_TRY(found, archive_->find_all(std::span(&id, 1)));
  if (found.empty() || found.front().type != NotificationType::email) return no_such_link();
  Notification email = std::move(found.front());
  email.to = address;
  return email;
}

Result<Subscription> UnsubscribeFlow::subscription_of(const Notification& email) {
  auto service = services_.find(email.service_id);
  if (!service && service.error().kind == ErrorKind::not_found) return no_such_link();
  if (!service) return fail(service.error());
  return Subscription{.service_name = service->name, .address = email.to};
}

}  // namespace postroom::flows
