#include "adapters/sqlite/inbound_store.h"

#include <algorithm>

#include "adapters/store_common/inbound_rows.h"

namespace postroom::sqlite {
namespace {

using receipts::InboundText;
using receipts::InboundTextId;
using store_common::kComplaintColumns;
using store_common::kInboundNumberColumns;
using store_common::kInboundTextColumns;
using store_common::read_complaint;
using store_common::read_inbound_number;
using store_common::read_inbound_text;
using store_common::SealedText;

Error no_number(std::string_view number) {
  return {ErrorKind::not_found, "there is no inbound number " + std::string(number)};
}
Error taken(std::string_view number) {
  return {ErrorKind::conflict,
          "the number " + std::string(number) + " exists already, or the service has another number"};
}

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

Result<void> InboundStore::add_number(const ports::InboundNumber& number) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    int stored = transaction.connection.run(
        "INSERT INTO inbound_number(number, provider, service_id, is_active, created_at) VALUES (?1, ?2, ?3, ?4, "
        "?5) "
        "ON CONFLICT DO NOTHING",
        number.number, number.provider, number.service_id, number.is_active, number.created_at);
    if (stored == 0) return fail(taken(number.number));
    return {};
  });
}

Result<void> InboundStore::update_number(const ports::InboundNumber& number) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    if (number.service_id) {
      Cursor other = connection.query("SELECT 1 FROM inbound_number WHERE service_id = ?1 AND number <> ?2",
                                      *number.service_id, number.number);
      if (other.next()) return fail(taken(number.number));
    }
    int changed =
        connection.run("UPDATE inbound_number SET provider = ?2, service_id = ?3, is_active = ?4 WHERE number = ?1",
                       number.number, number.provider, number.service_id, number.is_active);
    if (changed == 0) return fail(no_number(number.number));
    return {};
  });
}

Result<std::optional<ports::InboundNumber>> InboundStore::find_number(std::string_view number) {
  static const std::string sql = "SELECT " + kInboundNumberColumns + " FROM inbound_number WHERE number = ?1";
  using Found = std::optional<ports::InboundNumber>;
  return store_.readers.run([&](Connection& connection) -> Result<Found> {
    Cursor row = connection.query(sql, number);
    return row.next() ? Found(read_inbound_number(row)) : Found();
  });
}

Result<std::vector<ports::InboundNumber>> InboundStore::numbers() {
  static const std::string sql = "SELECT " + kInboundNumberColumns + " FROM inbound_number ORDER BY number";
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::InboundNumber>> {
    std::vector<ports::InboundNumber> out;
    Cursor row = connection.query(sql);
    while (row.next()) out.push_back(read_inbound_number(row));
    return out;
  });
}

Result<void> InboundStore::remove_number(std::string_view number) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    if (transaction.connection.run("DELETE FROM inbound_number WHERE number = ?1", number) == 0)
      return fail(no_number(number));
    return {};
  });
}

Result<bool> InboundStore::receive(const InboundText& text, std::span<const ports::NewTask> tasks) {
  POSTROOM_CHECK(check_tasks(tasks));
  const auto prepared = store_.prepare(tasks);
  const Bytes personal = store_.seal(receipts::personal_part(text), store_common::inbound_context(text.id));
  const auto reference = text_or_null(text.provider_reference);
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    int stored = transaction.connection.run(
        "INSERT INTO inbound_text(id, service_id, notify_number, provider, provider_reference, provider_date, "
        "created_at, personal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        text.id, text.service_id, text.notify_number, text.provider, reference, text.provider_date, text.created_at,
        Blob{personal});
    if (stored == 0) return false;
    insert_tasks(transaction, prepared);
    return true;
  });
}

