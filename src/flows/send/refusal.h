// Why a message is not accepted, as the caller will be told. Front doors map kinds to their own words once.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/notifications/request_reader.h"

namespace postroom::flows {

enum class RefusalKind {
  validation,         // fields of the request are wrong; the only kind with several messages
  bad_request,        // the request is well formed, but service, template or content say no
  forbidden,          // the key or the service may not do this at all
  invalid_phone,      // a UK number that takes no texts of this service
  too_many_requests,  // this minute
  daily_limit_reached,
  conflict,     // what is asked for can no longer be had
  repeated,     // the request was answered before: give that answer again
  unavailable,  // try again: store or files are away
  internal,
};

// Facts about a QR code that holds too much, for callers that show them.
struct QrCodeTooLong {
  std::string data;
  std::size_t bytes = 0;
  std::size_t bytes_max = 0;
};

struct [[nodiscard]] Refusal {
  RefusalKind kind = RefusalKind::bad_request;
  std::vector<std::string> messages;  // never empty
  std::optional<QrCodeTooLong> qr_code;
  // too_many_requests, daily_limit_reached: when the next try can succeed, and the limit itself.
  std::optional<std::chrono::milliseconds> retry_after;
  std::optional<std::int64_t> limit = {};
};

template <typename T>
using Outcome = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(RefusalKind kind, std::string message) {
  return tl::unexpected<Refusal>(Refusal{.kind = kind, .messages = {std::move(message)}});
}
inline tl::unexpected<Refusal> refuse_fields(notifications::FieldErrors errors) {
  return tl::unexpected<Refusal>(Refusal{.kind = RefusalKind::validation, .messages = std::move(errors)});
}
// An error of a port. Its message is for the log; the caller learns whether to try again.
tl::unexpected<Refusal> refuse_for(const Error& error, std::string_view what);

}  // namespace postroom::flows

// POSTROOM_ALLOW(name, outcome): declares `name` as the value of an Outcome, or returns its refusal.
#define POSTROOM_ALLOW(name, ...) POSTROOM_ALLOW_IMPL(POSTROOM_CONCAT(outcome_, __LINE__), name, __VA_ARGS__)
#define POSTROOM_ALLOW_IMPL(outcome, name, ...)                                                \
  auto outcome = (__VA_ARGS__);                                                                \
  if (!outcome) return tl::unexpected<::postroom::flows::Refusal>(std::move(outcome).error()); \
  auto name = std::move(*outcome)

// The same for an Outcome without a value.
#define POSTROOM_PERMIT(...)                                                           \
  do {                                                                                 \
    if (auto permitted = (__VA_ARGS__); !permitted)                                    \
      return tl::unexpected<::postroom::flows::Refusal>(std::move(permitted).error()); \
  } while (false)
