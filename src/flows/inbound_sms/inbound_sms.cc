#include "flows/inbound_sms/inbound_sms.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/key_ring.h"
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
    count(message.provider, "not ours");
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
    count(message.provider, "repeated");
    return InboundOutcome::repeated;
  }
  count(message.provider, "stored");
  log_info("inbound_sms.stored", {{"id", text.id.text()}, {"service", text.service_id.text()}});
  return InboundOutcome::stored;
}

void InboundSms::count(receipts::SmsProvider provider, std::string_view outcome) {
  if (ports_.metrics == nullptr) return;
  ports_.metrics
      ->counter("postroom_inbound_sms_total", "Texts that people sent, by what became of them",
                {{"provider", std::string(to_string(provider))}, {"outcome", std::string(outcome)}})
      .add();
}

namespace {

constexpr std::string_view kMissingPart = "[\xE2\x80\xA6]";

// The same for the same parts, so that a text is kept once when its last part comes again.
std::string joined_reference(const ports::InboundPart& first, std::string_view content) {
  const std::string text = fmt::format("{}|{}|{}|{}", first.sender, first.number, first.reference, content);
  return "joined-" + to_hex(hmac_sha256("parts of a received text", text)).substr(0, 32);
}

}  // namespace

Result<InboundOutcome> InboundSms::receive_joined(std::span<const ports::InboundPart> parts,
                                                  std::optional<UtcTime> sent_at) {
  const ports::InboundPart& first = parts.front();
  std::string content;
  std::size_t next = 0;
  for (int place = 1; place <= first.parts; ++place) {
    const bool is_there = next < parts.size() && parts[next].part == place;
    content += is_there ? std::string_view(parts[next].content) : kMissingPart;
    if (is_there) ++next;
  }
  const receipts::InboundMessage whole{
      .provider = receipts::parse_sms_provider(first.provider).value_or(receipts::SmsProvider::smpp),
      .number = first.number,
      .sender = first.sender,
      .content = content,
      .provider_reference = joined_reference(first, content),
      .sent_at = sent_at};
  POSTROOM_TRY(outcome, receive(whole));
  POSTROOM_CHECK(ports_.parts->remove_parts(first));
  return outcome;
}

Result<InboundOutcome> InboundSms::receive_part(const receipts::InboundMessage& message, const PartOf& place) {
  if (ports_.parts == nullptr || place.parts < 2) return receive(message);
  const ports::InboundPart part{.provider = std::string(to_string(message.provider)),
                                .number = message.number,
                                .sender = message.sender,
                                .reference = place.reference,
                                .parts = place.parts,
                                .part = place.part,
                                .created_at = ports_.clock.now(),
                                .content = message.content};
  POSTROOM_TRY(parts, ports_.parts->add_part(part));
  if (static_cast<int>(parts.size()) < place.parts) return InboundOutcome::stored;
  return receive_joined(parts, message.sent_at);
}

Result<int> InboundSms::receive_incomplete() {
  int count = 0;
  for (;;) {
    POSTROOM_TRY(oldest, ports_.parts->oldest_part(ports_.clock.now() - kPartsWait));
    if (!oldest) return count;
    // Keeps nothing that is not there: it gives those that belong together.
    POSTROOM_TRY(parts, ports_.parts->add_part(*oldest));
    log_warning("inbound_sms.incomplete", {{"parts", oldest->parts}, {"there", parts.size()}});
    POSTROOM_CHECK(receive_joined(parts, std::nullopt));
    ++count;
  }
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
