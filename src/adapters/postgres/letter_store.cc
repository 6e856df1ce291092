#include "adapters/postgres/letter_store.h"

#include <algorithm>

namespace postroom::postgres {
namespace {

using ports::LetterCandidate;
using ports::LetterZip;
using ports::ZipLetter;
using ports::ZipState;
using store_common::kZipColumns;
using store_common::read_zip;

// The conditions are written with the numbers of codes.h, as those of the partial indexes are: only then does
// PostgreSQL see that the index serves.
constexpr std::string_view kCandidates =
    "SELECT n.id, n.reference, n.service_id, n.postage, n.created_at, n.billable_units FROM notification n "
    "WHERE n.letter_status = 0 AND n.key_type = 0 AND n.letter_sheets > 0 "
    "AND n.created_at < $1 AND NOT EXISTS (SELECT 1 FROM letter_zip_entry e WHERE e.letter = n.id AND e.live) "
    "ORDER BY n.postage, n.service_id, n.created_at, n.id LIMIT $2";
constexpr std::string_view kCandidatesAfter =
    "SELECT n.id, n.reference, n.service_id, n.postage, n.created_at, n.billable_units FROM notification n "
    "WHERE n.letter_status = 0 AND n.key_type = 0 AND n.letter_sheets > 0 "
    "AND n.created_at < $1 AND (n.postage, n.service_id, n.created_at, n.id) > ($3, $4, $5, $6) "
    "AND NOT EXISTS (SELECT 1 FROM letter_zip_entry e WHERE e.letter = n.id AND e.live) "
    "ORDER BY n.postage, n.service_id, n.created_at, n.id LIMIT $2";

const std::string kZipByName = "SELECT " + kZipColumns + " FROM letter_zip WHERE name = $1";
const std::string kZipsOfDay = "SELECT " + kZipColumns + " FROM letter_zip WHERE run_day = $1 ORDER BY name";
const std::string kZipsOfLetter =
    "SELECT " + kZipColumns +
    " FROM letter_zip WHERE number IN "
    "(SELECT zip FROM letter_zip_entry WHERE letter = $1 AND live "
    "UNION ALL SELECT zip FROM letter_zip_entry WHERE letter = $1 AND NOT live) ORDER BY created_at, number";
const std::string kUnfinishedZips =
    "SELECT " + kZipColumns + " FROM letter_zip WHERE state < 2 ORDER BY created_at, number";

std::vector<LetterZip> read_zips(Rows row) {
  std::vector<LetterZip> out;
  while (row.next()) out.push_back(read_zip(row));
  return out;
}

Error no_zip(std::string_view name) { return {ErrorKind::not_found, "there is no zip " + std::string(name)}; }

// Looks before anything is written, so that a conflict costs no roll-back.
Result<void> check_plan(Connection& connection, const LetterZip& zip, std::span<const ZipLetter> letters) {
  if (connection.query("SELECT 1 FROM letter_zip WHERE name = $1", zip.name).next()) {
    return fail(ErrorKind::conflict, "zip " + zip.name + " exists already");
  }
  Array ids(kUuidArray);
  for (const ZipLetter& letter : letters) ids.add_bytes(letter.id.bytes());
  Rows other = connection.query(
      "SELECT e.reference, z.name FROM letter_zip_entry e JOIN letter_zip z ON z.number = e.zip "
      "WHERE e.letter = ANY ($1) AND e.live LIMIT 1",
      ids);
  if (other.next()) {
    const std::string reference = other.text();
    return fail(ErrorKind::conflict, "letter " + reference + " is in zip " + other.text() + " already");
  }
  // Locked, so that whoever cancels one now waits and then sees its zip.
  Rows letter =
      connection.query("SELECT reference, status FROM notification WHERE id = ANY ($1) ORDER BY id FOR SHARE", ids);
  while (letter.next()) {
    const std::string reference = letter.text();
    if (letter.small() == code_of(notifications::NotificationStatus::created)) continue;
    return fail(ErrorKind::conflict, "letter " + reference + " no longer waits to be printed");
  }
  return {};
}

// conflict when someone planned the zip or one of its letters since check_plan(), or a letter is in it twice.
Result<void> store_plan(Connection& connection, const LetterZip& zip, std::span<const ZipLetter> letters) {
  Rows row = connection.query(
      "INSERT INTO letter_zip(name, run_day, state, letter_count, byte_count, error, created_at) "
      "VALUES ($1, $2, $3, $4, $5, '', $6) ON CONFLICT DO NOTHING RETURNING number",
      zip.name, day_number(zip.run_day), code_of(ZipState::planned), zip.letter_count, zip.byte_count,
      zip.created_at);
  if (!row.next()) return fail(ErrorKind::conflict, "zip " + zip.name + " exists already");
  Array ids(kUuidArray), references(kTextArray), keys(kTextArray);
  for (const ZipLetter& letter : letters) {
    ids.add_bytes(letter.id.bytes());
    references.add(letter.reference);
    keys.add(letter.blob_key);
  }
  const int stored = connection.run(
      "INSERT INTO letter_zip_entry(zip, position, letter, reference, blob_key, live) "
      "SELECT $1, place - 1, letter, reference, blob_key, true "
      "FROM unnest($2, $3, $4) WITH ORDINALITY e(letter, reference, blob_key, place) ON CONFLICT DO NOTHING",
      row.integer(), ids, references, keys);
  if (stored != static_cast<int>(letters.size())) {
    return fail(ErrorKind::conflict, "a letter is twice in zip " + zip.name + ", or another zip got it just now");
  }
  return {};
}

}  // namespace

Result<void> insert_plan(Connection& connection, const LetterZip& zip, std::span<const ZipLetter> letters) {
  POSTROOM_CHECK(check_plan(connection, zip, letters));
  return store_plan(connection, zip, letters);
}

Result<std::vector<LetterCandidate>> LetterStore::candidates(UtcTime deadline, const LetterCandidate* after,
                                                             int limit) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<LetterCandidate>> {
    std::vector<LetterCandidate> out;
    limit = std::max(limit, 0);
    Rows row = after == nullptr ? connection.query(kCandidates, deadline, limit)
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
  const TaskParameters prepared(store_, tasks);
  TouchedQueues touched;
  POSTROOM_CHECK(store_.pool.write([&](Connection& connection) -> Result<void> {
    touched.clear();
    POSTROOM_CHECK(insert_plan(connection, zip, letters));
    insert_tasks(connection, prepared, touched);
    return {};
  }));
  if (!touched.empty()) store_.watch.touched(touched);
  return {};
}

Result<LetterZip> LetterStore::zip(std::string_view name) {
  return store_.pool.read([&](Connection& connection) -> Result<LetterZip> {
    Rows row = connection.query(kZipByName, name);
    if (!row.next()) return fail(no_zip(name));
    return read_zip(row);
  });
}

Result<std::vector<LetterZip>> LetterStore::zips(Date run_day) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<LetterZip>> {
    return read_zips(connection.query(kZipsOfDay, day_number(run_day)));
  });
}

