#include "adapters/postgres/parameters.h"

#include <bit>
#include <cstring>

#include "base/text.h"

namespace postroom::postgres {
namespace {

constexpr std::size_t kArrayCountPlace = 12;

std::array<int, kParametersMax> all_binary() {
  std::array<int, kParametersMax> out;
  out.fill(1);
  return out;
}

void write_big_endian(char* out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i > 0; --i, value >>= 8) out[i - 1] = static_cast<char>(value & 0xFF);
}
void append_big_endian(Bytes& out, std::uint64_t value, std::size_t width) {
  char bytes[8];
  write_big_endian(bytes, value, width);
  out.append(bytes, width);
}

unsigned element_type(TypeOid array_type) {
  switch (array_type) {
    case kByteaArray: return kBytea;
    case kInt4Array: return kInt4;
    case kInt8Array: return kInt8;
    case kUuidArray: return kUuid;
    default: return kText;
  }
}

}  // namespace

const std::array<int, kParametersMax> Parameters::kBinary = all_binary();

// Header: dimensions, "has NULLs", element type, number of elements, lower bound. PostgreSQL takes an array of
// no elements in this form too.
Array::Array(TypeOid array_type) : type_(array_type) {
  append_big_endian(bytes_, 1, 4);
  append_big_endian(bytes_, 1, 4);
  append_big_endian(bytes_, element_type(array_type), 4);
  append_big_endian(bytes_, 0, 4);
  append_big_endian(bytes_, 1, 4);
}

void Array::add_raw(BytesView bytes) {
  append_big_endian(bytes_, bytes.size(), 4);
  bytes_.append(bytes);
  write_big_endian(bytes_.data() + kArrayCountPlace, ++count_, 4);
}

void Array::add(std::string_view text) {
  if (is_storable(text))
    add_raw(text);
  else
    add_raw(make_storable(text));
}

void Array::add_int(std::int32_t value) {
  char bytes[4];
  write_big_endian(bytes, static_cast<std::uint32_t>(value), 4);
  add_raw({bytes, 4});
}

void Array::add_long(std::int64_t value) {
  char bytes[8];
  write_big_endian(bytes, static_cast<std::uint64_t>(value), 8);
  add_raw({bytes, 8});
}

void Array::add_null() {
  append_big_endian(bytes_, 0xFFFFFFFF, 4);
  write_big_endian(bytes_.data() + kArrayCountPlace, ++count_, 4);
}

bool is_storable(std::string_view text) {
  return std::memchr(text.data(), '\0', text.size()) == nullptr && is_valid_utf8(text);
}

std::string make_storable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  for (std::size_t position = 0; position < text.size();) {
    const char32_t c = next_code_point(text, position);
    append_utf8(out, c == 0 ? U'\uFFFD' : c);
  }
  return out;
}

void Parameters::put(TypeOid type, BytesView bytes) {
  const auto place = static_cast<std::size_t>(count_++);
  types_[place] = type;
  // A null pointer would be NULL; an empty value is not.
  values_[place] = bytes.data() != nullptr ? bytes.data() : "";
  lengths_[place] = static_cast<int>(bytes.size());
}

void Parameters::put_number(TypeOid type, std::uint64_t value, std::size_t width) {
  auto& bytes = numbers_[static_cast<std::size_t>(count_)];
  write_big_endian(bytes.data(), value, width);
  put(type, {bytes.data(), width});
}

void Parameters::add(std::int64_t value) { put_number(kInt8, static_cast<std::uint64_t>(value), 8); }
void Parameters::add(std::int32_t value) { put_number(kInt4, static_cast<std::uint32_t>(value), 4); }
void Parameters::add(bool value) { put_number(kBool, value ? 1 : 0, 1); }
void Parameters::add(double value) { put_number(kFloat8, std::bit_cast<std::uint64_t>(value), 8); }
void Parameters::add(std::string_view text) {
  if (is_storable(text)) return put(kText, text);
  put(kText, repaired_.emplace_front(make_storable(text)));
}

}  // namespace postroom::postgres
