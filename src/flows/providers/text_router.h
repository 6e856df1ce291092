// Gives each text to one of several providers.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/random.h"
#include "flows/providers/share_keeper.h"
#include "ports/notification_store.h"
#include "ports/provider_store.h"
#include "ports/sms_gateway.h"

namespace postroom::flows {

// How long the list of providers is believed, on the injected clock.
inline constexpr Duration kProvidersKeptFor = std::chrono::seconds{10};

// Must outlive the router; all are safe from several threads.
struct TextRouterPorts {
  ports::ProviderStore& providers;
  ports::NotificationStore& notifications;
  ShareKeeper& keeper;
  const Clock& clock;
  const Clock& wall;  // times what providers take
  Random& random;
  Metrics& metrics;
};

// The provider is drawn by share. One that surely has not taken the text is followed by the next within the same
// call; one that may have it ends the call, for the text would go out twice. Before a provider is asked it is on
// disk that it is. A text that is given again in doubt says so in its story and is counted: nobody can tell whether
// it comes twice. Safe from several threads.
class TextRouter final : public ports::SmsGateway {
 public:
  TextRouter(std::vector<std::unique_ptr<ports::SmsGateway>> gateways, TextRouterPorts ports);

  std::string_view name() const override { return "router"; }
  ports::SmsResult send(const ports::SmsMessage& message) override;

 private:
  using States = std::vector<ports::ProviderState>;
  Result<std::shared_ptr<const States>> states();
  Result<std::vector<ports::SmsGateway*>> order_for(const ports::SmsMessage& message);
  ports::SmsResult ask(ports::SmsGateway& gateway, const ports::SmsMessage& message);
  ports::SmsResult keep_parts(NotificationId id, ports::SmsResult taken);
  void note_failure(std::string_view provider, const ports::SmsFailure& failure);
  void note_repeat(NotificationId id, const ports::HandOverNote& before, std::string_view provider);
  ports::SmsGateway* gateway_of(std::string_view name) const;

  std::vector<std::unique_ptr<ports::SmsGateway>> gateways_;
  TextRouterPorts ports_;
  std::mutex mutex_;
  std::shared_ptr<const States> states_;
  UtcTime states_at_;
};

}  // namespace postroom::flows
