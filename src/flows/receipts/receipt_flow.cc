#include "flows/receipts/receipt_flow.h"

#include <numeric>
#include <unordered_map>

#include "base/log.h"
#include "core/recipients/sms_rates.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

namespace {

const std::vector<double> kReportSecondsBounds{1,   2,    5,    10,   30,    60,    120,   300,
                                               600, 1800, 3600, 7200, 18000, 36000, 108000};

// A text passes through "pending" once at most, so a receipt meets a changed state once at most.
constexpr int kRoundsMax = 2;

bool says_something(const Notification& n) {
  if (n.type != NotificationType::sms || !n.international) return true;
  const recipients::SmsRate* rate = recipients::SmsRates::built_in().find(n.phone_prefix);
  return rate != nullptr && rate->receipts == recipients::DeliveryReceipts::yes;
}

std::vector<NotificationId> ids_of(const auto& receipts) {
  std::vector<NotificationId> ids;
  ids.reserve(receipts.size());
  for (const auto& receipt : receipts) ids.push_back(receipt.id);
  return ids;
}

void log_wrong_channel(const Notification& n, std::string_view provider) {
  log_error("receipt.wrong_channel",
            {{"notification", n.id.text()}, {"type", to_string(n.type)}, {"provider", provider}});
}

}  // namespace

Result<std::vector<bool>> ReceiptFlow::apply(std::span<const Receipt> receipts) {
  return apply_judged(ids_of(receipts), receipts.empty() ? "" : receipts.front().provider,
                      [&](std::size_t place, const Notification& n) {
                        const Receipt& r = receipts[place];
                        return std::optional(Verdict{.to = r.status,
                                                     .from = notifications::sources_of(n.type, r.status),
                                                     .provider = r.provider,
                                                     .detail = r.detail});
                      });
}

Result<std::vector<bool>> ReceiptFlow::apply_sms(std::span<const SmsReceiptFor> receipts) {
  return apply_judged(
      ids_of(receipts), receipts.empty() ? "" : to_string(receipts.front().receipt.provider),
      [&](std::size_t place, const Notification& n) -> std::optional<Verdict> {
        const receipts::SmsReceipt& r = receipts[place].receipt;
        const std::string_view provider = to_string(r.provider);
        if (n.type != NotificationType::sms) {
          log_wrong_channel(n, provider);
          return std::nullopt;
        }
        auto outcome = receipts::outcome_of(r, n.sent_by.empty() ? provider : std::string_view(n.sent_by));
        if (!outcome.is_known) {
          log_error("receipt.unknown_status",
                    {{"notification", n.id.text()}, {"provider", provider}, {"detail", outcome.detail}});
        }
        if (outcome.says_nothing) return std::nullopt;
        const bool is_pending = n.status == NotificationStatus::pending;
        Verdict verdict{.to = is_pending ? outcome.if_pending : outcome.status,
                        .from = {},
                        .provider = std::string(provider),
                        .detail = outcome.detail,
                        .depends_on_state = outcome.status != outcome.if_pending};
        verdict.from = notifications::sources_of(n.type, verdict.to);
        if (verdict.depends_on_state) {
          std::erase_if(verdict.from,
                        [&](NotificationStatus s) { return (s == NotificationStatus::pending) != is_pending; });
        }
        return verdict;
      });
}

Result<std::vector<bool>> ReceiptFlow::apply_email(std::span<const Receipt> receipts) {
  return apply_judged(ids_of(receipts), receipts.empty() ? "" : receipts.front().provider,
                      [&](std::size_t place, const Notification& n) -> std::optional<Verdict> {
                        const Receipt& r = receipts[place];
                        if (n.type != NotificationType::email) {
                          log_wrong_channel(n, r.provider);
                          return std::nullopt;
                        }
                        return Verdict{.to = r.status,
                                       .from = {NotificationStatus::sending, NotificationStatus::pending},
                                       .provider = r.provider,
                                       .detail = r.detail};
                      });
}

