// Errors as values. A Result<T> holds a T or an Error whose kind says what the caller can do about it.
// Exceptions are for bugs and for a lost database only.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace postroom {

// What the caller can do, not what broke. One place maps kinds to HTTP (api/), one to retry policy
// (worker/).
enum class ErrorKind {
  invalid_input,  // the caller's data is wrong: say which field, do not retry
  not_found,      // no such thing
  conflict,       // it exists already, or someone else moved it first
  forbidden,      // the caller may not
  retry_later,    // the world is in the way (network, remote full, busy): the same call may succeed later
  rejected,       // the other side understood and refused for good: do not retry
  corrupt,        // stored data does not read back; a person must look
  internal,       // our fault
};

// The kind's name as it stands in logs, for example "retry_later".
std::string_view to_string(ErrorKind kind);

struct [[nodiscard]] Error {
  ErrorKind kind;
  // One sentence for a person: names the thing, the limit and the remedy. Never personal data.
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(message)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// Adds the place an error passed through: "upload NOTIFY.X.ZIP: connection refused".
inline tl::unexpected<Error> fail_in(std::string_view where, Error error) {
  error.message.insert(0, std::string(where) + ": ");
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace postroom

#define POSTROOM_CONCAT_INNER(a, b) a##b
#define POSTROOM_CONCAT(a, b) POSTROOM_CONCAT_INNER(a, b)

// POSTROOM_TRY(name, expression): declares `name` as the value of the Result, or returns its error.
#define POSTROOM_TRY(name, ...) POSTROOM_TRY_IMPL(POSTROOM_CONCAT(result_, __LINE__), name, __VA_ARGS__)
#define POSTROOM_TRY_IMPL(result, name, ...)                                        \
  auto result = (__VA_ARGS__);                                                      \
  if (!result) return tl::unexpected<::postroom::Error>(std::move(result).error()); \
  auto name = std::move(*result)

// POSTROOM_CHECK(expression): returns the error of a Result whose value is void or not wanted.
#define POSTROOM_CHECK(...)                                                      \
  do {                                                                           \
    if (auto check_result = (__VA_ARGS__); !check_result)                        \
      return tl::unexpected<::postroom::Error>(std::move(check_result).error()); \
  } while (false)
