#include "adapters/postgres/database_error.h"

#include <algorithm>
#include <array>

namespace postroom::postgres {

bool DatabaseError::is_connection_lost() const {
  // 57P01 to 57P05: the server shuts down, crashed, starts up, or ended the session.
  return sqlstate_.empty() || sqlstate_.starts_with("08") || sqlstate_.starts_with("57P");
}

ErrorKind DatabaseError::kind_of(std::string_view sqlstate) {
  if (sqlstate.empty()) return ErrorKind::retry_later;
  if (sqlstate == "23505") return ErrorKind::conflict;
  if (sqlstate == "23514") return ErrorKind::forbidden;  // a check: only limits have one
  // A read-only server is a standby, or one whose disk is full; a lock or a statement that took too long.
  constexpr std::array<std::string_view, 4> kBusy = {"25006", "55P03", "57014", "55006"};
  if (std::ranges::find(kBusy, sqlstate) != kBusy.end()) return ErrorKind::retry_later;
  const std::string_view group = sqlstate.substr(0, 2);
  // Connection, transaction rolled back, out of memory, disk or connections, shut down, system error.
  if (group == "08" || group == "40" || group == "53" || group == "57" || group == "58")
    return ErrorKind::retry_later;
  if (group == "22" || group == "54") return ErrorKind::invalid_input;  // value out of range or too long
  if (group == "28" || sqlstate == "42501" || sqlstate == "3D000")
    return ErrorKind::rejected;  // who we are, what we may
  if (group == "XX") return ErrorKind::corrupt;
  return ErrorKind::internal;
}

}  // namespace postroom::postgres
