// UnsubscribeStore. Varied: the email, the service, the time, and asking again.
#include "fixture.h"

namespace postroom::contract {

using ports::UnsubscribeRequest;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class UnsubscribeContract : public StoreContract {
 protected:
  UnsubscribeRequest a_request(ServiceId service) {
    return {.notification_id = new_id<NotificationId>(),
            .service_id = service,
            .template_id = new_id<TemplateId>(),
            .template_version = 3,
            .email_address = "Zoë@reader.example",
            .sent_at = now() - 24h,
            .requested_at = now()};
  }
  UnsubscribeRequest added(UnsubscribeRequest request) {
    EXPECT_TRUE(value_of(db().unsubscribes().add(request)));
    return request;
  }
};
POSTROOM_CONTRACT_SUITE(UnsubscribeContract);

TEST_P(UnsubscribeContract, requests_survive_a_restart_and_are_listed_newest_first) {
  const auto service = new_id<ServiceId>();
  const auto first = added(a_request(service));
  clock_.advance(1s);
  const auto second = added(a_request(service));
  added(a_request(new_id<ServiceId>()));
  reopen();
  auto list = [&](std::optional<UtcTime> since, int limit) {
    return value_of(db().unsubscribes().list(service, since, limit));
  };
  EXPECT_THAT(list(std::nullopt, 10), ElementsAre(second, first));
  EXPECT_THAT(list(std::nullopt, 1), ElementsAre(second));
  EXPECT_THAT(list(second.requested_at, 10), ElementsAre(second));
  EXPECT_THAT(list(second.requested_at + 1us, 10), IsEmpty());
  EXPECT_THAT(list(std::nullopt, 0), IsEmpty());
  EXPECT_THAT(list(std::nullopt, -1), IsEmpty());
}

TEST_P(UnsubscribeContract, the_first_request_of_an_email_stays) {
  const auto service = new_id<ServiceId>();
  const auto first = added(a_request(service));
  UnsubscribeRequest again = first;
  again.requested_at += 1h;
  again.email_address = "other@reader.example";
  EXPECT_FALSE(value_of(db().unsubscribes().add(again)));
  EXPECT_THAT(value_of(db().unsubscribes().list(service, std::nullopt, 10)), ElementsAre(first));
}

TEST_P(UnsubscribeContract, many_at_once_store_one) {
  const auto request = a_request(new_id<ServiceId>());
  std::atomic<int> stored = 0;
  on_threads(8, [&](int) { stored += value_of(db().unsubscribes().add(request)) ? 1 : 0; });
  EXPECT_EQ(stored, 1);
  EXPECT_THAT(value_of(db().unsubscribes().list(request.service_id, std::nullopt, 10)), ElementsAre(request));
}

}  // namespace postroom::contract
