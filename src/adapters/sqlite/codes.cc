#include "adapters/sqlite/codes.h"

#include <sqlite3.h>

namespace postroom::sqlite {

DatabaseError unknown_code(std::int64_t code) {
  return DatabaseError(SQLITE_CORRUPT, "database: a row holds the number " + std::to_string(code) +
                                           " where an enumerator's code is expected: restore a backup, or run the "
                                           "newer postroom that wrote it");
}

}  // namespace postroom::sqlite
