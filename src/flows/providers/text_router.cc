#include "flows/providers/text_router.h"

#include <fmt/format.h>

#include "base/log.h"

namespace postroom::flows {
namespace {

using ports::ProviderState;
using ports::SmsFailure;
using ports::SmsGateway;
using ports::SmsMessage;
using ports::SmsResult;

const std::vector<double> kSecondsBounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

tl::unexpected<SmsFailure> untouched(const Error& error) {
  return tl::unexpected(SmsFailure(error.kind, error.message, false));
}

// The metric's label: "" for success.
std::string error_type(const SmsResult& result) {
  if (result) return "";
  if (result.error().kind == ErrorKind::rejected) return "rejected";
  return result.error().maybe_taken ? "in_doubt" : "not_taken";
}

}  // namespace

TextRouter::TextRouter(std::vector<std::unique_ptr<SmsGateway>> gateways, TextRouterPorts ports)
    : gateways_(std::move(gateways)), ports_(ports) {}

SmsGateway* TextRouter::gateway_of(std::string_view name) const {
  for (const auto& gateway : gateways_) {
    if (gateway->name() == name) return gateway.get();
  }
  return nullptr;
}

Result<std::shared_ptr<const TextRouter::States>> TextRouter::states() {
  const UtcTime now = ports_.clock.now();
  std::lock_guard lock(mutex_);
  if (states_ && now >= states_at_ && now - states_at_ < kProvidersKeptFor) return states_;
  auto read = ports_.keeper.in_use();
  if (!read) {
    // What was true a moment ago is better than nothing going out.
    if (states_) return states_;
    return fail(read.error());
  }
  states_ = std::make_shared<const States>(std::move(*read));
  states_at_ = now;
  for (const ProviderState& state : *states_) {
    ports_.metrics
        .gauge("postroom_provider_priority", "Share of the texts, relative to the other providers'",
               {{"provider_name", state.name}})
        .set(state.is_active ? state.share : 0);
    ports_.metrics
        .gauge("postroom_provider_updated_at_seconds", "When the provider was changed last, Unix time",
               {{"provider_name", state.name}})
        .set(static_cast<double>(to_micros(state.changed_at)) / 1e6);
  }
  return states_;
}

Result<std::vector<SmsGateway*>> TextRouter::order_for(const SmsMessage& message) {
  POSTROOM_TRY(known, states());
  std::vector<SmsGateway*> candidates;
  std::vector<int> shares;
  for (const ProviderState& state : *known) {
    if (!state.is_active || (message.international && !state.is_international)) continue;
    SmsGateway* gateway = gateway_of(state.name);
    if (gateway == nullptr) continue;
    candidates.push_back(gateway);
    shares.push_back(state.share);
  }
  std::vector<SmsGateway*> order;
  for (std::size_t place : texting::draw_order(shares, ports_.random)) order.push_back(candidates[place]);
  return order;
}

SmsResult TextRouter::ask(SmsGateway& gateway, const SmsMessage& message) {
  const UtcTime start = ports_.wall.now();
  SmsResult result = gateway.send(message);
  const double seconds = std::chrono::duration<double>(ports_.wall.now() - start).count();
  ports_.metrics
      .histogram("postroom_provider_request_duration_seconds", "Time that a provider took to answer",
                 kSecondsBounds,
                 {{"notification_type", "sms"},
                  {"provider_name", std::string(gateway.name())},
                  {"error_type", error_type(result)}})
      .observe(seconds);
  return result;
}

void TextRouter::note_failure(std::string_view provider, const SmsFailure& failure) {
  log_warning("provider.failed",
              {{"provider", provider}, {"maybe_taken", failure.maybe_taken}, {"error", failure.message}});
  if (auto noted = ports_.keeper.note_error(provider); !noted)
    log_warning("provider.error_not_counted", {{"provider", provider}, {"error", noted.error().message}});
}

void TextRouter::note_repeat(NotificationId id, const ports::HandOverNote& before, std::string_view provider) {
  log_warning("provider.asked_again",
              {{"notification", id.text()}, {"provider", provider}, {"before", before.provider}});
  ports_.metrics
      .counter("postroom_texts_given_again_total",
               "Texts given to a provider again while nobody knew whether the time before had been in vain",
               {{"provider_name", std::string(provider)}})
      .add();
  auto added = ports_.notifications.add_event(
      id, {.at = ports_.clock.now(),
           .status = notifications::NotificationStatus::created,
           .cause = "provider.asked_again",
           .detail = fmt::format("{} was asked at {} and may have it: the answer was lost", before.provider,
                                 format_rfc3339(before.begun_at))});
  if (!added)
    log_warning("provider.repeat_not_told", {{"notification", id.text()}, {"error", added.error().message}});
}

SmsResult TextRouter::keep_parts(NotificationId id, SmsResult taken) {
  if (taken->part_names.empty()) return taken;
  auto kept = ports_.providers.add_parts(id, taken->provider, taken->part_names, ports_.clock.now());
  // Its receipts could never be told apart: given again, and counted as such.
  if (!kept) return tl::unexpected(SmsFailure(kept.error().kind, kept.error().message, true));
  return taken;
}

SmsResult TextRouter::send(const SmsMessage& message) {
  auto order = order_for(message);
  if (!order) return untouched(order.error());
  auto id = NotificationId::parse(message.reference);
  if (!id) return tl::unexpected(SmsFailure(ErrorKind::internal, "a text without an id", false));
  SmsFailure last(ErrorKind::retry_later,
                  message.international
                      ? "no provider that is active takes texts abroad: see `postroom provider list`"
                      : "no provider is active: see `postroom provider list`",
                  false);
  for (SmsGateway* gateway : *order) {
    auto before = ports_.providers.begin_hand_over(*id, gateway->name(), ports_.clock.now());
    if (!before) return untouched(before.error());
    if (*before) note_repeat(*id, **before, gateway->name());
    SmsResult result = ask(*gateway, message);
    if (result) return keep_parts(*id, std::move(result));
    last = result.error();
    if (last.kind != ErrorKind::rejected) note_failure(gateway->name(), last);
    if (last.maybe_taken) return result;
    if (auto voided = ports_.providers.void_hand_over(*id); !voided) return untouched(voided.error());
    if (last.kind == ErrorKind::rejected) return result;
  }
  return tl::unexpected(last);
}

}  // namespace postroom::flows
