#include "adapters/sqlite/letter_store.h"

#include <algorithm>

namespace postroom::sqlite {
namespace {

using ports::LetterCandidate;
using ports::LetterZip;
using ports::ZipLetter;
using ports::ZipState;
using store_common::kZipColumns;
using store_common::read_zip;

// The conditions are written with the numbers of codes.h, as those of the partial indexes are: only then does
// SQLite see that the index serves.
constexpr std::string_view kCandidates =
    "SELECT n.id, n.reference, n.service_id, n.postage, n.created_at, n.billable_units FROM notification n "
    "INDEXED BY letter_candidate WHERE n.type = 2 AND n.status = 0 AND n.key_type = 0 AND n.billable_units > 0 "
    "AND n.created_at < ?1 AND NOT EXISTS (SELECT 1 FROM letter_zip_entry e WHERE e.letter = n.id AND e.live = 1) "
    "ORDER BY n.postage, n.service_id, n.created_at, n.id LIMIT ?2";
constexpr std::string_view kCandidatesAfter =
    "SELECT n.id, n.reference, n.service_id, n.postage, n.created_at, n.billable_units FROM notification n "
    "INDEXED BY letter_candidate WHERE n.type = 2 AND n.status = 0 AND n.key_type = 0 AND n.billable_units > 0 "
    "AND n.created_at < ?1 AND (n.postage, n.service_id, n.created_at, n.id) > (?3, ?4, ?5, ?6) "
    "AND NOT EXISTS (SELECT 1 FROM letter_zip_entry e WHERE e.letter = n.id AND e.live = 1) "
    "ORDER BY n.postage, n.service_id, n.created_at, n.id LIMIT ?2";

const std::string kZipByName = "SELECT " + kZipColumns + " FROM letter_zip WHERE name = ?1";
const std::string kZipsOfDay = "SELECT " + kZipColumns + " FROM letter_zip WHERE run_day = ?1 ORDER BY name";
const std::string kZipsOfLetter =
    "SELECT " + kZipColumns +
    " FROM letter_zip WHERE number IN "
    "(SELECT zip FROM letter_zip_entry WHERE letter = ?1 AND live = 1 "
    "UNION ALL SELECT zip FROM letter_zip_entry WHERE letter = ?1 AND live = 0) ORDER BY created_at, number";
const std::string kUnfinishedZips =
    "SELECT " + kZipColumns + " FROM letter_zip WHERE state < 2 ORDER BY created_at, number";

std::vector<LetterZip> read_zips(Cursor row) {
  std::vector<LetterZip> out;
  while (row.next()) out.push_back(read_zip(row));
  return out;
}

Error no_zip(std::string_view name) { return {ErrorKind::not_found, "there is no zip " + std::string(name)}; }

// Looks before anything is written, so that a conflict costs no roll-back.
Result<void> check_plan(Connection& connection, const LetterZip& zip, std::span<const ZipLetter> letters) {
  if (connection.query("SELECT 1 FROM letter_zip WHERE name = ?1", zip.name).next()) {
    return fail(ErrorKind::conflict, "zip " + zip.name + " exists already");
  }
  for (const ZipLetter& letter : letters) {
    Cursor other = connection.query(
        "SELECT z.name FROM letter_zip_entry e JOIN letter_zip z ON z.number = e.zip WHERE e.letter = ?1 AND "
        "e.live = 1",
        letter.id);
    if (other.next()) {
      return fail(ErrorKind::conflict, "letter " + letter.reference + " is in zip " + other.text() + " already");
    }
    // Cancelled since it was seen, say.
    if (connection.query("SELECT 1 FROM notification WHERE id = ?1 AND status <> 0", letter.id).next())
      return fail(ErrorKind::conflict, "letter " + letter.reference + " no longer waits to be printed");
  }
  return {};
}

}  // namespace

Result<void> insert_plan(Transaction& transaction, const LetterZip& zip, std::span<const ZipLetter> letters) {
  Connection& connection = transaction.connection;
  POSTROOM_CHECK(check_plan(connection, zip, letters));
  connection.run(
      "INSERT INTO letter_zip(name, run_day, state, letter_count, byte_count, error, created_at, uploaded_at, "
      "acknowledged_at) VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, NULL, NULL)",
      zip.name, day_number(zip.run_day), code_of(ZipState::planned), zip.letter_count, zip.byte_count,
      zip.created_at);
  const std::int64_t number = connection.last_rowid();
  int position = 0;
  for (const ZipLetter& letter : letters) {
    int stored = connection.run(
        "INSERT INTO letter_zip_entry(zip, position, letter, reference, blob_key, live) "
        "VALUES (?1, ?2, ?3, ?4, ?5, 1) ON CONFLICT DO NOTHING",
        number, position++, letter.id, letter.reference, letter.blob_key);
    if (stored == 0)
      return fail(ErrorKind::conflict, "letter " + letter.reference + " is twice in zip " + zip.name);
  }
  return {};
}

Result<std::vector<LetterCandidate>> LetterStore::candidates(UtcTime deadline, const LetterCandidate* after,
                                                             int limit) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<LetterCandidate>> {
    std::vector<LetterCandidate> out;
    limit = std::max(limit, 0);
    Cursor row = after == nullptr ? connection.query(kCandidates, deadline, limit)
                                  : connection.query(kCandidatesAfter, deadline, limit, code_of(after->postage),
                                                     after->service_id, after->created_at, after->id);
    while (row.next()) {
      LetterCandidate& letter = out.emplace_back();
      letter.id = row.id<NotificationId>();
      letter.reference = row.text();
      letter.service_id = row.id<ServiceId>();
      letter.postage = row.enumerator<notifications::Postage>();
      letter.created_at = row.time();
      letter.billable_units = row.small();
    }
    return out;
  });
}

