#include "flows/receipts/receipt_flow.h"

#include <unordered_map>

#include "base/log.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;

Result<std::vector<bool>> ReceiptFlow::apply(std::span<const Receipt> receipts) {
  std::vector<NotificationId> ids;
  for (const Receipt& receipt : receipts) ids.push_back(receipt.id);
  POSTROOM_TRY(found, notifications_.find_all(ids));
  std::unordered_map<NotificationId, const Notification*> by_id;
  for (const Notification& notification : found) by_id[notification.id] = &notification;

  std::vector<ports::StatusMove> moves;
  std::vector<std::size_t> places;  // of moves[i] in `receipts`
  UtcTime now = clock_.now();
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const Receipt& receipt = receipts[i];
    auto known = by_id.find(receipt.id);
    if (known == by_id.end()) {
      log_warning("receipt.unknown_notification",
                  {{"notification", receipt.id.text()}, {"provider", receipt.provider}});
      continue;
    }
    const Notification& notification = *known->second;
    ports::StatusMove move{.id = receipt.id,
                           .from = notifications::sources_of(notification.type, receipt.status),
                           .to = receipt.status,
                           .at = now,
                           .cause = "receipt." + std::string(to_string(receipt.status)),
                           .detail = receipt.detail};
    if (notification.sent_by.empty()) move.sent_by = receipt.provider;
    if (receipt.status != NotificationStatus::pending &&
        notification.type != notifications::NotificationType::letter) {
      Notification after = notification;
      after.status = receipt.status;
      after.updated_at = now;
      POSTROOM_TRY(task, callbacks_.task_for(after));
      if (task) move.tasks.push_back(std::move(*task));
    }
    moves.push_back(std::move(move));
    places.push_back(i);
  }
  std::vector<bool> changed(receipts.size(), false);
  if (moves.empty()) return changed;
  POSTROOM_TRY(moved, notifications_.move_all(moves));
  for (std::size_t i = 0; i < moves.size(); ++i) {
    changed[places[i]] = moved[i];
    if (!moved[i]) {
      log_info("receipt.duplicate", {{"notification", moves[i].id.text()}, {"status", to_string(moves[i].to)}});
    }
  }
  return changed;
}

}  // namespace postroom::flows
