// The answer to one statement, in binary form.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/store_common/codes.h"
#include "base/ids.h"
#include "base/time.h"

struct pg_result;

namespace postroom::postgres {

class Rows {
 public:
  explicit Rows(pg_result* result) : result_(result) {}

  // Moves to the next row; false when there is none.
  bool next();
  // Rows inserted, changed, deleted or returned.
  int affected() const;

  // Values of the present row, column by column from the left; each call moves on by one. NULL reads as 0 or empty.
  std::int64_t integer();  // smallint, integer, bigint, boolean
  int small() { return static_cast<int>(integer()); }
  bool flag() { return integer() != 0; }
  double real();
  std::string text() { return std::string(view()); }
  Bytes bytes() { return Bytes(view()); }
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

 private:
  bool is_null() const;
  std::nullopt_t skip() { return ++column_, std::nullopt; }
  std::string_view view();
  [[noreturn]] static void unknown_code(std::int64_t code);

  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
  int row_ = -1;
  int column_ = 0;
};

}  // namespace postroom::postgres
