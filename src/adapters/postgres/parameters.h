// Arguments of a statement in libpq's binary form.
#pragma once

#include <array>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace postroom::postgres {

// The widest statement stores a notification with its tasks.
constexpr int kParametersMax = 40;

// PostgreSQL's numbers of its types (catalog pg_type).
enum TypeOid : unsigned {
  kBool = 16,
  kBytea = 17,
  kInt8 = 20,
  kInt4 = 23,
  kText = 25,
  kFloat8 = 701,
  kUuid = 2950,
  kByteaArray = 1001,
  kInt4Array = 1007,
  kTextArray = 1009,
  kInt8Array = 1016,
  kUuidArray = 2951,
};

// Bytes bound as bytea; a std::string_view is bound as text.
struct Blob {
  BytesView bytes;
};

// A one-dimensional array in binary form.
class Array {
 public:
  explicit Array(TypeOid array_type);
  void add(std::string_view text);
  void add_int(std::int32_t value);
  void add_long(std::int64_t value);
  void add_bytes(BytesView bytes) { add_raw(bytes); }
  void add_null();

  TypeOid type() const { return type_; }
  BytesView bytes() const { return bytes_; }

 private:
  void add_raw(BytesView bytes);
  TypeOid type_;
  std::uint32_t count_ = 0;
  Bytes bytes_;
};

// PostgreSQL stores no NUL and no ill-formed UTF-8 in a text: U+FFFD stands for them, so that what a provider
// answers can never keep a message from moving on.
bool is_storable(std::string_view text);
std::string make_storable(std::string_view text);

// What is bound must stay alive until the statement was sent: long values are not copied.
class Parameters {
 public:
  template <typename... Args>
  explicit Parameters(const Args&... args) {
    static_assert(sizeof...(Args) <= kParametersMax);
    (add(args), ...);
  }
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  int count() const { return count_; }
  const unsigned* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return kBinary.data(); }

 private:
  void add(std::int64_t value);
  void add(std::int32_t value);
  void add(bool value);
  void add(double value);
  void add(std::string_view text);
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(const char* text) { add(std::string_view(text)); }
  void add(const Blob& blob) { put(kBytea, blob.bytes); }
  void add(const Array& array) { put(array.type(), array.bytes()); }
  void add(UtcTime time) { add(static_cast<std::int64_t>(to_micros(time))); }
  template <typename Tag>
  void add(const Id<Tag>& id) {
    put(kUuid, id.bytes());
  }
  template <typename T>
  void add(const std::optional<T>& value) {
    if (value) return add(*value);
    put(type_of<T>(), {});
    values_[static_cast<std::size_t>(count_ - 1)] = nullptr;
  }

  template <typename T>
  static constexpr TypeOid type_of() {
    if constexpr (std::is_same_v<T, bool>)
      return kBool;
    else if constexpr (std::is_same_v<T, double>)
      return kFloat8;
    else if constexpr (std::is_same_v<T, int>)
      return kInt4;
    else if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, UtcTime>)
      return kInt8;
    else if constexpr (std::is_same_v<T, Blob>)
      return kBytea;
    else if constexpr (std::is_convertible_v<T, std::string_view>)
      return kText;
    else
      return kUuid;
  }

  void put(TypeOid type, BytesView bytes);
  void put_number(TypeOid type, std::uint64_t value, std::size_t width);

  static const std::array<int, kParametersMax> kBinary;
  int count_ = 0;
  std::array<unsigned, kParametersMax> types_;
  std::array<const char*, kParametersMax> values_;
  std::array<int, kParametersMax> lengths_;
  std::array<std::array<char, 8>, kParametersMax> numbers_;
  std::forward_list<std::string> repaired_;
};

}  // namespace postroom::postgres
