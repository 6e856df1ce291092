#include "adapters/postgres/document_store.h"

#include <algorithm>

namespace postroom::postgres {
namespace {

using ports::DocumentRecord;
using store_common::kDocumentColumns;
using store_common::read_document;

const std::string kFind = "SELECT " + kDocumentColumns + " FROM document WHERE id = $1";
const std::string kList = "SELECT " + kDocumentColumns +
                          " FROM document WHERE service_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
const std::string kExpired =
    "SELECT " + kDocumentColumns + " FROM document WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2";
const std::string kNotKept =
    "SELECT " + kDocumentColumns +
    " FROM document WHERE NOT is_kept AND created_at < $1 ORDER BY created_at, id LIMIT $2";

Error no_document(DocumentId id) { return {ErrorKind::not_found, "there is no document " + id.text()}; }

template <typename... Args>
Result<std::vector<DocumentRecord>> read_all(const Store& store, const std::string& sql, const Args&... args) {
  return store.pool.read([&](Connection& connection) -> Result<std::vector<DocumentRecord>> {
    std::vector<DocumentRecord> out;
    Rows row = connection.query(sql, args...);
    while (row.next()) {
      POSTROOM_TRY(record, read_document(store.key_ring, row));
      out.push_back(std::move(record));
    }
    return out;
  });
}

// One statement, whatever it changes.
template <typename... Args>
Result<void> change(const Store& store, std::string_view sql, const Args&... args) {
  return store.pool.write([&](Connection& connection) -> Result<void> {
    connection.run(sql, args...);
    return {};
  });
}

Array array_of(std::span<const DocumentId> ids) {
  Array out{kUuidArray};
  for (DocumentId id : ids) out.add_bytes(id.bytes());
  return out;
}

}  // namespace

Result<void> DocumentStore::create(const DocumentRecord& record) {
  const Bytes details = store_.seal(record.details, store_common::document_context(record.id));
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    const int stored = connection.run(
        "INSERT INTO document(id, service_id, notification_id, byte_count, created_at, expires_at, is_kept, "
        "download_count, downloaded_at, details, try_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0) "
        "ON CONFLICT DO NOTHING",
        record.id, record.service_id, record.notification_id, record.byte_count, record.created_at,
        record.expires_at, record.is_kept, record.download_count, record.downloaded_at, Blob{details});
    if (stored == 0) return fail(ErrorKind::conflict, "document " + record.id.text() + " exists already");
    return {};
  });
}

Result<DocumentRecord> DocumentStore::find(DocumentId id) {
  POSTROOM_TRY(found, read_all(store_, kFind, id));
  if (found.empty()) return fail(no_document(id));
  return std::move(found.front());
}

Result<std::vector<DocumentRecord>> DocumentStore::list(ServiceId service, int limit) {
  return read_all(store_, kList, service, std::max(limit, 0));
}

Result<std::vector<DocumentRecord>> DocumentStore::expired(UtcTime now, int limit) {
  return read_all(store_, kExpired, now, std::max(limit, 0));
}

Result<std::vector<DocumentRecord>> DocumentStore::not_kept(UtcTime before, int limit) {
  return read_all(store_, kNotKept, before, std::max(limit, 0));
}

Result<void> DocumentStore::keep(std::span<const DocumentId> ids) {
  return change(store_, "UPDATE document SET is_kept = true WHERE id = ANY ($1)", array_of(ids));
}

Result<void> DocumentStore::remove(std::span<const DocumentId> ids) {
  return change(store_, "DELETE FROM document WHERE id = ANY ($1)", array_of(ids));
}

Result<void> DocumentStore::count_download(DocumentId id, UtcTime at) {
  return change(store_, "UPDATE document SET download_count = download_count + 1, downloaded_at = $2 WHERE id = $1",
                id, at);
}

Result<std::optional<UtcTime>> DocumentStore::take_try(DocumentId id, UtcTime now, int tries_max, Duration window) {
  using Blocked = std::optional<UtcTime>;
  return store_.pool.write([&](Connection& connection) -> Result<Blocked> {
    // A window whose first try lies before `now - window` is over.
    const UtcTime open_since = now - window;
    if (connection.run("UPDATE document SET try_count = 1, tries_since = $2 WHERE id = $1 AND (tries_since IS NULL "
                       "OR tries_since <= $3)",
                       id, now, open_since) > 0 ||
        connection.run("UPDATE document SET try_count = try_count + 1 WHERE id = $1 AND try_count < $2", id,
                       tries_max) > 0) {
      return Blocked();
    }
    Rows row = connection.query("SELECT tries_since FROM document WHERE id = $1", id);
    if (!row.next()) return fail(no_document(id));
    return Blocked(row.time() + window);
  });
}

Result<void> DocumentStore::clear_tries(DocumentId id) {
  return change(store_, "UPDATE document SET try_count = 0, tries_since = NULL WHERE id = $1", id);
}

}  // namespace postroom::postgres
