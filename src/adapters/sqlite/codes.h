// The integers that stand for enumerators in the database. They are the enumerators' order today and must never
// change: the assertions below fail when someone reorders an enumeration, and codes_test.cc pins the rest.
#pragma once

#include <cstdint>
#include <optional>

#include "adapters/sqlite/connection.h"
#include "core/accounts/api_key.h"
#include "core/accounts/callback_config.h"
#include "core/jobs/job.h"
#include "core/notifications/status.h"
#include "core/notifications/types.h"
#include "ports/letter_store.h"

namespace postroom::sqlite {

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
inline constexpr int kCodeCount<accounts::CallbackType> = 3;
template <>
inline constexpr int kCodeCount<jobs::JobStatus> = 5;
template <>
inline constexpr int kCodeCount<ports::ZipState> = 4;

// A DatabaseError of kind corrupt.
DatabaseError unknown_code(std::int64_t code);

template <typename Enum>
constexpr int code_of(Enum value) {
  static_assert(kCodeCount<Enum> > 0, "give the enumeration its number of codes");
  return static_cast<int>(value);
}

// Throws DatabaseError (corrupt) for a number that stands for nothing.
template <typename Enum>
Enum from_code(std::int64_t code) {
  if (code < 0 || code >= kCodeCount<Enum>) throw unknown_code(code);
  return static_cast<Enum>(code);
}

template <typename Enum>
std::optional<int> optional_code(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return code_of(*value);
}

// Migration 0001 has these in the conditions of its indexes.
static_assert(code_of(notifications::NotificationType::letter) == 2);
static_assert(code_of(notifications::NotificationStatus::created) == 0);
static_assert(code_of(notifications::NotificationStatus::sending) == 1);
static_assert(code_of(accounts::KeyType::normal) == 0);
static_assert(code_of(ports::ZipState::uploaded) == 2);
static_assert(code_of(ports::ZipState::failed) == 3);

}  // namespace postroom::sqlite
