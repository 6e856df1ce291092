// The records of a zip file (PKWARE APPNOTE 6.3.9), little-endian. Shared by writer and reader.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace postroom::zip {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;

constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kLocator64Bytes = 20;

constexpr std::uint16_t kVersionPlain = 20;
constexpr std::uint16_t kVersion64 = 45;
constexpr std::uint16_t kExtra64Id = 0x0001;
constexpr std::uint16_t kMethodStored = 0;
// 1 January 1980, midnight: the first moment the format knows.
constexpr std::uint16_t kFixedDosTime = 0;
constexpr std::uint16_t kFixedDosDate = 0x0021;

// In the plain records these values mean "see the zip64 record".
constexpr std::uint32_t kSee64 = 0xFFFFFFFF;
constexpr std::uint16_t kCountSee64 = 0xFFFF;

constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kEntriesMax = 1'000'000;

inline void put(Bytes& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}
inline void put16(Bytes& out, std::uint64_t value) { put(out, value, 2); }
inline void put32(Bytes& out, std::uint64_t value) { put(out, value, 4); }
inline void put64(Bytes& out, std::uint64_t value) { put(out, value, 8); }

// The caller has checked that the bytes are there.
inline std::uint64_t get(BytesView bytes, std::size_t offset, int count) {
  std::uint64_t value = 0;
  for (int i = count - 1; i >= 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes[offset + static_cast<std::size_t>(i)]);
  return value;
}
inline std::uint16_t get16(BytesView bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(get(bytes, offset, 2));
}
inline std::uint32_t get32(BytesView bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(get(bytes, offset, 4));
}
inline std::uint64_t get64(BytesView bytes, std::size_t offset) { return get(bytes, offset, 8); }

}  // namespace postroom::zip
