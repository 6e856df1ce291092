// Held: what is bound to a query may be gone when its rows are read.
#include "adapters/sqlite/connection.h"

#include <gtest/gtest.h>

#include "adapters/sqlite/temporary_folder.h"
#include "base/random.h"

namespace postroom::sqlite {
namespace {

TEST(Connection, QueriesCopyWhatIsBound) {
  TemporaryFolder folder;
  Connection connection(folder / "a.db", Connection::Mode::read_write_create);
  SystemRandom random;
  auto id = std::make_unique<ServiceId>(Uuid::random(random));
  auto text = std::make_unique<std::string>(1'000, 'x');
  const ServiceId same_id = *id;
  Cursor row = connection.query("SELECT ?1, ?2", *id, *text);
  id.reset();
  text->assign(1'000, 'y');
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.id<ServiceId>(), same_id);
  EXPECT_EQ(row.text(), std::string(1'000, 'x'));
}

}  // namespace
}  // namespace postroom::sqlite
