// The file around the pages: header, numbered objects, cross-reference table, trailer (ISO 32000-1, 7.5).
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace postroom::pdf {

// Appends a number as PDF writes it: at most three decimals, no exponent, no trailing zeros.
void append_number(Bytes& out, double value);

// Objects are written in the order of the calls; each reserved number must be written once. Not thread-safe.
class DocumentWriter {
 public:
  explicit DocumentWriter(std::size_t bytes_expected);

  // The number of an object that will be written later.
  int reserve();
  void object(int number, std::string_view body);
  // `entries` are the dictionary's entries besides Length; `data` is encoded as they say.
  void stream(int number, std::string_view entries, BytesView data);
  // Writes cross-reference table and trailer. The document's ID is made of `identity`, so that the same
  // content gives the same file.
  Bytes finish(int catalog, int information, BytesView identity) &&;

 private:
  void begin(int number);

  Bytes out_;
  std::vector<std::size_t> offsets_;  // of object n at n - 1
};

}  // namespace postroom::pdf
