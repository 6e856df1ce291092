#include "core/notifications/status.h"

#include <array>

namespace postroom::notifications {
namespace {

using enum NotificationStatus;

constexpr std::array kAll{created,
                          sending,
                          sent,
                          pending,
                          delivered,
                          permanent_failure,
                          temporary_failure,
                          technical_failure,
                          validation_failed,
                          pending_virus_check,
                          virus_scan_failed,
                          cancelled,
                          returned_letter,
                          failed};

enum class Channels { all, letters, messages, texts };

struct Move {
  NotificationStatus from;
  NotificationStatus to;
  Channels channels;
};

constexpr std::array kMoves{
    Move{created, sending, Channels::all},
    Move{created, sent, Channels::texts},
    Move{created, delivered, Channels::messages},
    Move{created, permanent_failure, Channels::messages},
    Move{created, temporary_failure, Channels::messages},
    Move{created, pending, Channels::all},
    Move{created, technical_failure, Channels::all},
    Move{created, validation_failed, Channels::all},
    Move{created, cancelled, Channels::all},
    Move{pending, sending, Channels::letters},
    Move{pending_virus_check, created, Channels::letters},
    Move{pending_virus_check, delivered, Channels::letters},
    Move{pending_virus_check, validation_failed, Channels::letters},
    Move{pending_virus_check, virus_scan_failed, Channels::letters},
    Move{pending_virus_check, technical_failure, Channels::letters},
    Move{pending_virus_check, cancelled, Channels::letters},
    Move{sending, validation_failed, Channels::letters},
    Move{sending, pending, Channels::texts},
    Move{sending, delivered, Channels::all},
    Move{sending, permanent_failure, Channels::all},
    Move{sending, temporary_failure, Channels::all},
    Move{sending, technical_failure, Channels::all},
    Move{pending, delivered, Channels::all},
    Move{pending, permanent_failure, Channels::all},
    Move{pending, temporary_failure, Channels::all},
    Move{pending, technical_failure, Channels::all},
    Move{sent, pending, Channels::texts},
    Move{sent, delivered, Channels::texts},
    Move{sent, permanent_failure, Channels::texts},
    Move{sent, temporary_failure, Channels::texts},
    Move{sent, technical_failure, Channels::texts},
    Move{technical_failure, created, Channels::letters},
    Move{technical_failure, delivered, Channels::letters},
    Move{technical_failure, pending_virus_check, Channels::letters},
};

bool applies(Channels channels, NotificationType type) {
  switch (channels) {
    case Channels::all: return true;
    case Channels::letters: return type == NotificationType::letter;
    case Channels::messages: return type != NotificationType::letter;
    case Channels::texts: return type == NotificationType::sms;
  }
  return false;
}

}  // namespace

std::string_view to_string(NotificationStatus status) {
  switch (status) {
    case created: return "created";
    case sending: return "sending";
    case sent: return "sent";
    case pending: return "pending";
    case delivered: return "delivered";
    case permanent_failure: return "permanent-failure";
    case temporary_failure: return "temporary-failure";
    case technical_failure: return "technical-failure";
    case validation_failed: return "validation-failed";
    case pending_virus_check: return "pending-virus-check";
    case virus_scan_failed: return "virus-scan-failed";
    case cancelled: return "cancelled";
    case returned_letter: return "returned-letter";
    case failed: return "failed";
  }
  return "";
}

std::optional<NotificationStatus> parse_status(std::string_view text) {
  for (NotificationStatus status : kAll) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

std::span<const NotificationStatus> all_statuses() { return kAll; }

bool can_move(NotificationType type, NotificationStatus from, NotificationStatus to) {
  if (to == returned_letter) return type == NotificationType::letter && from != returned_letter;
  for (const Move& move : kMoves) {
    if (move.from == from && move.to == to && applies(move.channels, type)) return true;
  }
  return false;
}

std::vector<NotificationStatus> sources_of(NotificationType type, NotificationStatus to) {
  std::vector<NotificationStatus> out;
  for (NotificationStatus from : kAll) {
    if (can_move(type, from, to)) out.push_back(from);
  }
  return out;
}

bool is_completed(NotificationStatus status) {
  switch (status) {
    case created:
    case sending:
    case pending:
    case pending_virus_check: return false;
    default: return true;
  }
}

}  // namespace postroom::notifications
