// Varied: every pair of states on every channel, against a table written by hand from the header's comment. What
// the table lacks must not be possible.
#include "core/notifications/status.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace postroom::notifications {
namespace {

using Targets = std::map<std::string, std::set<std::string>>;

const Targets kEmail{{"created",
                      {"sending", "pending", "delivered", "permanent-failure", "temporary-failure",
                       "technical-failure", "validation-failed", "cancelled"}},
                     {"sending", {"delivered", "permanent-failure", "temporary-failure", "technical-failure"}},
                     {"pending", {"delivered", "permanent-failure", "temporary-failure", "technical-failure"}}};

const Targets kSms{
    {"created",
     {"sending", "sent", "pending", "delivered", "permanent-failure", "temporary-failure", "technical-failure",
      "validation-failed", "cancelled"}},
    {"sending", {"pending", "delivered", "permanent-failure", "temporary-failure", "technical-failure"}},
    {"pending", {"delivered", "permanent-failure", "temporary-failure", "technical-failure"}},
    {"sent", {"pending", "delivered", "permanent-failure", "temporary-failure", "technical-failure"}}};

// Besides, any state may become returned-letter.
const Targets kLetter{
    {"created", {"sending", "pending", "technical-failure", "validation-failed", "cancelled"}},
    {"pending", {"sending", "delivered", "permanent-failure", "temporary-failure", "technical-failure"}},
    {"pending-virus-check",
     {"created", "delivered", "validation-failed", "virus-scan-failed", "technical-failure", "cancelled"}},
    {"sending", {"delivered", "permanent-failure", "temporary-failure", "technical-failure", "validation-failed"}},
    {"technical-failure", {"created", "delivered", "pending-virus-check"}}};

bool allowed(NotificationType type, NotificationStatus from, NotificationStatus to) {
  if (type == NotificationType::letter && to == NotificationStatus::returned_letter) return from != to;
  const Targets& table = type == NotificationType::email ? kEmail : type == NotificationType::sms ? kSms : kLetter;
  auto row = table.find(std::string(to_string(from)));
  return row != table.end() && row->second.contains(std::string(to_string(to)));
}

TEST(CanMove, FollowsTheTableForEveryPair) {
  int moves = 0;
  for (NotificationType type : {NotificationType::email, NotificationType::sms, NotificationType::letter}) {
    for (NotificationStatus to : all_statuses()) {
      std::vector<NotificationStatus> sources;
      for (NotificationStatus from : all_statuses()) {
        bool may = allowed(type, from, to);
        EXPECT_EQ(can_move(type, from, to), may)
            << to_string(type) << ": " << to_string(from) << " -> " << to_string(to);
        if (may) sources.push_back(from);
        moves += may ? 1 : 0;
      }
      EXPECT_EQ(sources_of(type, to), sources) << to_string(type) << " " << to_string(to);
    }
  }
  EXPECT_EQ(moves, 16 + 23 + 24 + 13);
}

TEST(CanMove, NeverToTheSameStateNorToTheDeprecatedOne) {
  for (NotificationType type : {NotificationType::email, NotificationType::sms, NotificationType::letter}) {
    for (NotificationStatus status : all_statuses()) {
      EXPECT_FALSE(can_move(type, status, status)) << to_string(status);
      EXPECT_FALSE(can_move(type, status, NotificationStatus::failed)) << to_string(status);
    }
  }
}

TEST(StatusNames, C9AreTheWireValuesAndReadBack) {
  using enum NotificationStatus;
  const std::pair<NotificationStatus, const char*> names[] = {{created, "created"},
                                                              {sending, "sending"},
                                                              {sent, "sent"},
                                                              {pending, "pending"},
                                                              {delivered, "delivered"},
                                                              {permanent_failure, "permanent-failure"},
                                                              {temporary_failure, "temporary-failure"},
                                                              {technical_failure, "technical-failure"},
                                                              {validation_failed, "validation-failed"},
                                                              {pending_virus_check, "pending-virus-check"},
                                                              {virus_scan_failed, "virus-scan-failed"},
                                                              {cancelled, "cancelled"},
                                                              {returned_letter, "returned-letter"},
                                                              {failed, "failed"}};
  EXPECT_EQ(all_statuses().size(), std::size(names));
  for (auto [status, name] : names) {
    EXPECT_EQ(to_string(status), name);
    EXPECT_EQ(parse_status(name), status);
    EXPECT_EQ(std::count(all_statuses().begin(), all_statuses().end(), status), 1);
  }
  for (const char* bad : {"", "Created", "permanent_failure", "received"}) EXPECT_FALSE(parse_status(bad)) << bad;
}

TEST(IsCompleted, ST2IsTrueForEveryEnd) {
  const std::set<std::string> open{"created", "sending", "pending", "pending-virus-check"};
  for (NotificationStatus status : all_statuses()) {
    EXPECT_EQ(is_completed(status), !open.contains(std::string(to_string(status)))) << to_string(status);
  }
}

TEST(ChannelAndPostageNames, C9AreTheWireValuesAndReadBack) {
  for (auto [type, name] : {std::pair{NotificationType::email, "email"},
                            {NotificationType::sms, "sms"},
                            {NotificationType::letter, "letter"}}) {
    EXPECT_EQ(to_string(type), name);
    EXPECT_EQ(parse_notification_type(name), type);
  }
  for (auto [postage, name] : {std::pair{Postage::first, "first"},
                               {Postage::second, "second"},
                               {Postage::economy, "economy"},
                               {Postage::europe, "europe"},
                               {Postage::rest_of_world, "rest-of-world"}}) {
    EXPECT_EQ(to_string(postage), name);
    EXPECT_EQ(parse_postage(name), postage);
  }
  EXPECT_FALSE(parse_notification_type("post"));
  EXPECT_FALSE(parse_postage("rest_of_world"));
}

}  // namespace
}  // namespace postroom::notifications
