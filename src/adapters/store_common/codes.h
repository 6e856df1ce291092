// The integers that stand for enumerators in the databases. They are the enumerators' order today and must never
// change: the assertions below fail when someone reorders an enumeration, and codes_test.cc pins the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/accounts/api_key.h"
#include "core/accounts/callback_config.h"
#include "core/jobs/job.h"
#include "core/notifications/status.h"
#include "core/notifications/types.h"
#include "ports/letter_store.h"
#include "ports/limit_store.h"

namespace postroom::store_common {

template <typename Enum>
inline constexpr int kCodeCount = 0;
template <>
inline constexpr int kCodeCount<notifications::NotificationType> = 3;
template <>
inline constexpr int kCodeCount<notifications::NotificationStatus> = 14;
template <>
inline constexpr int kCodeCount<notifications::Postage> = 5;
template <>
inline constexpr int kCodeCount<accounts::KeyType> = 3;
template <>
inline constexpr int kCodeCount<accounts::CallbackType> = 4;
template <>
inline constexpr int kCodeCount<jobs::JobStatus> = 8;
template <>
inline constexpr int kCodeCount<ports::ZipState> = 4;
template <>
inline constexpr int kCodeCount<ports::DailyChannel> = ports::kDailyChannels;

template <typename Enum>
constexpr int code_of(Enum value) {
  static_assert(kCodeCount<Enum> > 0, "give the enumeration its number of codes");
  return static_cast<int>(value);
}

// Nothing for a number that stands for nothing.
template <typename Enum>
constexpr std::optional<Enum> find_by_code(std::int64_t code) {
  static_assert(kCodeCount<Enum> > 0, "give the enumeration its number of codes");
  if (code < 0 || code >= kCodeCount<Enum>) return std::nullopt;
  return static_cast<Enum>(code);
}

// What an adapter reports as corrupt then.
inline std::string unknown_code(std::int64_t code) {
  return "database: a row holds the number " + std::to_string(code) +
         " where an enumerator's code is expected: restore a backup, or run the newer postroom that wrote it";
}

template <typename Enum>
std::optional<int> optional_code(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return code_of(*value);
}

// One bit an enumerator.
template <typename Enum>
int mask_of(const std::vector<Enum>& values) {
  int mask = 0;
  for (Enum value : values) mask |= 1 << code_of(value);
  return mask;
}
// An empty list means all.
template <typename Enum>
int mask_or_all(const std::vector<Enum>& values) {
  return values.empty() ? (1 << kCodeCount<Enum>)-1 : mask_of(values);
}

// The migrations have these in the conditions of their indexes.
static_assert(code_of(notifications::NotificationType::letter) == 2);
static_assert(code_of(notifications::NotificationStatus::created) == 0);
static_assert(code_of(notifications::NotificationStatus::sending) == 1);
static_assert(code_of(notifications::NotificationStatus::failed) == 13);
static_assert(code_of(accounts::KeyType::normal) == 0);
static_assert(code_of(ports::ZipState::uploaded) == 2);
static_assert(code_of(ports::ZipState::failed) == 3);

}  // namespace postroom::store_common