Result<std::vector<bool>> ReceiptFlow::apply_judged(std::span<const NotificationId> ids, std::string_view provider,
                                                    const Judge& judge) {
  std::vector<bool> changed(ids.size(), false);
  std::vector<std::size_t> places(ids.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  for (int i = 1; i <= kRoundsMax && !places.empty(); ++i) {
    POSTROOM_TRY(again, round(ids, places, judge, i == kRoundsMax, changed));
    places = std::move(again);
  }
  log_debug("receipt.batch", {{"provider", provider}, {"receipts", ids.size()}});
  return changed;
}

Result<std::vector<std::size_t>> ReceiptFlow::round(std::span<const NotificationId> ids,
                                                    std::span<const std::size_t> places, const Judge& judge,
                                                    bool is_last, std::vector<bool>& changed) {
  std::vector<NotificationId> wanted;
  for (std::size_t place : places) wanted.push_back(ids[place]);
  POSTROOM_TRY(found, notifications_.find_all(wanted));
  std::unordered_map<NotificationId, const Notification*> by_id;
  for (const Notification& notification : found) by_id[notification.id] = &notification;

  struct Planned {
    std::size_t place;
    bool depends_on_state;
  };
  std::vector<ports::StatusMove> moves;
  std::vector<Planned> planned;  // of moves[i]
  for (std::size_t place : places) {
    auto known = by_id.find(ids[place]);
    if (known == by_id.end()) {
      log_warning("receipt.unknown_notification", {{"notification", ids[place].text()}});
      continue;
    }
    const Notification& notification = *known->second;
    if (!says_something(notification)) {
      log_debug("receipt.ignored_abroad", {{"notification", notification.id.text()}});
      continue;
    }
    auto verdict = judge(place, notification);
    if (!verdict) continue;
    const bool depends_on_state = verdict->depends_on_state;
    POSTROOM_TRY(move, move_of(notification, std::move(*verdict)));
    moves.push_back(std::move(move));
    planned.push_back({place, depends_on_state});
  }
  std::vector<std::size_t> again;
  if (moves.empty()) return again;
  POSTROOM_TRY(moved, notifications_.move_all(moves));
  for (std::size_t i = 0; i < moves.size(); ++i) {
    changed[planned[i].place] = moved[i];
    if (moved[i]) {
      measure(*by_id.at(moves[i].id), moves[i]);
      continue;
    }
    if (planned[i].depends_on_state && !is_last) {
      again.push_back(planned[i].place);
    } else {
      log_info("receipt.duplicate", {{"notification", moves[i].id.text()}, {"status", to_string(moves[i].to)}});
    }
  }
  return again;
}

void ReceiptFlow::measure(const Notification& before, const ports::StatusMove& move) {
  if (metrics_ == nullptr) return;
  const MetricLabels labels{{"notification_type", std::string(to_string(before.type))},
                            {"notification_status", std::string(to_string(move.to))},
                            {"key_type", std::string(to_string(before.key_type))},
                            {"provider_name", before.sent_by.empty() ? move.sent_by.value_or("") : before.sent_by}};
  auto seconds_since = [&](UtcTime start) { return std::chrono::duration<double>(move.at - start).count(); };
  metrics_
      ->histogram("postroom_notification_deliver_duration_seconds",
                  "Time from the acceptance of a message to a report that moved it", kReportSecondsBounds, labels)
      .observe(seconds_since(before.created_at));
  if (!before.sent_at) return;
  metrics_
      ->histogram("postroom_notification_callback_duration_seconds",
                  "Time from the hand-over of a message to a report that moved it", kReportSecondsBounds, labels)
      .observe(seconds_since(*before.sent_at));
}

Result<ports::StatusMove> ReceiptFlow::move_of(const Notification& notification, Verdict verdict) {
  const UtcTime now = clock_.now();
  ports::StatusMove move{.id = notification.id,
                         .from = std::move(verdict.from),
                         .to = verdict.to,
                         .at = now,
                         .cause = "receipt." + std::string(to_string(verdict.to)),
                         .detail = std::move(verdict.detail)};
  if (notification.sent_by.empty()) move.sent_by = std::move(verdict.provider);
  if (move.to != NotificationStatus::pending && notification.type != NotificationType::letter) {
    Notification after = notification;
    after.status = move.to;
    after.updated_at = now;
    POSTROOM_TRY(task, callbacks_.task_for(after));
    if (task) move.tasks.push_back(std::move(*task));
  }
  return move;
}

}  // namespace postroom::flows
