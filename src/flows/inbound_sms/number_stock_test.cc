// Varied: how many numbers there are, are switched off, and have a service.
#include "flows/inbound_sms/number_stock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sqlite/open.h"
#include "adapters/sqlite/temporary_folder.h"
#include "base/log.h"
#include "ports/testing_tickets.h"

namespace postroom::flows {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class NumberStockTest : public testing::Test {
 protected:
  NumberStockTest() {
    set_log_sink([](std::string_view) {});
    database_ = std::move(
        *sqlite::open({.path = folder_ / "postroom.db", .key_ring = ring_, .random = random_, .clock = clock_}));
  }
  ~NumberStockTest() override { set_log_sink(nullptr); }

  void add(std::string number, bool is_active = true, bool is_taken = false) {
    std::optional<ServiceId> owner;
    if (is_taken) {
      accounts::Service service;
      service.id = ServiceId{Uuid::random(random_)};
      service.name = "Service of " + number;
      service.email_local_part = number;
      ASSERT_TRUE(database_->services().create(service));
      owner = service.id;
    }
    ASSERT_TRUE(database_->inbound().add_number(
        {.number = std::move(number), .provider = "mmg", .service_id = owner, .is_active = is_active}));
  }
  bool check(int low, bool raises = true) {
    return *NumberStock(database_->inbound(), desk_, {low, raises, "test"}).check();
  }

  sqlite::TemporaryFolder folder_;
  SystemRandom random_;
  MovableClock clock_{*parse_rfc3339("2026-05-14T12:00:00Z")};
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
  ports::testing::MemoryTicketDesk desk_;
  std::unique_ptr<ports::Database> database_;
};

TEST_F(NumberStockTest, S17_1_ATicketComesWhenFewAreFree) {
  EXPECT_FALSE(check(50)) << "nobody receives texts here";
  add("07123123101");
  add("07123123102");
  add("07123123103");
  add("07123123104", true, true);
  add("07123123105", false);
  EXPECT_FALSE(check(2));
  EXPECT_FALSE(check(0));
  EXPECT_THAT(desk_.tickets, SizeIs(0));
  EXPECT_TRUE(check(3)) << "so many are few";
  ASSERT_THAT(desk_.tickets, SizeIs(1));
  EXPECT_THAT(desk_.tickets[0].subject, HasSubstr("[test]"));
  EXPECT_THAT(desk_.tickets[0].message, HasSubstr("3 of 5 numbers"));
  EXPECT_EQ(desk_.tickets[0].task_type, "request_inbound_SMS");
  EXPECT_TRUE(check(3, false));
  EXPECT_THAT(desk_.tickets, SizeIs(1));
  desk_.answers = false;
  EXPECT_TRUE(check(3)) << "the log has it";
}

}  // namespace
}  // namespace postroom::flows