Result<void> LetterStore::plan_zip(const LetterZip& zip, std::span<const ZipLetter> letters,
                                   const ports::NewTask& task) {
  const std::span tasks(&task, 1);
  POSTROOM_CHECK(check_tasks(tasks));
  const auto prepared = store_.prepare(tasks);
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    POSTROOM_CHECK(insert_plan(transaction, zip, letters));
    insert_tasks(transaction, prepared);
    return {};
  });
}

Result<LetterZip> LetterStore::zip(std::string_view name) {
  return store_.readers.run([&](Connection& connection) -> Result<LetterZip> {
    Cursor row = connection.query(kZipByName, name);
    if (!row.next()) return fail(no_zip(name));
    return read_zip(row);
  });
}

Result<std::vector<LetterZip>> LetterStore::zips(Date run_day) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<LetterZip>> {
    return read_zips(connection.query(kZipsOfDay, day_number(run_day)));
  });
}

Result<std::vector<LetterZip>> LetterStore::unfinished_zips() {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<LetterZip>> {
    return read_zips(connection.query(kUnfinishedZips));
  });
}

Result<std::vector<LetterZip>> LetterStore::zips_of(NotificationId letter) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<LetterZip>> {
    return read_zips(connection.query(kZipsOfLetter, letter));
  });
}

Result<std::vector<ZipLetter>> LetterStore::zip_letters(std::string_view name) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ZipLetter>> {
    if (!connection.query("SELECT 1 FROM letter_zip WHERE name = ?1", name).next()) return fail(no_zip(name));
    std::vector<ZipLetter> out;
    Cursor row = connection.query(
        "SELECT e.letter, e.reference, e.blob_key FROM letter_zip z JOIN letter_zip_entry e ON e.zip = z.number "
        "WHERE z.name = ?1 ORDER BY e.position",
        name);
    while (row.next()) {
      ZipLetter& letter = out.emplace_back();
      letter.id = row.id<NotificationId>();
      letter.reference = row.text();
      letter.blob_key = row.text();
    }
    return out;
  });
}

Result<bool> LetterStore::move_zip(std::string_view name, ZipState from, ZipState to, UtcTime at,
                                   std::string_view error) {
  // Its letters may be in another zip by now.
  if (from == ZipState::failed) return false;
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    Connection& connection = transaction.connection;
    std::optional<UtcTime> uploaded_at;
    if (to == ZipState::uploaded) uploaded_at = at;
    std::int64_t number = 0;
    {
      Cursor row = connection.query(
          "UPDATE letter_zip SET state = ?3, error = ?4, uploaded_at = coalesce(?5, uploaded_at) "
          "WHERE name = ?1 AND state = ?2 RETURNING number",
          name, code_of(from), code_of(to), error, uploaded_at);
      if (!row.next()) return false;
      number = row.integer();
    }
    if (to == ZipState::failed) connection.run("UPDATE letter_zip_entry SET live = 0 WHERE zip = ?1", number);
    return true;
  });
}

