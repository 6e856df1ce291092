#include "flows/deliver/deliver_flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/log.h"
#include "core/email/return_path.h"
#include "core/notifications/simulated_outcome.h"
#include "flows/deliver/email_look.h"
#include "flows/deliver/give_up.h"
#include "ports/task_names.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

namespace {

constexpr std::string_view kTestKeyProvider = "test-key";
// Messages that would have to wait longer for those before them go back to the queue, where another thread may be
// free.
constexpr Duration kWaitForOthersMax = std::chrono::seconds{2};
const std::vector<double> kSendSecondsBounds{0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600};

// "550 5.1.1" out of "mail relay host:port refused the message: 550 5.1.1".
std::string_view last_words(std::string_view message) {
  const std::size_t colon = message.rfind(": ");
  return colon == std::string_view::npos ? message : message.substr(colon + 2);
}

}  // namespace

// What a provider said to one message.
struct DeliverFlow::HandOver {
  std::string provider;
  std::string provider_reference;
  int billable_units = 0;
  std::optional<ports::PutOff> put_off = {};
  bool only_acceptance = false;  // nothing more will be heard: acceptance counts as delivery
};

DeliverFlow::DeliverFlow(ports::NotificationStore& notifications, ports::ServiceStore& services,
                         TemplateCache& templates, ports::Mailer* mailer, ports::SmsGateway* gateway,
                         DeliveryCallbacks& callbacks, const Clock& clock, DeliverOptions options)
    : notifications_(notifications),
      services_(services, clock),
      templates_(templates),
      mailer_(mailer),
      gateway_(gateway),
      callbacks_(callbacks),
      clock_(clock),
      options_(std::move(options)) {}

std::vector<Result<DeliverFlow::Delivery>> DeliverFlow::deliver(std::span<const NotificationId> ids) {
  std::vector<Result<Delivery>> results(ids.size());
  auto found = notifications_.find_all(ids);
  if (!found) {
    for (auto& result : results) result = fail(found.error());
    return results;
  }
  std::unordered_map<NotificationId, const Notification*> by_id;
  for (const Notification& notification : *found) by_id[notification.id] = &notification;

  const UtcTime begun = clock_.now();
  std::vector<ports::StatusMove> moves;
  std::vector<std::size_t> moved_places;
  const auto write_down = [&] {
    if (auto committed = commit(*found, moves); !committed) {
      // The provider has them; the next run hands them over again under the same reference.
      for (std::size_t place : moved_places) results[place] = fail(committed.error());
    }
    moves.clear();
    moved_places.clear();
  };
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto known = by_id.find(ids[i]);
    if (known == by_id.end()) {
      results[i] = fail(ErrorKind::not_found, "notification " + ids[i].text() + " is not in the store");
      continue;
    }
    if (known->second->status != NotificationStatus::created) {
      log_info("deliver.not_created",
               {{"notification", ids[i].text()}, {"status", to_string(known->second->status)}});
      if (auto added = add_missing_units(*known->second); !added) results[i] = fail(std::move(added).error());
      continue;
    }
    if (clock_.now() - begun > kWaitForOthersMax) {
      results[i] = Delivery{ports::PutOff{Duration::zero(), "the messages before it took long"}};
      continue;
    }
    std::size_t before = moves.size();
    results[i] = hand_over(*known->second, moves);
    if (moves.size() == before) continue;
    moved_places.push_back(i);
    if (is_with_provider(moves.back())) write_down();
  }
  write_down();
  return results;
}

// Killed before that is written down, a process hands it over twice.
bool DeliverFlow::is_with_provider(const ports::StatusMove& move) const {
  return move.sent_at && move.sent_by != options_.sandbox_name && move.sent_by != kTestKeyProvider;
}

