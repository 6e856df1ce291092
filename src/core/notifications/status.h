// The states of a notification and the moves between them.
//
//   from                    to                          when
//   created                 sending                     handed to the provider; letters: zip verified
//   created                 sent                        international text handed over
//   created                 delivered, *-failure        a receipt overtook the hand-over (email, sms)
//   created, sending        technical_failure           given up: retries used, PDF or zip failed for good
//   created                 validation_failed           letter longer than allowed; job row with a bad number
//   sending                 validation_failed           a test key's letter is longer than allowed
//   created                 cancelled                   letter before its deadline, message before its time
//   created                 pending                     letter records written, awaiting transfer
//   pending                 sending, technical_failure  letter records transferred, or not
//   pending_virus_check     created, delivered, validation_failed, virus_scan_failed, technical_failure, cancelled
//   sending, pending        delivered, *-failure        a receipt
//   sending                 pending                     texts: the provider waits for the network
//   sent                    pending, delivered, *-failure texts abroad: the network reports after all
//   technical_failure       created, pending_virus_check an operator sends or checks a letter again
//   technical_failure       delivered                   the print house posted a letter that we had given up
//   any letter              returned_letter             it came back
//
// A move is one conditional update on the present state; see ports/notification_store.h.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/notifications/types.h"

namespace postroom::notifications {

enum class NotificationStatus {
  created,
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
  failed,  // deprecated: understood in filters, never produced
};

// The wire value: "permanent-failure" for permanent_failure.
std::string_view to_string(NotificationStatus status);
std::optional<NotificationStatus> parse_status(std::string_view text);
std::span<const NotificationStatus> all_statuses();

// Whether the table above has the move for this channel.
bool can_move(NotificationType type, NotificationStatus from, NotificationStatus to);
// Every state from which `to` can be reached: what a conditional update checks.
std::vector<NotificationStatus> sources_of(NotificationType type, NotificationStatus to);

// The message has come to its end: it has a completed_at, and a later hand-over must not overwrite it.
bool is_completed(NotificationStatus status);

}  // namespace postroom::notifications
