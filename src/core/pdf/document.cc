#include "core/pdf/document.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>

namespace postroom::pdf {
namespace {

// FNV-1a: an ID has to tell documents apart, not to withstand an attack.
std::uint64_t fingerprint(BytesView bytes, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

}  // namespace

void append_number(Bytes& out, double value) {
  long long thousandths = std::llround(value * 1000);
  if (thousandths < 0) {
    out += '-';
    thousandths = -thousandths;
  }
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, thousandths / 1000).ptr;
  out.append(digits, end);
  int rest = static_cast<int>(thousandths % 1000);
  if (rest == 0) return;
  out += '.';
  for (int unit = 100; rest > 0; unit /= 10) {
    out += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
}

DocumentWriter::DocumentWriter(std::size_t bytes_expected) {
  out_.reserve(bytes_expected);
  // The comment of four high bytes tells transfer programs that the file is binary.
  out_ += "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
}

int DocumentWriter::reserve() {
  offsets_.push_back(0);
  return static_cast<int>(offsets_.size());
}

void DocumentWriter::begin(int number) {
  offsets_[static_cast<std::size_t>(number) - 1] = out_.size();
  fmt::format_to(std::back_inserter(out_), "{} 0 obj\n", number);
}

void DocumentWriter::object(int number, std::string_view body) {
  begin(number);
  out_ += body;
  out_ += "\nendobj\n";
}

void DocumentWriter::stream(int number, std::string_view entries, BytesView data) {
  begin(number);
  fmt::format_to(std::back_inserter(out_), "<</Length {}{}>>\nstream\n", data.size(), entries);
  out_ += data;
  out_ += "\nendstream\nendobj\n";
}

Bytes DocumentWriter::finish(int catalog, int information, BytesView identity) && {
  std::size_t start = out_.size();
  auto out = std::back_inserter(out_);
  fmt::format_to(out, "xref\n0 {}\n0000000000 65535 f \n", offsets_.size() + 1);
  for (std::size_t offset : offsets_) fmt::format_to(out, "{:010} 00000 n \n", offset);
  std::string id =
      fmt::format("{:016x}{:016x}", fingerprint(identity, 0), fingerprint(identity, 0x9E3779B97F4A7C15ULL));
  fmt::format_to(out, "trailer\n<</Size {}/Root {} 0 R/Info {} 0 R/ID[<{}><{}>]>>\nstartxref\n{}\n%%EOF\n",
                 offsets_.size() + 1, catalog, information, id, id, start);
  return std::move(out_);
}

}  // namespace postroom::pdf