Result<DeliverFlow::Delivery> DeliverFlow::hand_over(const Notification& n, std::vector<ports::StatusMove>& moves) {
  POSTROOM_TRY(service, services_.find(n.service_id));
  if (!service->active) {
    POSTROOM_TRY(move,
                 failure(n, NotificationStatus::technical_failure, "service.archived", "the service is archived"));
    moves.push_back(std::move(move));
    return Delivery();
  }
  POSTROOM_TRY(suppression, suppressed(n));
  if (suppression) {
    moves.push_back(std::move(*suppression));
    return Delivery();
  }
  auto handed = n.type == NotificationType::sms ? send_sms(n, *service) : send_email(n, *service);
  if (!handed) {
    const Error& error = handed.error();
    if (error.kind == ErrorKind::rejected && n.type == NotificationType::email) {
      POSTROOM_TRY(move, failure(n, NotificationStatus::permanent_failure, "provider.rejected", error.message));
      if (options_.suppressions != nullptr && email::says_address_is_bad(error.message))
        POSTROOM_CHECK(options_.suppressions->add_bounced(n, last_words(error.message)));
      moves.push_back(std::move(move));
      return Delivery();
    }
    if (error.kind == ErrorKind::rejected || error.kind == ErrorKind::invalid_input) {
      POSTROOM_TRY(move, failure(n, NotificationStatus::technical_failure, "provider.rejected", error.message));
      moves.push_back(std::move(move));
      return Delivery();
    }
    return fail(error);
  }
  if (handed->put_off) return Delivery{std::move(handed->put_off)};
  UtcTime now = clock_.now();
  NotificationStatus next =
      n.type == NotificationType::sms && n.international ? NotificationStatus::sent : NotificationStatus::sending;
  ports::StatusMove move{.id = n.id,
                         .from = {NotificationStatus::created},
                         .to = next,
                         .at = now,
                         .cause = "provider.accepted",
                         .detail = handed->provider_reference,
                         .sent_at = now,
                         .sent_by = handed->provider,
                         .provider_reference = handed->provider_reference,
                         .billable_units = handed->billable_units};
  bool test_key = n.key_type == accounts::KeyType::test;
  if (test_key || handed->provider == options_.sandbox_name || handed->only_acceptance) {
    SimulatedReceipt receipt{.provider = handed->provider};
    if (handed->only_acceptance)
      receipt.detail = "accepted by the relay";
    else
      receipt.status = notifications::simulated_outcome(n.type, n.normalised_to);
    UtcTime due = now + (handed->only_acceptance ? options_.bounce_wait : options_.receipt_delay);
    move.tasks.push_back({.queue = std::string(ports::kReceiptQueue),
                          .kind = std::string(ports::kSimulateReceipt),
                          .subject = n.id.text(),
                          .payload = to_payload(receipt),
                          .run_at = due});
  }
  moves.push_back(std::move(move));
  return Delivery();
}

namespace {

Result<content::SmsText> render_sms(TemplateCache& templates, const Notification& n,
                                    const accounts::Service& service) {
  POSTROOM_TRY(loaded, templates.find(n.service_id, n.template_id, n.template_version));
  POSTROOM_TRY(values, personalisation_of(n));
  const auto& text = loaded->sms;
  if (!text) return fail(ErrorKind::corrupt, "the template of text " + n.id.text() + " is not a text template");
  return text->render(values, service.prefix_sms ? service.name : "");
}

}  // namespace

Result<void> DeliverFlow::add_missing_units(const Notification& n) {
  const bool is_counted = n.type != NotificationType::sms || n.billable_units > 0 ||
                          n.status == NotificationStatus::technical_failure ||
                          n.key_type == accounts::KeyType::test;
  if (is_counted) return {};
  POSTROOM_TRY(service, services_.find(n.service_id));
  POSTROOM_TRY(rendered, render_sms(templates_, n, *service));
  return notifications_.update({.id = n.id, .billable_units = rendered.fragments()});
}

Result<DeliverFlow::HandOver> DeliverFlow::send_sms(const Notification& n, const accounts::Service& service) {
  POSTROOM_TRY(rendered, render_sms(templates_, n, service));
  HandOver handed{.billable_units = rendered.fragments()};
  if (n.key_type == accounts::KeyType::test) {
    handed.provider = kTestKeyProvider;
    return handed;
  }
  if (gateway_ == nullptr) {
    return fail(ErrorKind::retry_later, "no provider of texts is configured: set sms.provider");
  }
  auto taken = gateway_->send({.to = n.normalised_to,
                               .sender = n.reply_to.empty() ? service.default_sms_sender() : n.reply_to,
                               .text = rendered.text,
                               .reference = n.id.text(),
                               .international = n.international,
                               .fragments = handed.billable_units,
                               .ucs2 = rendered.ucs2});
  if (!taken) {
    // A receipt may come all the same: the text then counts with its parts.
    if (n.billable_units != handed.billable_units)
      POSTROOM_CHECK(notifications_.update({.id = n.id, .billable_units = handed.billable_units}));
    return fail(static_cast<Error&&>(std::move(taken).error()));
  }
  handed.provider = std::move(taken->provider);
  handed.provider_reference = std::move(taken->provider_reference);
  return handed;
}

