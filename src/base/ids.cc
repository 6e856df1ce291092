#include "base/ids.h"

#include <cstring>

#include "base/text.h"

namespace postroom {

std::optional<Uuid> Uuid::from_bytes(BytesView bytes) {
  if (bytes.size() != 16) return std::nullopt;
  Uuid uuid;
  std::memcpy(uuid.bytes_.data(), bytes.data(), 16);
  return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') {
    return std::nullopt;
  }
  return parse_lenient(text);
}

std::optional<Uuid> Uuid::parse_lenient(std::string_view text) {
  std::string plain = replace_all(replace_all(text, "urn:", ""), "uuid:", "");
  std::string_view inner = plain;
  while (!inner.empty() && (inner.front() == '{' || inner.front() == '}')) inner.remove_prefix(1);
  while (!inner.empty() && (inner.back() == '{' || inner.back() == '}')) inner.remove_suffix(1);
  std::string digits = replace_all(inner, "-", "");
  if (digits.size() != 32) return std::nullopt;
  auto bytes = from_hex(digits);
  if (!bytes) return std::nullopt;
  return from_bytes(*bytes);
}

Uuid Uuid::random(Random& random) {
  Uuid uuid;
  random.fill(reinterpret_cast<char*>(uuid.bytes_.data()), 16);
  uuid.bytes_[6] = static_cast<unsigned char>((uuid.bytes_[6] & 0x0F) | 0x40);
  uuid.bytes_[8] = static_cast<unsigned char>((uuid.bytes_[8] & 0x3F) | 0x80);
  return uuid;
}

Uuid Uuid::time_ordered(UtcTime now, Random& random) {
  Uuid uuid;
  random.fill(reinterpret_cast<char*>(uuid.bytes_.data()), 16);
  auto millis =
      static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count());
  for (int i = 5; i >= 0; --i) {
    uuid.bytes_[static_cast<std::size_t>(i)] = static_cast<unsigned char>(millis);
    millis >>= 8;
  }
  uuid.bytes_[6] = static_cast<unsigned char>((uuid.bytes_[6] & 0x0F) | 0x70);
  uuid.bytes_[8] = static_cast<unsigned char>((uuid.bytes_[8] & 0x3F) | 0x80);
  return uuid;
}

std::string Uuid::text() const {
  std::string hex = to_hex(bytes());
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    out += hex[i];
  }
  return out;
}

}  // namespace postroom