Result<std::vector<LetterZip>> LetterStore::unfinished_zips() {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<LetterZip>> {
    return read_zips(connection.query(kUnfinishedZips));
  });
}

Result<std::vector<LetterZip>> LetterStore::zips_of(NotificationId letter) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<LetterZip>> {
    return read_zips(connection.query(kZipsOfLetter, letter));
  });
}

Result<std::vector<ZipLetter>> LetterStore::zip_letters(std::string_view name) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ZipLetter>> {
    if (!connection.query("SELECT 1 FROM letter_zip WHERE name = $1", name).next()) return fail(no_zip(name));
    std::vector<ZipLetter> out;
    Rows row = connection.query(
        "SELECT e.letter, e.reference, e.blob_key FROM letter_zip z JOIN letter_zip_entry e ON e.zip = z.number "
        "WHERE z.name = $1 ORDER BY e.position",
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
  return store_.pool.write([&](Connection& connection) -> Result<bool> {
    std::optional<UtcTime> uploaded_at;
    if (to == ZipState::uploaded) uploaded_at = at;
    std::int64_t number = 0;
    {
      Rows row = connection.query(
          "UPDATE letter_zip SET state = $3, error = $4, uploaded_at = coalesce($5, uploaded_at) "
          "WHERE name = $1 AND state = $2 RETURNING number",
          name, code_of(from), code_of(to), error, uploaded_at);
      if (!row.next()) return false;
      number = row.integer();
    }
    if (to == ZipState::failed) connection.run("UPDATE letter_zip_entry SET live = false WHERE zip = $1", number);
    return true;
  });
}

Result<void> LetterStore::acknowledge_zip(std::string_view name, UtcTime at) {
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    int changed = connection.run(
        "UPDATE letter_zip SET acknowledged_at = coalesce(acknowledged_at, $2) WHERE name = $1", name, at);
    if (changed == 0) return fail(no_zip(name));
    return {};
  });
}

