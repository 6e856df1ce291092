#include "flows/inbound_sms/inbound_sms.h"

#include "base/log.h"
#include "flows/callbacks/inbound_callback.h"

namespace postroom::flows {

Result<std::optional<ServiceId>> InboundSms::receiver_of(const std::string& number) {
  const std::optional<ServiceId> nobody;
  // The longest we store is far shorter; a look-up of anything else finds nothing.
  if (number.empty() || number.size() > receipts::kInboundNumberDigitsMax) return nobody;
  POSTROOM_TRY(known, ports_.texts.find_number(number));
  if (!known || !known->is_active || !known->service_id) return nobody;
  auto service = ports_.services.find(*known->service_id);
  if (!service && service.error().kind == ErrorKind::not_found) return nobody;
  if (!service) return fail(std::move(service).error());
  if (!service->active || !service->has(accounts::Permission::inbound_sms)) return nobody;
  return std::optional(service->id);
}

Result<InboundOutcome> InboundSms::receive(const receipts::InboundMessage& message) {
  POSTROOM_TRY(service, receiver_of(message.number));
  if (!service) {
    log_warning("inbound_sms.not_ours", {{"provider", to_string(message.provider)},
                                         {"number", message.number.substr(0, receipts::kInboundNumberDigitsMax)}});
    return InboundOutcome::not_ours;
  }
  const UtcTime now = ports_.clock.now();
  const receipts::InboundText text{.id = receipts::InboundTextId{Uuid::time_ordered(now, ports_.random)},
                                   .service_id = *service,
                                   .notify_number = message.number,
                                   .provider = std::string(to_string(message.provider)),
                                   .provider_reference = message.provider_reference,
                                   .provider_date = message.sent_at.value_or(now),
                                   .created_at = now,
                                   .user_number = message.sender,
                                   .content = message.content};
  const ports::NewTask task = InboundCallbacks::task_for(text);
  POSTROOM_TRY(is_new, ports_.texts.receive(text, std::span(&task, 1)));
  if (!is_new) {
    log_info("inbound_sms.repeated", {{"provider", text.provider}, {"reference", text.provider_reference}});
    return InboundOutcome::repeated;
  }
  log_info("inbound_sms.stored", {{"id", text.id.text()}, {"service", text.service_id.text()}});
  return InboundOutcome::stored;
}

Result<int> InboundSms::remove_old() {
  const Date today = ports_.zone.local_date(ports_.clock.now());
  const UtcTime before = ports_.zone.to_utc(add_days(today, -retention_days_), Duration::zero());
  int removed = 0;
  for (int batch = kSweepBatch; batch == kSweepBatch; removed += batch) {
    POSTROOM_TRY(count, ports_.texts.remove_older(before, kSweepBatch));
    batch = count;
  }
  if (removed > 0) log_info("inbound_sms.removed", {{"count", removed}});
  return removed;
}

}  // namespace postroom::flows