Result<DeliverFlow::HandOver> DeliverFlow::send_email(const Notification& n, const accounts::Service& service) {
  POSTROOM_TRY(loaded, templates_.find(n.service_id, n.template_id, n.template_version));
  POSTROOM_TRY(values, personalisation_of(n));
  const auto& text = loaded->email;
  if (!text) return fail(ErrorKind::corrupt, "the template of email " + n.id.text() + " is not an email template");
  HandOver handed;
  if (n.key_type == accounts::KeyType::test) {
    handed.provider = kTestKeyProvider;
    return handed;
  }
  if (mailer_ == nullptr) {
    return fail(ErrorKind::retry_later, "no provider of emails is configured: set email.provider");
  }
  POSTROOM_TRY(links, email_links(n, *loaded, options_.unsubscribe_links));
  const content::EmailBrand look = email_look(options_.platform_brand, service.email_brand);
  content::EmailOptions options{.unsubscribe_url = std::move(links.page_url)};
  ports::EmailMessage message{.to = n.to,
                              .from_name = service.name,
                              .from_address = service.email_local_part + "@" + options_.email_domain,
                              .return_path = email::return_path(options_.bounce_address, n.id),
                              .reply_to = n.reply_to,
                              .subject = text->render_subject(values),
                              .text_body = text->render_plain(values, options) + content::plain_footer(look),
                              .html_body = text->render_html(values, look, options),
                              .list_unsubscribe_url = std::move(links.header_url),
                              .message_reference = n.id.text(),
                              .date = clock_.now()};
  POSTROOM_TRY(receipt, mailer_->send(message));
  handed.put_off = std::move(receipt.put_off);
  handed.provider = receipt.provider;
  handed.provider_reference = receipt.provider_reference;
  handed.only_acceptance = receipt.provider != options_.sandbox_name && !options_.relay_reports;
  return handed;
}

Result<std::optional<ports::StatusMove>> DeliverFlow::suppressed(const Notification& n) {
  using Move = std::optional<ports::StatusMove>;
  if (options_.suppressions == nullptr || n.type != NotificationType::email ||
      n.key_type == accounts::KeyType::test)
    return Move();
  POSTROOM_TRY(suppression, options_.suppressions->find(n));
  if (!suppression) return Move();
  POSTROOM_TRY(move,
               failure(n, NotificationStatus::permanent_failure, "email.suppressed", reason_text(*suppression)));
  return Move(std::move(move));
}

Result<ports::StatusMove> DeliverFlow::failure(const Notification& n, NotificationStatus status, std::string cause,
                                               std::string detail) {
  ports::StatusMove move{.id = n.id,
                         .from = notifications::sources_of(n.type, status),
                         .to = status,
                         .at = clock_.now(),
                         .cause = std::move(cause),
                         .detail = std::move(detail)};
  // A provider's refusal is heard of like a receipt; our own faults are not.
  if (status != NotificationStatus::technical_failure) {
    Notification after = n;
    after.status = status;
    after.updated_at = move.at;
    POSTROOM_TRY(task, callbacks_.task_for(after));
    if (task) move.tasks.push_back(std::move(*task));
  }
  return move;
}

Result<void> DeliverFlow::commit(std::span<const Notification> notifications,
                                 std::vector<ports::StatusMove>& moves) {
  if (moves.empty()) return {};
  POSTROOM_TRY(moved, notifications_.move_all(moves));
  for (std::size_t i = 0; i < moves.size(); ++i) {
    measure(notifications, moves[i]);
    if (moved[i] || !moves[i].sent_at) continue;
    // A receipt was faster than the provider's answer: its state stays, the hand-over is recorded beside it.
    POSTROOM_CHECK(notifications_.update({.id = moves[i].id,
                                          .sent_at = moves[i].sent_at,
                                          .sent_by = moves[i].sent_by,
                                          .provider_reference = moves[i].provider_reference,
                                          .billable_units = moves[i].billable_units}));
  }
  log_debug("deliver.batch", {{"read", notifications.size()}, {"moved", moves.size()}});
  return {};
}

void DeliverFlow::measure(std::span<const Notification> notifications, const ports::StatusMove& handed_over) {
  if (options_.metrics == nullptr || !handed_over.sent_at) return;
  auto n = std::find_if(notifications.begin(), notifications.end(),
                        [&](const Notification& other) { return other.id == handed_over.id; });
  if (n == notifications.end()) return;
  options_.metrics
      ->histogram("postroom_notification_send_duration_seconds",
                  "Time from the acceptance of a message, or its planned time, to its hand-over",
                  kSendSecondsBounds,
                  {{"notification_type", std::string(to_string(n->type))},
                   {"key_type", std::string(to_string(n->key_type))},
                   {"provider_name", handed_over.sent_by.value_or("")}})
      .observe(std::chrono::duration<double>(*handed_over.sent_at -
                                             std::max(n->created_at, n->scheduled_for.value_or(n->created_at)))
                   .count());
  if (!n->international) return;
  options_.metrics
      ->counter("postroom_notification_sms_internationals_total", "Texts abroad that were handed over",
                {{"country_code", n->phone_prefix}})
      .add();
}

Result<void> DeliverFlow::give_up(NotificationId id, std::string_view reason) {
  return give_up_waiting(notifications_, id, clock_.now(), reason);
}

}  // namespace postroom::flows