Result<std::vector<std::string>> LetterStore::uploaded_zips_with_created_letters() {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<std::string>> {
    std::vector<std::string> out;
    // From the letters to the zips: few letters are in state created, many zips have been uploaded.
    Rows row = connection.query(
        "SELECT DISTINCT z.name FROM notification n "
        "JOIN letter_zip_entry e ON e.letter = n.id AND e.live "
        "JOIN letter_zip z ON z.number = e.zip AND z.state = 2 "
        "WHERE n.letter_status = 0 ORDER BY z.name");
    while (row.next()) out.push_back(row.text());
    return out;
  });
}

Result<std::int64_t> LetterStore::count_sending(UtcTime from, UtcTime to) {
  return store_.pool.read([&](Connection& connection) -> Result<std::int64_t> {
    Rows row = connection.query(
        "SELECT count(*) FROM notification WHERE letter_status = 1 AND key_type = 0 "
        "AND letter_sent_at >= $1 AND letter_sent_at < $2",
        from, to);
    return row.next() ? row.integer() : 0;
  });
}

Result<std::int64_t> LetterStore::count_created(UtcTime before) {
  return store_.pool.read([&](Connection& connection) -> Result<std::int64_t> {
    Rows row =
        connection.query("SELECT count(*) FROM notification WHERE letter_status = 0 AND created_at < $1", before);
    return row.next() ? row.integer() : 0;
  });
}

Result<std::vector<NotificationId>> LetterStore::without_pdf(UtcTime from, UtcTime to, int limit) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<NotificationId>> {
    std::vector<NotificationId> out;
    Rows row = connection.query(
        "SELECT id FROM notification WHERE letter_status = 0 AND key_type = 0 "
        "AND billable_units = 0 AND updated_at IS NULL AND created_at >= $1 AND created_at < $2 "
        "ORDER BY created_at, id LIMIT $3",
        from, to, std::max(limit, 0));
    while (row.next()) out.push_back(row.id<NotificationId>());
    return out;
  });
}

Result<void> LetterStore::record_sorted_counts(const ports::SortedCounts& counts) {
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    connection.run(
        "INSERT INTO letter_sorted_counts(file_name, billing_day, sorted, unsorted) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (file_name) DO UPDATE SET billing_day = excluded.billing_day, sorted = excluded.sorted, "
        "unsorted = excluded.unsorted",
        counts.file_name, day_number(counts.billing_day), counts.sorted, counts.unsorted);
    return {};
  });
}

Result<std::vector<ports::SortedCounts>> LetterStore::sorted_counts(Date billing_day) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ports::SortedCounts>> {
    std::vector<ports::SortedCounts> out;
    Rows row = connection.query(
        "SELECT file_name, sorted, unsorted FROM letter_sorted_counts WHERE billing_day = $1 ORDER BY file_name",
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
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    Array letters(kUuidArray), days(kInt4Array), classes(kTextArray);
    for (const ports::Despatch& despatch : despatches) {
      letters.add_bytes(despatch.id.bytes());
      days.add_int(static_cast<std::int32_t>(day_number(despatch.despatched_on)));
      classes.add(despatch.cost_class);
    }
    connection.run(
        "INSERT INTO letter_despatch(letter, despatched_on, cost_class) SELECT * FROM unnest($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        letters, days, classes);
    return {};
  });
}

Result<std::optional<ports::Despatch>> LetterStore::despatch(NotificationId letter) {
  using Found = std::optional<ports::Despatch>;
  return store_.pool.read([&](Connection& connection) -> Result<Found> {
    Rows row = connection.query("SELECT despatched_on, cost_class FROM letter_despatch WHERE letter = $1", letter);
    if (!row.next()) return Found{};
    const Date day = date_of_day(row.integer());
    return Found{{letter, day, row.text()}};
  });
}

}  // namespace postroom::postgres
