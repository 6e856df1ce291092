// SuppressionStore. Varied: the address, whom it holds for, its age, and saying it again.
#include "fixture.h"

namespace postroom::contract {

using ports::Suppression;
using testing::ElementsAre;
using testing::IsEmpty;

class SuppressionContract : public StoreContract {
 protected:
  Suppression put(std::string address, ServiceId service, std::string detail = "failed 5.1.1, 550") {
    Suppression made{.address = std::move(address),
                     .service_id = service,
                     .reason = ports::SuppressionReason::complained,
                     .detail = std::move(detail),
                     .notification_id = new_id<NotificationId>(),
                     .created_at = now()};
    value_of(db().suppressions().put(made));
    return made;
  }
  std::optional<Suppression> find(ServiceId service, std::string_view address, Duration max_age = 24h) {
    return value_of(db().suppressions().find(service, address, now() - max_age));
  }
  const ServiceId service_ = new_id<ServiceId>();
  const ServiceId other_ = new_id<ServiceId>();
};
POSTROOM_CONTRACT_SUITE(SuppressionContract);

TEST_P(SuppressionContract, holds_for_its_service_or_for_all_and_survives_a_restart) {
  const auto own = put("ann@example.net", service_);
  const auto all = put("bo@example.net", {});
  reopen();
  EXPECT_EQ(find(service_, "ann@example.net"), own);
  EXPECT_EQ(find(other_, "ann@example.net"), std::nullopt);
  EXPECT_EQ(find(service_, "bo@example.net"), all);
  EXPECT_EQ(find(other_, "bo@example.net"), all);
  EXPECT_EQ(find(service_, "Ann@example.net"), std::nullopt);
}

TEST_P(SuppressionContract, the_newest_counts_while_it_is_young_enough) {
  put("ann@example.net", service_);
  clock_.advance(1h);
  const auto newer = put("ann@example.net", {});
  EXPECT_EQ(find(service_, "ann@example.net"), newer);
  EXPECT_EQ(find(service_, "ann@example.net", 0s), newer);
  clock_.advance(1us);
  EXPECT_EQ(find(service_, "ann@example.net", 0s), std::nullopt);
  const auto again = put("ann@example.net", service_, "failed 5.2.1");
  EXPECT_EQ(find(service_, "ann@example.net"), again);
  EXPECT_THAT(value_of(db().suppressions().list(std::nullopt, 10)), ElementsAre(again, newer));
}

TEST_P(SuppressionContract, lists_newest_first_and_bounded) {
  const auto first = put("a@example.net", service_);
  clock_.advance(1s);
  const auto second = put("b@example.net", {});
  clock_.advance(1s);
  const auto third = put("c@example.net", service_);
  auto list = [&](std::optional<ServiceId> service, int limit) {
    return value_of(db().suppressions().list(service, limit));
  };
  EXPECT_THAT(list(std::nullopt, 10), ElementsAre(third, second, first));
  EXPECT_THAT(list(service_, 10), ElementsAre(third, first));
  EXPECT_THAT(list(ServiceId{}, 10), ElementsAre(second));
  EXPECT_THAT(list(std::nullopt, 1), ElementsAre(third));
  EXPECT_THAT(list(std::nullopt, -1), IsEmpty());
}

TEST_P(SuppressionContract, removal_says_how_many) {
  put("ann@example.net", service_);
  put("ann@example.net", other_);
  put("ann@example.net", {});
  auto& store = db().suppressions();
  EXPECT_EQ(value_of(store.remove("ann@example.net", service_)), 1);
  EXPECT_EQ(value_of(store.remove("ann@example.net", service_)), 0);
  EXPECT_EQ(value_of(store.remove("ann@example.net", std::nullopt)), 2);
  put("bo@example.net", {});
  clock_.advance(1h);
  const auto young = put("cy@example.net", {});
  EXPECT_EQ(value_of(store.remove_before(now())), 1);
  EXPECT_THAT(value_of(store.list(std::nullopt, 10)), ElementsAre(young));
}

TEST_P(SuppressionContract, nothing_of_an_address_is_on_disk) {
  put("xsecretx@example.net", service_);
  close();
  EXPECT_EQ(backend().raw_bytes().find("xsecretx"), std::string::npos);
}

}  // namespace postroom::contract
