#include "adapters/sqlite/connection.h"

#include <sqlite3.h>

#include <stdexcept>

namespace postroom::sqlite {
namespace {

// Another process of a backup tool or a shell may hold the lock for a moment.
constexpr int kBusyTimeoutMilliseconds = 5'000;

ErrorKind kind_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
    case SQLITE_READONLY: return ErrorKind::retry_later;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorKind::corrupt;
    case SQLITE_CONSTRAINT: return ErrorKind::conflict;
    default: return ErrorKind::internal;
  }
}

// What a person can do about it; empty for bugs.
std::string_view remedy(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::retry_later:
      return ". Check that the disk has room and that postroom's user may write the file and its folder";
    case ErrorKind::corrupt:
      return ". The file is left as it is: restore a backup, or move it away to start with an empty database";
    default: return "";
  }
}

[[noreturn]] void raise(sqlite3* database, int code) {
  std::string message = "database ";
  if (database != nullptr) {
    code = sqlite3_extended_errcode(database);
    const char* path = sqlite3_db_filename(database, "main");
    message += std::string(path == nullptr ? "" : path) + ": " + sqlite3_errmsg(database);
  } else {
    message += sqlite3_errstr(code);
  }
  throw DatabaseError(code, message + std::string(remedy(kind_of(code))));
}

void require(sqlite3* database, int code) {
  if (code != SQLITE_OK) raise(database, code);
}

sqlite3_destructor_type destructor_of(Cursor::Bound bound) {
  return bound == Cursor::Bound::copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
}

}  // namespace

ErrorKind DatabaseError::kind() const { return kind_of(code_); }

Cursor::~Cursor() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Cursor::next() {
  column_ = 0;
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) raise(database_, code);
  return false;
}

std::int64_t Cursor::integer() { return sqlite3_column_int64(statement_, column_++); }
double Cursor::real() { return sqlite3_column_double(statement_, column_++); }
std::string Cursor::text() { return std::string(view()); }
Bytes Cursor::bytes() { return Bytes(view()); }
bool Cursor::is_null() const { return sqlite3_column_type(statement_, column_) == SQLITE_NULL; }

BytesView Cursor::view() {
  const int column = column_++;
  // The blob form of a text is its UTF-8 bytes; asking for it first never converts.
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {data == nullptr ? "" : data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Cursor::unknown_code(std::int64_t code) {
  throw DatabaseError(SQLITE_CORRUPT, store_common::unknown_code(code));
}

void Cursor::bind(int place, std::int64_t value) {
  require(database_, sqlite3_bind_int64(statement_, place, value));
}
void Cursor::bind(int place, double value) { require(database_, sqlite3_bind_double(statement_, place, value)); }

void Cursor::bind(int place, std::string_view text) {
  require(database_, sqlite3_bind_text64(statement_, place, text.data() == nullptr ? "" : text.data(), text.size(),
                                         destructor_of(bound_), SQLITE_UTF8));
}

void Cursor::bind(int place, Blob blob) {
  const char* data = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  require(database_, sqlite3_bind_blob64(statement_, place, data, blob.bytes.size(), destructor_of(bound_)));
}

void Connection::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Connection::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Connection::Connection(const std::string& path, Mode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* database = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  handle_.reset(database);
  database_ = database;
  require(database_, code);
  sqlite3_busy_timeout(database_, kBusyTimeoutMilliseconds);
}

sqlite3_stmt* Connection::prepare(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    if (statements_.size() >= kPreparedStatementsMax) {
      std::erase_if(statements_, [](const auto& entry) { return sqlite3_stmt_busy(entry.second.get()) == 0; });
    }
    sqlite3_stmt* statement = nullptr;
    require(database_, sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    found = statements_.emplace(std::string(sql), std::unique_ptr<sqlite3_stmt, Finalize>(statement)).first;
  }
  if (sqlite3_stmt_busy(found->second.get()) != 0) throw std::logic_error("a statement is run inside itself");
  return found->second.get();
}

void Connection::script(const std::string& sql) {
  require(database_, sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr));
}

int Connection::changes() const { return sqlite3_changes(database_); }
std::int64_t Connection::last_rowid() const { return sqlite3_last_insert_rowid(database_); }
std::int64_t Connection::total_changes() const { return sqlite3_total_changes64(database_); }

void Connection::observe_commits(std::function<void(int)> observer) {
  commit_observer_ = std::move(observer);
  sqlite3_wal_hook(
      database_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Connection*>(self)->commit_observer_(pages);
        return SQLITE_OK;
      },
      this);
}

bool Connection::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  return code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

}  // namespace postroom::sqlite