Result<InboundText> InboundStore::find(InboundTextId id) {
  static const std::string sql = "SELECT " + kInboundTextColumns + " FROM inbound_text WHERE id = ?1";
  POSTROOM_TRY(row, store_.readers.run([&](Connection& connection) -> Result<SealedText> {
    Cursor found = connection.query(sql, id);
    if (!found.next()) return fail(ErrorKind::not_found, "there is no received text " + id.text());
    return read_inbound_text(found);
  }));
  return store_common::open_inbound_text(store_.key_ring, std::move(row));
}

Result<std::vector<InboundText>> InboundStore::list(ServiceId service, std::optional<InboundTextId> older_than,
                                                    int limit) {
  static const std::string select = "SELECT " + kInboundTextColumns + " FROM inbound_text WHERE service_id = ?1";
  static const std::string order = " ORDER BY created_at DESC, id DESC LIMIT ?2";
  static const std::string first_page = select + order;
  static const std::string next_page = select + " AND (created_at, id) < (?3, ?4)" + order;
  POSTROOM_TRY(rows, store_.readers.run([&](Connection& connection) -> Result<std::vector<SealedText>> {
    std::vector<SealedText> out;
    std::optional<UtcTime> before;
    if (older_than) {
      Cursor last = connection.query("SELECT created_at FROM inbound_text WHERE id = ?1 AND service_id = ?2",
                                     *older_than, service);
      if (!last.next()) return out;
      before = last.time();
    }
    const int count = std::max(limit, 0);
    Cursor row = before ? connection.query(next_page, service, count, *before, *older_than)
                        : connection.query(first_page, service, count);
    while (row.next()) out.push_back(read_inbound_text(row));
    return out;
  }));
  return store_common::open_inbound_texts(store_.key_ring, std::move(rows));
}

Result<int> InboundStore::remove_older(UtcTime before, int limit) {
  return store_.writer.run([&](Transaction& transaction) -> Result<int> {
    return transaction.connection.run(
        "DELETE FROM inbound_text WHERE rowid IN (SELECT rowid FROM inbound_text WHERE created_at < ?1 "
        "ORDER BY created_at LIMIT ?2)",
        before, std::max(limit, 0));
  });
}

Result<std::optional<NotificationId>> EmailReportStore::email_of(std::string_view provider_reference) {
  using Found = std::optional<NotificationId>;
  return store_.readers.run([&](Connection& connection) -> Result<Found> {
    // In the words of the index's condition, or SQLite would not use it.
    Cursor row = connection.query(
        "SELECT id FROM notification INDEXED BY notification_email_reference WHERE provider_reference = ?1 "
        "AND type = 0 AND provider_reference <> '' AND sent_by <> 'sandbox' ORDER BY created_at DESC LIMIT 1",
        provider_reference);
    return row.next() ? Found(row.id<NotificationId>()) : Found();
  });
}

Result<bool> EmailReportStore::add_complaint(const ports::Complaint& complaint,
                                             std::span<const ports::NewTask> tasks) {
  POSTROOM_CHECK(check_tasks(tasks));
  const auto prepared = store_.prepare(tasks);
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    int stored = transaction.connection.run(
        "INSERT INTO complaint(id, notification_id, service_id, feedback_id, type, complained_at, created_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        Blob{complaint.id.bytes()}, complaint.notification_id, complaint.service_id, complaint.feedback_id,
        complaint.type, complaint.complained_at, complaint.created_at);
    if (stored == 0) return false;
    insert_tasks(transaction, prepared);
    return true;
  });
}

Result<std::vector<ports::Complaint>> EmailReportStore::complaints(ServiceId service, int limit) {
  static const std::string sql = "SELECT " + kComplaintColumns +
                                 " FROM complaint WHERE service_id = ?1 ORDER BY created_at DESC, id DESC LIMIT ?2";
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::Complaint>> {
    std::vector<ports::Complaint> out;
    Cursor row = connection.query(sql, service, std::max(limit, 0));
    while (row.next()) out.push_back(read_complaint(row));
    return out;
  });
}

}  // namespace postroom::sqlite