Result<void> LetterStore::acknowledge_zip(std::string_view name, UtcTime at) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    int changed = transaction.connection.run(
        "UPDATE letter_zip SET acknowledged_at = coalesce(acknowledged_at, ?2) WHERE name = ?1", name, at);
    if (changed == 0) return fail(no_zip(name));
    return {};
  });
}

Result<std::vector<std::string>> LetterStore::uploaded_zips_with_created_letters() {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<std::string>> {
    std::vector<std::string> out;
    // From the letters to the zips: few letters are in state created, many zips have been uploaded.
    Cursor row = connection.query(
        "SELECT DISTINCT z.name FROM notification n INDEXED BY letter_created "
        "CROSS JOIN letter_zip_entry e ON e.letter = n.id AND e.live = 1 "
        "CROSS JOIN letter_zip z ON z.number = e.zip AND z.state = 2 "
        "WHERE n.type = 2 AND n.status = 0 ORDER BY z.name");
    while (row.next()) out.push_back(row.text());
    return out;
  });
}

Result<std::int64_t> LetterStore::count_sending(UtcTime from, UtcTime to) {
  return store_.readers.run([&](Connection& connection) -> Result<std::int64_t> {
    Cursor row = connection.query(
        "SELECT count(*) FROM notification INDEXED BY letter_sending WHERE type = 2 AND status = 1 AND key_type = "
        "0 "
        "AND sent_at >= ?1 AND sent_at < ?2",
        from, to);
    return row.next() ? row.integer() : 0;
  });
}

Result<std::int64_t> LetterStore::count_created(UtcTime before) {
  return store_.readers.run([&](Connection& connection) -> Result<std::int64_t> {
    Cursor row = connection.query(
        "SELECT count(*) FROM notification INDEXED BY letter_created WHERE type = 2 AND status = 0 AND created_at "
        "< ?1",
        before);
    return row.next() ? row.integer() : 0;
  });
}

Result<std::vector<NotificationId>> LetterStore::without_pdf(UtcTime from, UtcTime to, int limit) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<NotificationId>> {
    std::vector<NotificationId> out;
    Cursor row = connection.query(
        "SELECT id FROM notification INDEXED BY letter_created WHERE type = 2 AND status = 0 AND key_type = 0 "
        "AND billable_units = 0 AND updated_at IS NULL AND created_at >= ?1 AND created_at < ?2 "
        "ORDER BY created_at, id LIMIT ?3",
        from, to, std::max(limit, 0));
    while (row.next()) out.push_back(row.id<NotificationId>());
    return out;
  });
}

Result<void> LetterStore::record_sorted_counts(const ports::SortedCounts& counts) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    transaction.connection.run(
        "INSERT INTO letter_sorted_counts(file_name, billing_day, sorted, unsorted) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (file_name) DO UPDATE SET billing_day = excluded.billing_day, sorted = excluded.sorted, "
        "unsorted = excluded.unsorted",
        counts.file_name, day_number(counts.billing_day), counts.sorted, counts.unsorted);
    return {};
  });
}

Result<std::vector<ports::SortedCounts>> LetterStore::sorted_counts(Date billing_day) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::SortedCounts>> {
    std::vector<ports::SortedCounts> out;
    Cursor row = connection.query(
        "SELECT file_name, sorted, unsorted FROM letter_sorted_counts WHERE billing_day = ?1 ORDER BY file_name",
        day_number(billing_day));
    while (row.next()) {
      ports::SortedCounts& counts = out.emplace_back();
      counts.billing_day = billing_day;
      counts.file_name = row.text();
      counts.sorted = row.integer();
      counts.unsorted = row.integer();
    }
    return out;
  });
}

Result<void> LetterStore::record_despatches(std::span<const ports::Despatch> despatches) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    for (const ports::Despatch& despatch : despatches) {
      transaction.connection.run(
          "INSERT INTO letter_despatch(letter, despatched_on, cost_class) VALUES (?1, ?2, ?3) ON CONFLICT DO "
          "NOTHING",
          despatch.id, day_number(despatch.despatched_on), despatch.cost_class);
    }
    return {};
  });
}

Result<std::optional<ports::Despatch>> LetterStore::despatch(NotificationId letter) {
  using Found = std::optional<ports::Despatch>;
  return store_.readers.run([&](Connection& connection) -> Result<Found> {
    Cursor row =
        connection.query("SELECT despatched_on, cost_class FROM letter_despatch WHERE letter = ?1", letter);
    if (!row.next()) return Found{};
    const Date day = date_of_day(row.integer());
    return Found{{letter, day, row.text()}};
  });
}

}  // namespace postroom::sqlite
