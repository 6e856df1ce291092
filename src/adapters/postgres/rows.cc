#include "adapters/postgres/rows.h"

#include <libpq-fe.h>

#include <bit>

#include "adapters/postgres/database_error.h"
#include "base/text.h"

namespace postroom::postgres {

void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }

bool Rows::next() {
  column_ = 0;
  return ++row_ < PQntuples(result_.get());
}

int Rows::affected() const { return parse_int<int>(PQcmdTuples(result_.get())).value_or(0); }

bool Rows::is_null() const { return PQgetisnull(result_.get(), row_, column_) != 0; }

std::string_view Rows::view() {
  const int column = column_++;
  return {PQgetvalue(result_.get(), row_, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

std::int64_t Rows::integer() {
  const std::string_view bytes = view();
  if (bytes.empty()) return 0;
  // The first byte carries the sign, whatever the width.
  std::int64_t value = static_cast<signed char>(bytes[0]);
  for (std::size_t i = 1; i < bytes.size(); ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

double Rows::real() { return std::bit_cast<double>(integer()); }

void Rows::unknown_code(std::int64_t code) { throw DatabaseError("XX001", store_common::unknown_code(code)); }

}  // namespace postroom::postgres
