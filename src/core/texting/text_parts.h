// Texts as bytes of a short message, in parts that a phone joins again (3GPP TS 23.038, 23.040).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace postroom::texting {

inline constexpr std::size_t kSeptetsAlone = 160;
inline constexpr std::size_t kSeptetsJoined = 153;
inline constexpr std::size_t kUnitsAlone = 70;  // of UTF-16
inline constexpr std::size_t kUnitsJoined = 67;
// What a header can count; longer texts than that nobody sends.
inline constexpr std::size_t kPartsMax = 255;

// One code a byte, not packed: as SMPP carries the GSM alphabet. A character it lacks becomes '?'.
Bytes to_gsm(std::string_view utf8);
std::string from_gsm(BytesView codes);
// UTF-16, big end first.
Bytes to_ucs2(std::string_view utf8);
// Half a pair becomes U+FFFD.
std::string from_ucs2(BytesView bytes);
std::string from_latin1(BytesView bytes);

// The parts of an encoded text, at least one. No escape pair and no surrogate pair is cut, so a part may be one
// code shorter than it could be.
std::vector<Bytes> split_gsm(BytesView codes);
std::vector<Bytes> split_ucs2(BytesView bytes);

// The header before each part's bytes: concatenated short messages, 8-bit reference.
struct JoinHeader {
  int reference = 0;
  int parts = 1;
  int part = 1;  // from 1
  friend bool operator==(const JoinHeader&, const JoinHeader&) = default;
};
Bytes join_header(const JoinHeader& header);

// What a user data header says; `rest` is what follows it.
struct UserData {
  std::optional<JoinHeader> join;
  BytesView rest;
};
// Nothing when the header is longer than the bytes.
std::optional<UserData> read_user_data(BytesView bytes);

}  // namespace postroom::texting
