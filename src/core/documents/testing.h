// Small files of each kind, for tests.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace postroom::documents::testing {

inline void put_number(Bytes& out, std::size_t value, int size) {
  for (int i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

// A zip of stored entries, as far as reading names and content needs: no times, no check sums.
inline Bytes a_zip(const std::vector<std::pair<std::string, std::string>>& entries) {
  Bytes out, directory;
  for (const auto& [name, content] : entries) {
    const std::size_t at = out.size();
    out += "PK\x03\x04";
    out.append(14, '\0');
    put_number(out, content.size(), 4);
    put_number(out, content.size(), 4);
    put_number(out, name.size(), 2);
    put_number(out, 0, 2);
    out += name + content;
    directory += "PK\x01\x02";
    directory.append(16, '\0');
    put_number(directory, content.size(), 4);
    put_number(directory, content.size(), 4);
    put_number(directory, name.size(), 2);
    directory.append(12, '\0');
    put_number(directory, at, 4);
    directory += name;
  }
  const std::size_t directory_at = out.size();
  out += directory;
  out += "PK\x05\x06";
  out.append(4, '\0');
  put_number(out, entries.size(), 2);
  put_number(out, entries.size(), 2);
  put_number(out, directory.size(), 4);
  put_number(out, directory_at, 4);
  put_number(out, 0, 2);
  // The directory's mark first: an empty zip starts with its end.
  return entries.empty() ? "PK\x03\x04" + out : out;
}

// What old office programs write, without anything in it.
inline Bytes a_compound_file() {
  Bytes out("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
  out.append(512, '\0');
  return out;
}

inline Bytes a_word_97_file() {
  Bytes out = a_compound_file();
  for (char c : std::string_view("WordDocument")) out += {c, '\0'};
  return out;
}

}  // namespace postroom::documents::testing
