// DocumentStore: records of files sent by email, the sweep's lists, and tries that are counted exactly.
#include <atomic>

#include "fixture.h"

namespace postroom::contract {

using ports::DocumentRecord;
using testing::ElementsAre;
using testing::IsEmpty;

class DocumentContract : public StoreContract {
 protected:
  DocumentRecord a_document(ServiceId service, Duration kept_for = 24h) {
    return {.id = new_id<DocumentId>(),
            .service_id = service,
            .notification_id = new_id<NotificationId>(),
            .byte_count = 2'000'000'000'000,
            .created_at = now(),
            .expires_at = now() + kept_for,
            .details = Bytes("\0XSECRETX\xff", 10)};
  }
  DocumentRecord stored_document(ServiceId service, Duration kept_for = 24h) {
    DocumentRecord record = a_document(service, kept_for);
    value_of(db().documents().create(record));
    return record;
  }
};
POSTROOM_CONTRACT_SUITE(DocumentContract);

TEST_P(DocumentContract, records_read_back_after_a_restart) {
  DocumentRecord record = a_document(new_id<ServiceId>());
  record.is_kept = true;
  record.download_count = 3;
  record.downloaded_at = now() + 1s;
  value_of(db().documents().create(record));
  EXPECT_EQ(error_kind(db().documents().create(record)), ErrorKind::conflict);
  reopen();
  EXPECT_EQ(value_of(db().documents().find(record.id)), record);
  EXPECT_EQ(error_kind(db().documents().find(new_id<DocumentId>())), ErrorKind::not_found);
}

TEST_P(DocumentContract, details_are_sealed_and_bound_to_their_row) {
  const DocumentRecord record = stored_document(new_id<ServiceId>());
  close();
  EXPECT_EQ(backend().raw_bytes().find("XSECRETX"), std::string::npos);
  reopen();
  EXPECT_EQ(value_of(db().documents().find(record.id)).details, record.details);
}

TEST_P(DocumentContract, list_is_newest_first_and_by_service) {
  const auto service = new_id<ServiceId>();
  const DocumentRecord first = stored_document(service);
  clock_.advance(1s);
  const DocumentRecord second = stored_document(service);
  stored_document(new_id<ServiceId>());
  EXPECT_THAT(value_of(db().documents().list(service, 10)), ElementsAre(second, first));
  EXPECT_THAT(value_of(db().documents().list(service, 1)), ElementsAre(second));
  EXPECT_THAT(value_of(db().documents().list(new_id<ServiceId>(), 10)), IsEmpty());
}

TEST_P(DocumentContract, expired_ones_are_listed_at_their_time) {
  const auto service = new_id<ServiceId>();
  const DocumentRecord later = stored_document(service, 2h), sooner = stored_document(service, 1h);
  auto expired = [&](UtcTime at, int limit = 10) { return value_of(db().documents().expired(at, limit)); };
  EXPECT_THAT(expired(now() + 1h - 1us), IsEmpty());
  EXPECT_THAT(expired(now() + 1h), ElementsAre(sooner));
  EXPECT_THAT(expired(now() + 2h), ElementsAre(sooner, later));
  EXPECT_THAT(expired(now() + 2h, 1), ElementsAre(sooner));
  value_of(db().documents().remove(std::vector{sooner.id, new_id<DocumentId>()}));
  EXPECT_THAT(expired(now() + 2h), ElementsAre(later));
  EXPECT_EQ(error_kind(db().documents().find(sooner.id)), ErrorKind::not_found);
}

TEST_P(DocumentContract, kept_ones_leave_the_sweep) {
  const auto service = new_id<ServiceId>();
  const DocumentRecord first = stored_document(service);
  clock_.advance(1s);
  const DocumentRecord second = stored_document(service);
  auto not_kept = [&](UtcTime before) { return value_of(db().documents().not_kept(before, 10)); };
  EXPECT_THAT(not_kept(first.created_at), IsEmpty());
  EXPECT_THAT(not_kept(second.created_at), ElementsAre(first));
  EXPECT_THAT(not_kept(now() + 1us), ElementsAre(first, second));
  value_of(db().documents().keep(std::vector{first.id, new_id<DocumentId>()}));
  value_of(db().documents().keep({}));
  EXPECT_THAT(not_kept(now() + 1us), ElementsAre(second));
  EXPECT_TRUE(value_of(db().documents().find(first.id)).is_kept);
}

TEST_P(DocumentContract, downloads_are_counted) {
  const DocumentRecord record = stored_document(new_id<ServiceId>());
  on_threads(4, [&](int) { value_of(db().documents().count_download(record.id, now())); });
  clock_.advance(1s);
  value_of(db().documents().count_download(record.id, now()));
  value_of(db().documents().count_download(new_id<DocumentId>(), now()));
  const DocumentRecord found = value_of(db().documents().find(record.id));
  EXPECT_EQ(found.download_count, 5);
  EXPECT_EQ(found.downloaded_at, now());
}

TEST_P(DocumentContract, tries_are_limited_within_a_window) {
  const DocumentRecord record = stored_document(new_id<ServiceId>()), other = stored_document(record.service_id);
  auto take = [&] { return value_of(db().documents().take_try(record.id, now(), 3, 1h)); };
  const UtcTime first = now();
  EXPECT_EQ(take(), std::nullopt);
  clock_.advance(30min);
  EXPECT_EQ(take(), std::nullopt);
  EXPECT_EQ(take(), std::nullopt);
  EXPECT_EQ(take(), first + 1h);
  reopen();
  clock_.advance(30min - 1us);
  EXPECT_EQ(take(), first + 1h);
  EXPECT_EQ(value_of(db().documents().take_try(other.id, now(), 3, 1h)), std::nullopt);
  clock_.advance(1us);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(take(), std::nullopt);
  EXPECT_EQ(take(), first + 2h);
  value_of(db().documents().clear_tries(record.id));
  EXPECT_EQ(take(), std::nullopt);
  EXPECT_EQ(error_kind(db().documents().take_try(new_id<DocumentId>(), now(), 3, 1h)), ErrorKind::not_found);
}

TEST_P(DocumentContract, tries_at_once_are_counted_exactly) {
  const DocumentRecord record = stored_document(new_id<ServiceId>());
  std::atomic<int> taken = 0;
  on_threads(16, [&](int) {
    if (!value_of(db().documents().take_try(record.id, now(), 5, 1h))) ++taken;
  });
  EXPECT_EQ(taken, 5);
}

}  // namespace postroom::contract
