// A thin wrapper of the SQLite C API: one connection with its prepared statements. Used by one thread at a time.
//
// Inside this folder a failed call throws DatabaseError; Writer and ReaderPool turn it into a Result at the
// edge. What can be expected (a key that exists already) never throws: statements say ON CONFLICT DO NOTHING
// and look at the number of rows changed.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/store_common/codes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace postroom::sqlite {

// Statements kept prepared on each connection; beyond that all are dropped and prepared again when needed.
// List queries come in about a hundred forms.
constexpr std::size_t kPreparedStatementsMax = 256;

class DatabaseError : public std::exception {
 public:
  DatabaseError(int code, std::string message) : code_(code), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  int code() const { return code_; }  // SQLite's extended result code
  // retry_later for a busy or full disk, corrupt for a damaged file, conflict for a constraint, else internal.
  ErrorKind kind() const;
  Error error() const { return {kind(), message_}; }

 private:
  int code_;
  std::string message_;
};

// Bytes bound as BLOB; a std::string_view is bound as TEXT.
struct Blob {
  BytesView bytes;
};

// One run of a prepared statement. Hands the statement back to its connection when destroyed.
class Cursor {
 public:
  // Whether bound texts, bytes and ids are copied, or must stay alive until the cursor is done.
  enum class Bound { copied, kept_by_caller };
  // Binds the arguments to ?1, ?2, …
  template <typename... Args>
  Cursor(sqlite3* database, sqlite3_stmt* statement, Bound bound, const Args&... args)
      : database_(database), statement_(statement), bound_(bound) {
    int place = 0;
    (bind(++place, args), ...);
  }
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  // Moves to the next row; false when there is none.
  bool next();

  // Values of the present row, column by column from the left; each call moves on by one.
  std::int64_t integer();
  int small() { return static_cast<int>(integer()); }
  bool flag() { return integer() != 0; }
  double real();
  std::string text();  // empty for NULL
  Bytes bytes();       // empty for NULL
  UtcTime time() { return from_micros(integer()); }
  std::optional<UtcTime> optional_time() { return is_null() ? skip() : std::optional(time()); }
  std::optional<int> optional_small() { return is_null() ? skip() : std::optional(small()); }
  std::optional<std::string> optional_text() { return is_null() ? skip() : std::optional(text()); }
  template <typename IdType>
  IdType id() {
    return IdType::from_bytes(view()).value_or(IdType{});
  }
  template <typename IdType>
  std::optional<IdType> optional_id() {
    return IdType::from_bytes(view());
  }
  // Throws DatabaseError (corrupt) for a number that stands for nothing.
  template <typename Enum>
  Enum enumerator() {
    const std::int64_t code = integer();
    auto value = store_common::find_by_code<Enum>(code);
    if (!value) unknown_code(code);
    return *value;
  }
  template <typename Enum>
  std::optional<Enum> optional_enumerator() {
    return is_null() ? skip() : std::optional(enumerator<Enum>());
  }

  void bind(int place, std::int64_t value);
  void bind(int place, int value) { bind(place, static_cast<std::int64_t>(value)); }
  void bind(int place, bool value) { bind(place, static_cast<std::int64_t>(value)); }
  void bind(int place, double value);
  void bind(int place, std::string_view text);
  void bind(int place, const std::string& text) { bind(place, std::string_view(text)); }
  void bind(int place, const char* text) { bind(place, std::string_view(text)); }
  void bind(int place, Blob blob);
  void bind(int, std::nullopt_t) {}  // unbound is NULL
  void bind(int place, UtcTime time) { bind(place, static_cast<std::int64_t>(to_micros(time))); }
  template <typename Tag>
  void bind(int place, const Id<Tag>& id) {
    bind(place, Blob{id.bytes()});
  }
  template <typename T>
  void bind(int place, const std::optional<T>& value) {
    if (value) bind(place, *value);
  }

 private:
  bool is_null() const;
  std::nullopt_t skip() { return ++column_, std::nullopt; }
  BytesView view();
  [[noreturn]] static void unknown_code(std::int64_t code);

  sqlite3* database_;
  sqlite3_stmt* statement_;
  Bound bound_;
  int column_ = 0;
};

class Connection {
 public:
  enum class Mode { read_only, read_write_create };
  // Throws DatabaseError.
  Connection(const std::string& path, Mode mode);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Prepares `sql`, once for each text, and binds the arguments to ?1, ?2, … One text cannot be run again while
  // a cursor of it is alive: that throws std::logic_error.
  template <typename... Args>
  Cursor query(std::string_view sql, const Args&... args) {
    return Cursor(database_, prepare(sql), Cursor::Bound::copied, args...);
  }
  // Runs a statement to its end; returns how many rows it inserted, changed or deleted.
  template <typename... Args>
  int run(std::string_view sql, const Args&... args) {
    Cursor(database_, prepare(sql), Cursor::Bound::kept_by_caller, args...).next();
    return changes();
  }
  // Runs any number of statements without arguments.
  void script(const std::string& sql);

  int changes() const;
  std::int64_t last_rowid() const;
  std::int64_t total_changes() const;
  // Whether a transaction is open; SQLite ends one by itself when the disk is full.
  bool in_transaction() const;

  // Calls `observer` after each commit with the number of pages in the write-ahead log. SQLite then no longer
  // copies the log back by itself.
  void observe_commits(std::function<void(int pages)> observer);
  // Copies the write-ahead log back as far as readers and writers allow, without waiting for any of them. False
  // when the disk fails; another connection that is at it just now is none of that.
  bool checkpoint();

 private:
  sqlite3_stmt* prepare(std::string_view sql);

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  struct Close {
    void operator()(sqlite3* database) const;
  };

  std::function<void(int)> commit_observer_;
  std::unique_ptr<sqlite3, Close> handle_;
  sqlite3* database_ = nullptr;  // of handle_
  std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, TextHash, std::equal_to<>> statements_;
};

}  // namespace postroom::sqlite
