#include "adapters/postgres/connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <array>

#include "base/text.h"

namespace postroom::postgres {
namespace {

// libpq's messages end with a newline and may have several lines.
std::string one_line(const char* text) { return replace_all(trim(text), "\n", "; "); }

std::string field(const pg_result* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

}  // namespace

void Connection::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

Connection::Connection(const std::string& url) {
  const std::string connect_timeout = std::to_string(kConnectTimeoutSeconds);
  // Later ones win, and `dbname` is the whole URL. A peer that vanished is noticed within about ten seconds.
  const std::array<const char*, 9> names = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                            "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                                            "client_encoding",  "dbname",           nullptr};
  const std::array<const char*, 9> values = {
      connect_timeout.c_str(), "5", "2", "3", "10000", "postroom", "UTF8", url.c_str(), nullptr};
  handle_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  connection_ = handle_.get();
  if (PQstatus(connection_) != CONNECTION_OK) throw DatabaseError("", one_line(PQerrorMessage(connection_)));
  PQsetnonblocking(connection_, 1);
  PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  set_up_session();
}

// Plans are made for any arguments and by index: the tables' statistics lag far behind a queue that fills and
// empties in seconds, and a plan chosen for an empty table would be kept.
void Connection::set_up_session() {
  script(fmt::format(
      "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; "
      "SET synchronous_commit = on; SET default_transaction_isolation = 'read committed'; "
      "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off; "
      "SET jit = off",
      kStatementTimeout.count(), kLockTimeout.count(), 2 * kAnswerTimeout.count()));
}

void Connection::fail_lost() {
  std::string message = one_line(PQerrorMessage(connection_));
  throw DatabaseError("", message.empty() ? "the connection to the database was lost" : message);
}

void Connection::wait_for_server(bool also_writable) {
  pollfd entry{PQsocket(connection_), static_cast<short>(POLLIN | (also_writable ? POLLOUT : 0)), 0};
  int ready = 0;
  do {
    ready = ::poll(&entry, 1, static_cast<int>(kAnswerTimeout.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) {
    handle_.reset();
    throw DatabaseError("", fmt::format("the database did not answer within {} s", kAnswerTimeout.count() / 1'000));
  }
  if ((entry.revents & ~POLLOUT) != 0 && PQconsumeInput(connection_) == 0) fail_lost();
}

void Connection::flush() {
  int left = 0;
  while ((left = PQflush(connection_)) == 1) wait_for_server(true);
  if (left < 0) fail_lost();
}

pg_result* Connection::next_result() {
  while (PQisBusy(connection_) != 0) wait_for_server(false);
  return PQgetResult(connection_);
}

Rows Connection::checked(pg_result* result) {
  if (result == nullptr) fail_lost();
  Rows rows(result);
  switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY: return rows;
    case PGRES_PIPELINE_ABORTED: throw DatabaseError("25P02", "the transaction had failed already");
    default: {
      std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
      std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
      if (message.empty()) message = one_line(PQresultErrorMessage(result));
      throw DatabaseError(std::move(sqlstate), "database: " + message);
    }
  }
}

void Connection::script(const std::string& sql) {
  if (PQsendQuery(connection_, sql.c_str()) == 0) fail_lost();
  flush();
  std::optional<DatabaseError> error;
  while (pg_result* result = next_result()) {
    try {
      checked(result);
    } catch (const DatabaseError& e) {
      if (!error) error = e;
    }
  }
  if (error) throw *error;
}

// The name of the prepared statement; prepares it first when it is new (in a pipeline: adds that to it).
const std::string& Connection::prepare(std::string_view sql, const Parameters& parameters) {
  auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second;
  if (statements_.size() >= kPreparedStatementsMax && !in_pipeline_) {
    script("DEALLOCATE ALL");
    statements_.clear();
  }
  std::string name = "s" + std::to_string(next_statement_++);
  const std::string text(sql);
  if (PQsendPrepare(connection_, name.c_str(), text.c_str(), parameters.count(), parameters.types()) == 0)
    fail_lost();
  if (in_pipeline_) {
    expected_.push_back(true);
  } else {
    flush();
    Rows rows = checked(next_result());
    while (pg_result* more = next_result()) PQclear(more);
  }
  return statements_.emplace(text, std::move(name)).first->second;
}

Rows Connection::query_with(std::string_view sql, const Parameters& parameters) {
  // An error leaves its end of the answer behind, which must not be taken for the next one's.
  struct Drain {
    ~Drain() {
      if (connection.handle_ == nullptr) return;
      try {
        while (pg_result* more = connection.next_result()) PQclear(more);
      } catch (const DatabaseError&) {
        connection.handle_.reset();
      }
    }
    Connection& connection;
  } drain{*this};
  const std::string& name = prepare(sql, parameters);
  if (PQsendQueryPrepared(connection_, name.c_str(), parameters.count(), parameters.values(), parameters.lengths(),
                          parameters.formats(), 1) == 0) {
    fail_lost();
  }
  flush();
  return checked(next_result());
}

void Connection::begin_pipeline() {
  if (PQenterPipelineMode(connection_) == 0) fail_lost();
  in_pipeline_ = true;
  synced_ = false;
  expected_.clear();
}

void Connection::send_with(std::string_view sql, const Parameters& parameters) {
  const std::string& name = prepare(sql, parameters);
  if (PQsendQueryPrepared(connection_, name.c_str(), parameters.count(), parameters.values(), parameters.lengths(),
                          parameters.formats(), 1) == 0) {
    fail_lost();
  }
  expected_.push_back(false);
}

void Connection::sync() {
  if (PQpipelineSync(connection_) == 0) fail_lost();
  synced_ = true;
  flush();
}

Rows Connection::receive() {
  while (true) {
    Rows rows = checked(next_result());
    // In a pipeline a null result ends each answer.
    if (pg_result* more = next_result()) PQclear(more);
    const bool of_preparation = expected_.front();
    expected_.pop_front();
    if (!of_preparation) return rows;
  }
}

void Connection::end_pipeline() {
  Rows sync(next_result());
  if (PQexitPipelineMode(connection_) == 0) fail_lost();
  in_pipeline_ = false;
}

void Connection::abandon_pipeline() {
  if (handle_ == nullptr) throw DatabaseError("", "the connection to the database was lost");
  if (!in_pipeline_) return;
  // Some of the statements may not have been prepared; their names are not used again.
  statements_.clear();
  if (!synced_) sync();
  int empty_answers = 0;
  while (true) {
    pg_result* result = next_result();
    if (result == nullptr) {
      // One after each answer; two in a row mean that nothing is left.
      if (PQstatus(connection_) != CONNECTION_OK || ++empty_answers > 1) fail_lost();
      continue;
    }
    empty_answers = 0;
    const bool is_sync = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
    if (is_sync) break;
  }
  if (PQexitPipelineMode(connection_) == 0) fail_lost();
  in_pipeline_ = false;
  script("ROLLBACK; DEALLOCATE ALL");
}

bool Connection::is_alive() {
  if (handle_ == nullptr || PQstatus(connection_) != CONNECTION_OK) return false;
  pollfd entry{PQsocket(connection_), POLLIN, 0};
  if (::poll(&entry, 1, 0) <= 0) return true;
  // Something came unasked: a notice, or the end of the session.
  if (PQconsumeInput(connection_) == 0) return false;
  PQisBusy(connection_);  // reads what has come, such as the server's good-bye
  return PQstatus(connection_) == CONNECTION_OK;
}

int Connection::socket() const { return PQsocket(connection_); }

std::optional<std::string> Connection::next_notification() {
  PGnotify* notification = PQnotifies(connection_);
  if (notification == nullptr) return std::nullopt;
  std::string payload = notification->extra;
  PQfreemem(notification);
  return payload;
}

bool Connection::in_transaction() const { return PQtransactionStatus(connection_) != PQTRANS_IDLE; }

}  // namespace postroom::postgres
