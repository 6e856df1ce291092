#include "adapters/store_common/migration.h"

#include <fmt/format.h>

namespace postroom::store_common {

Result<void> check_applied(int number, std::string_view name, std::string_view recorded_checksum,
                           std::span<const Migration> migrations) {
  if (number > static_cast<int>(migrations.size())) {
    return fail(ErrorKind::rejected,
                fmt::format("its schema has migration {} ({}), this program knows {}: run the newer postroom that "
                            "upgraded it, or restore a backup made before the upgrade",
                            number, name, migrations.size()));
  }
  if (recorded_checksum != checksum(migrations[static_cast<std::size_t>(number - 1)])) {
    return fail(ErrorKind::corrupt,
                fmt::format("migration {} ({}) was applied with another text than this program has: run the "
                            "postroom release that made the database",
                            number, name));
  }
  return {};
}

}  // namespace postroom::store_common
