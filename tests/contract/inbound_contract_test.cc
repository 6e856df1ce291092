// InboundStore and EmailReportStore.
#include "fixture.h"

namespace postroom::contract {

using ports::Complaint;
using ports::InboundNumber;
using receipts::InboundText;
using receipts::InboundTextId;
using testing::ElementsAre;
using testing::IsEmpty;

class InboundContract : public StoreContract {
 protected:
  InboundNumber a_number(std::string number, std::optional<ServiceId> service = std::nullopt) {
    return {.number = std::move(number), .provider = "mmg", .service_id = service, .created_at = now()};
  }
  InboundText a_received(ServiceId service, std::string reference = "") {
    return {.id = new_id<InboundTextId>(),
            .service_id = service,
            .notify_number = "07123123123",
            .provider = "mmg",
            .provider_reference = std::move(reference),
            .provider_date = now() - 3s,
            .created_at = now(),
            .user_number = "447900900123",
            .content = "Héllo\n\"you\""};
  }
  Complaint a_complaint(ServiceId service, std::string feedback_id) {
    return {.id = new_id<InboundTextId>().uuid(),
            .notification_id = new_id<NotificationId>(),
            .service_id = service,
            .feedback_id = std::move(feedback_id),
            .type = "abuse",
            .complained_at = now() - 1h,
            .created_at = now()};
  }
  std::vector<InboundTextId> page(ServiceId service, std::optional<InboundTextId> older_than, int limit) {
    std::vector<InboundTextId> out;
    for (const InboundText& text : value_of(db().inbound().list(service, older_than, limit)))
      out.push_back(text.id);
    return out;
  }
};
POSTROOM_CONTRACT_SUITE(InboundContract);

TEST_P(InboundContract, numbers_are_kept_and_found) {
  const auto service = new_id<ServiceId>();
  const InboundNumber owned = a_number("07123123123", service);
  const InboundNumber spare = a_number("07000000001");
  value_of(db().inbound().add_number(owned));
  value_of(db().inbound().add_number(spare));
  reopen();
  EXPECT_EQ(value_of(db().inbound().find_number("07123123123")), owned);
  EXPECT_EQ(value_of(db().inbound().find_number("07123")), std::nullopt);
  EXPECT_THAT(value_of(db().inbound().numbers()), ElementsAre(spare, owned));
}

TEST_P(InboundContract, a_number_has_one_service_and_a_service_one_number) {
  const auto service = new_id<ServiceId>();
  value_of(db().inbound().add_number(a_number("07123123123", service)));
  EXPECT_EQ(error_kind(db().inbound().add_number(a_number("07123123123"))), ErrorKind::conflict);
  EXPECT_EQ(error_kind(db().inbound().add_number(a_number("07123123124", service))), ErrorKind::conflict);
  value_of(db().inbound().add_number(a_number("07123123124")));
  value_of(db().inbound().add_number(a_number("07123123125")));
  EXPECT_EQ(error_kind(db().inbound().update_number(a_number("07123123124", service))), ErrorKind::conflict);
  InboundNumber number = a_number("07123123124", new_id<ServiceId>());
  number.is_active = false;
  number.provider = "firetext";
  value_of(db().inbound().update_number(number));
  EXPECT_EQ(value_of(db().inbound().find_number("07123123124")), number);
  value_of(db().inbound().update_number(number));
  EXPECT_EQ(error_kind(db().inbound().update_number(a_number("1"))), ErrorKind::not_found);
}

TEST_P(InboundContract, numbers_are_removed) {
  value_of(db().inbound().add_number(a_number("07123123123")));
  value_of(db().inbound().remove_number("07123123123"));
  EXPECT_EQ(error_kind(db().inbound().remove_number("07123123123")), ErrorKind::not_found);
  EXPECT_THAT(value_of(db().inbound().numbers()), IsEmpty());
}

TEST_P(InboundContract, a_text_and_its_tasks_are_stored_together) {
  const InboundText text = a_received(new_id<ServiceId>(), "m1");
  const std::vector tasks{a_task("callbacks", "one")};
  EXPECT_TRUE(value_of(db().inbound().receive(text, tasks)));
  EXPECT_THAT(subjects(claim("callbacks")), ElementsAre("one"));
  reopen();
  EXPECT_EQ(value_of(db().inbound().find(text.id)), text);
  EXPECT_EQ(error_kind(db().inbound().find(new_id<InboundTextId>())), ErrorKind::not_found);
}

TEST_P(InboundContract, a_repeated_text_stores_nothing) {
  const auto service = new_id<ServiceId>();
  EXPECT_TRUE(value_of(db().inbound().receive(a_received(service, "m1"), {})));
  const std::vector tasks{a_task("callbacks", "again")};
  EXPECT_FALSE(value_of(db().inbound().receive(a_received(service, "m1"), tasks)));
  EXPECT_THAT(claim("callbacks"), IsEmpty());
  InboundText other = a_received(service, "m1");
  other.provider = "firetext";
  EXPECT_TRUE(value_of(db().inbound().receive(other, {})));
  EXPECT_TRUE(value_of(db().inbound().receive(a_received(service), {})));
  EXPECT_TRUE(value_of(db().inbound().receive(a_received(service), {})));
  EXPECT_EQ(page(service, std::nullopt, 10).size(), 4U);
}

TEST_P(InboundContract, many_at_once_store_a_text_once) {
  const auto service = new_id<ServiceId>();
  std::vector<InboundText> texts;
  for (int i = 0; i < 8; ++i) texts.push_back(a_received(service, "m1"));
  std::atomic<int> stored = 0;
  on_threads(8, [&](int i) { stored += value_of(db().inbound().receive(texts[static_cast<std::size_t>(i)], {})); });
  EXPECT_EQ(stored, 1);
}

TEST_P(InboundContract, pages_are_exact_through_ties) {
  const auto service = new_id<ServiceId>();
  std::vector<InboundTextId> all;
  for (int i = 0; i < 7; ++i) {
    if (i == 3) clock_.advance(1s);
    const InboundText text = a_received(service);
    value_of(db().inbound().receive(text, {}));
    all.push_back(text.id);
  }
  value_of(db().inbound().receive(a_received(new_id<ServiceId>()), {}));
  std::sort(all.begin(), all.begin() + 3, std::greater<>());
  std::sort(all.begin() + 3, all.end(), std::greater<>());
  std::rotate(all.begin(), all.begin() + 3, all.end());
  std::vector<InboundTextId> paged;
  std::optional<InboundTextId> last;
  for (auto part = page(service, last, 2); !part.empty(); part = page(service, last, 2)) {
    paged.insert(paged.end(), part.begin(), part.end());
    last = part.back();
    // What comes meanwhile belongs to a newer page.
    clock_.advance(1s);
    value_of(db().inbound().receive(a_received(service), {}));
  }
  EXPECT_EQ(paged, all);
  EXPECT_THAT(page(service, new_id<InboundTextId>(), 2), IsEmpty());
  EXPECT_THAT(page(new_id<ServiceId>(), all.front(), 2), IsEmpty());
}

TEST_P(InboundContract, old_texts_are_removed_oldest_first) {
  const auto service = new_id<ServiceId>();
  std::vector<InboundTextId> ids;
  for (int i = 0; i < 4; ++i) {
    const InboundText text = a_received(service);
    value_of(db().inbound().receive(text, {}));
    ids.push_back(text.id);
    clock_.advance(1s);
  }
  EXPECT_EQ(value_of(db().inbound().remove_older(now() - 1s, 2)), 2);
  EXPECT_THAT(page(service, std::nullopt, 10), ElementsAre(ids[3], ids[2]));
  EXPECT_EQ(value_of(db().inbound().remove_older(now() - 1s, 2)), 1);
  EXPECT_EQ(value_of(db().inbound().remove_older(now() - 1s, 2)), 0);
  EXPECT_THAT(page(service, std::nullopt, 10), ElementsAre(ids[3]));
}

TEST_P(InboundContract, emails_are_found_by_their_providers_reference) {
  const auto service = new_id<ServiceId>();
  auto an_email = [&](std::string sent_by) {
    Notification email = a_text(service);
    email.type = NotificationType::email;
    email.sent_by = std::move(sent_by);
    email.provider_reference = "ref-1";
    return stored(email);
  };
  an_email("sandbox");
  EXPECT_EQ(value_of(db().email_reports().email_of("ref-1")), std::nullopt);
  const Notification older = an_email("ses");
  EXPECT_EQ(value_of(db().email_reports().email_of("ref-1")), older.id);
  clock_.advance(1s);
  const Notification newer = an_email("smtp");
  EXPECT_EQ(value_of(db().email_reports().email_of("ref-1")), newer.id);
  Notification text = a_text(service);
  text.sent_by = "mmg";
  text.provider_reference = "ref-2";
  stored(text);
  EXPECT_EQ(value_of(db().email_reports().email_of("ref-2")), std::nullopt);
  EXPECT_EQ(value_of(db().email_reports().email_of("")), std::nullopt);
}

TEST_P(InboundContract, a_reference_that_comes_with_the_hand_over_is_found) {
  Notification email = a_text(new_id<ServiceId>());
  email.type = NotificationType::email;
  email.status = NotificationStatus::created;
  email = stored(email);
  EXPECT_TRUE(value_of(db().notifications().move({.id = email.id,
                                                  .from = {NotificationStatus::created},
                                                  .to = NotificationStatus::sending,
                                                  .at = now(),
                                                  .cause = "provider.accepted",
                                                  .sent_by = "smtp",
                                                  .provider_reference = "late"})));
  EXPECT_EQ(value_of(db().email_reports().email_of("late")), email.id);
}

TEST_P(InboundContract, a_complaint_is_stored_once_with_its_tasks) {
  const auto service = new_id<ServiceId>();
  const Complaint first = a_complaint(service, "f1");
  const std::vector tasks{a_task("callbacks", "one")};
  EXPECT_TRUE(value_of(db().email_reports().add_complaint(first, tasks)));
  EXPECT_FALSE(value_of(db().email_reports().add_complaint(a_complaint(service, "f1"), tasks)));
  EXPECT_THAT(subjects(claim("callbacks")), ElementsAre("one"));
  clock_.advance(1s);
  Complaint second = a_complaint(service, "f2");
  second.complained_at.reset();
  EXPECT_TRUE(value_of(db().email_reports().add_complaint(second, {})));
  EXPECT_THAT(value_of(db().email_reports().complaints(service, 10)), ElementsAre(second, first));
  EXPECT_THAT(value_of(db().email_reports().complaints(service, 1)), ElementsAre(second));
  EXPECT_THAT(value_of(db().email_reports().complaints(new_id<ServiceId>(), 1)), IsEmpty());
}

}  // namespace postroom::contract
