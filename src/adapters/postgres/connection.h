// A thin wrapper of libpq: one session with its prepared statements. Used by one thread at a time.
//
// A failed call throws DatabaseError. What can be expected (a key that exists already) never throws: statements
// say ON CONFLICT DO NOTHING and look at the rows that come back. No call waits longer than kAnswerTimeout.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/postgres/database_error.h"
#include "adapters/postgres/parameters.h"
#include "adapters/postgres/rows.h"

struct pg_conn;
struct pg_result;

namespace postroom::postgres {

constexpr int kConnectTimeoutSeconds = 3;
// The server gives up first: on a statement, then on a lock.
constexpr std::chrono::milliseconds kStatementTimeout{15'000};
constexpr std::chrono::milliseconds kLockTimeout{5'000};
// For a server that is reachable but silent.
constexpr std::chrono::milliseconds kAnswerTimeout{20'000};
// Statements kept prepared in each session; beyond that the session prepares anew. Lists come in about a
// hundred forms.
constexpr std::size_t kPreparedStatementsMax = 256;

class Connection {
 public:
  // `url` as postgresql://…; its own settings win over ours.
  explicit Connection(const std::string& url);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One statement and its answer. Arguments go to $1, $2, … and must have the same types at every run of one text.
  template <typename... Args>
  Rows query(std::string_view sql, const Args&... args) {
    return query_with(sql, Parameters(args...));
  }
  // Returns how many rows were inserted, changed or deleted.
  template <typename... Args>
  int run(std::string_view sql, const Args&... args) {
    return query(sql, args...).affected();
  }
  // Any number of statements without arguments.
  void script(const std::string& sql);

  // Pipeline: send() any number of statements, sync(), then receive() once for each in the same order, then
  // end_pipeline(). After an exception abandon_pipeline() makes the session usable again, rolled back.
  void begin_pipeline();
  template <typename... Args>
  void send(std::string_view sql, const Args&... args) {
    send_with(sql, Parameters(args...));
  }
  void sync();
  Rows receive();
  void end_pipeline();
  void abandon_pipeline();

  // False when the server has closed the session in the meantime; asks nothing of it.
  bool is_alive();
  // The session's socket, for poll(2).
  int socket() const;
  // Next notification of LISTEN that has arrived: channel's payload. Nothing when there is none.
  std::optional<std::string> next_notification();
  bool in_transaction() const;

 private:
  Rows query_with(std::string_view sql, const Parameters& parameters);
  void send_with(std::string_view sql, const Parameters& parameters);
  const std::string& prepare(std::string_view sql, const Parameters& parameters);
  pg_result* next_result();
  Rows checked(pg_result* result);
  void flush();
  void wait_for_server(bool also_writable);
  void set_up_session();
  [[noreturn]] void fail_lost();

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Finish {
    void operator()(pg_conn* connection) const;
  };

  std::unique_ptr<pg_conn, Finish> handle_;
  pg_conn* connection_ = nullptr;                                                       // of handle_
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> statements_;  // text -> name
  std::uint64_t next_statement_ = 1;
  bool in_pipeline_ = false;
  bool synced_ = false;
  std::deque<bool> expected_;  // answers to come in the pipeline: whether of a preparation
};

}  // namespace postroom::postgres
