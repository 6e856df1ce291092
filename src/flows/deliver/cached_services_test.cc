// Varied: who changes a service, and how long ago. Held: what the cache gives.
#include "flows/deliver/cached_services.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "ports/testing_stores.h"

namespace postroom::flows {
namespace {

TEST(CachedServices, KnowsWhatOthersChangeAfterTwoSecondsAndItsOwnChangesAtOnce) {
  SeededRandom random(9);
  MovableClock clock(parse_rfc3339("2026-07-03T08:00:00Z").value());
  ports::testing::MemoryServiceStore store;
  CachedServices services(store, clock);
  accounts::Service service;
  service.id = ServiceId{Uuid::random(random)};
  service.name = "first";
  EXPECT_EQ(services.find(service.id).error().kind, ErrorKind::not_found);
  ASSERT_TRUE(store.create(service));
  const auto name = [&] { return services.find(service.id).value()->name; };
  EXPECT_EQ(name(), "first") << "that there is none is not kept";

  service.name = "second";
  ASSERT_TRUE(store.update(service));
  clock.advance(kServiceCacheTtl - Duration{1});
  EXPECT_EQ(name(), "first");
  clock.advance(Duration{1});
  EXPECT_EQ(name(), "second");

  service.name = "third";
  ASSERT_TRUE(services.update(service));
  EXPECT_EQ(name(), "third");
  EXPECT_EQ(store.find(service.id)->name, "third");
}

}  // namespace
}  // namespace postroom::flows
