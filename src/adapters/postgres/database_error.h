// What a failed call throws inside this folder; Writer and Pool turn it into a Result at the edge.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom::postgres {

class DatabaseError : public std::exception {
 public:
  // `sqlstate`: five characters (PostgreSQL manual, appendix A); empty when the connection failed.
  DatabaseError(std::string sqlstate, std::string message)
      : sqlstate_(std::move(sqlstate)), message_(std::move(message)) {}

  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& sqlstate() const { return sqlstate_; }
  // The connection is of no more use.
  bool is_connection_lost() const;
  // The server rolled back for the sake of another transaction: the same again may succeed at once.
  bool is_worth_repeating() const { return sqlstate_.starts_with("40"); }
  bool is_unique_violation() const { return sqlstate_ == "23505"; }
  // The caller asked for what exists or is not allowed: nothing that an operator must hear of.
  bool is_refusal() const { return is_unique_violation() || sqlstate_ == "23514"; }
  ErrorKind kind() const { return kind_of(sqlstate_); }
  Error error() const { return {kind(), message_}; }

  static ErrorKind kind_of(std::string_view sqlstate);

 private:
  std::string sqlstate_;
  std::string message_;
};

}  // namespace postroom::postgres
