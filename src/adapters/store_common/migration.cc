#include "adapters/store_common/migration.h"

#include <fmt/format.h>

#include <algorithm>

namespace postroom::store_common {

Result<void> check_applied(int number, std::string_view name, std::string_view recorded_checksum,
                           std::span<const Migration> migrations) {
  auto known = std::find_if(migrations.begin(), migrations.end(),
                            [&](const Migration& migration) { return migration.number == number; });
  if (known == migrations.end()) {
    return fail(ErrorKind::rejected,
                fmt::format("its schema has migration {} ({}), this program's newest is {}: run the newer postroom "
                            "that upgraded it, or restore a backup made before the upgrade",
                            number, name, migrations.empty() ? 0 : migrations.back().number));
  }
  if (recorded_checksum != checksum(*known)) {
    return fail(ErrorKind::corrupt,
                fmt::format("migration {} ({}) was applied with another text than this program has: run the "
                            "postroom release that made the database",
                            number, name));
  }
  return {};
}

}  // namespace postroom::store_common
