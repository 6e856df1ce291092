#include "app/remote_database.h"

#include "adapters/postgres/open.h"

namespace postroom::app {

Result<void> open_remote_database(Parts& parts, std::string_view url) {
  POSTROOM_TRY(database,
               postgres::open({.url = std::string(url),
                               .connections = static_cast<int>(parts.settings.integer("store.connections")),
                               .key_ring = *parts.key_ring,
                               .random = parts.random,
                               .clock = parts.clock}));
  parts.database = std::move(database);
  return {};
}

}  // namespace postroom::app
