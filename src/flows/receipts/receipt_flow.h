// Applies providers' delivery receipts.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "core/notifications/status.h"
#include "core/receipts/sms_receipt.h"
#include "flows/callbacks/delivery_callback.h"
#include "ports/notification_store.h"

namespace postroom::flows {

struct Receipt {
  NotificationId id;
  notifications::NotificationStatus status = notifications::NotificationStatus::delivered;
  std::string provider;  // fills sent_by when the hand-over has not been recorded yet
  std::string detail;    // the provider's code or words; never personal
};

// A receipt in the provider's own terms, about a text.
struct SmsReceiptFor {
  NotificationId id;
  receipts::SmsReceipt receipt;
};

// State, event and the callback's task are one commit. Each method answers for each receipt whether it changed the
// state: one for a message that is unknown, of another channel, or at its end already changes nothing and is
// logged. A receipt for a text abroad counts only where the destination's networks report what happened at the
// phone. Safe from several threads.
class ReceiptFlow {
 public:
  // Without `metrics` nobody counts.
  ReceiptFlow(ports::NotificationStore& notifications, DeliveryCallbacks& callbacks, const Clock& clock,
              Metrics* metrics = nullptr)
      : notifications_(notifications), callbacks_(callbacks), clock_(clock), metrics_(metrics) {}

  // From every state that the table of states allows.
  Result<std::vector<bool>> apply(std::span<const Receipt> receipts);
  // Texts only. What some of Firetext's receipts mean depends on the state they meet.
  Result<std::vector<bool>> apply_sms(std::span<const SmsReceiptFor> receipts);
  // Emails only, and only while they are sending or pending: their provider has said that it has them.
  Result<std::vector<bool>> apply_email(std::span<const Receipt> receipts);

 private:
  // What a receipt makes of the message it meets.
  struct Verdict {
    notifications::NotificationStatus to;
    std::vector<notifications::NotificationStatus> from;
    std::string provider, detail;
    // The same receipt means something else in another state: worth a second look when the state has moved on.
    bool depends_on_state = false;
  };
  // Nothing: the receipt is not for this message.
  using Judge = std::function<std::optional<Verdict>(std::size_t place, const notifications::Notification&)>;

  Result<std::vector<bool>> apply_judged(std::span<const NotificationId> ids, std::string_view provider,
                                         const Judge& judge);
  // One look at `places`; returns those that must be looked at again.
  Result<std::vector<std::size_t>> round(std::span<const NotificationId> ids, std::span<const std::size_t> places,
                                         const Judge& judge, bool is_last, std::vector<bool>& changed);
  Result<ports::StatusMove> move_of(const notifications::Notification& notification, Verdict verdict);
  void measure(const notifications::Notification& before, const ports::StatusMove& move);

  ports::NotificationStore& notifications_;
  DeliveryCallbacks& callbacks_;
  const Clock& clock_;
  Metrics* metrics_;
};

}  // namespace postroom::flows
