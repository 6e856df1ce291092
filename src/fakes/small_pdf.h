// A correct PDF of empty pages, for tests of what only passes PDFs on.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/bytes.h"

namespace postroom::fakes {

inline Bytes small_pdf(int pages) {
  Bytes out = "%PDF-1.4\n";
  std::vector<std::size_t> offsets;
  auto object = [&](const std::string& body) {
    offsets.push_back(out.size());
    out += fmt::format("{} 0 obj\n{}\nendobj\n", offsets.size(), body);
  };
  std::string kids;
  for (int i = 0; i < pages; ++i) kids += fmt::format("{} 0 R ", i + 3);
  object("<</Type/Catalog/Pages 2 0 R>>");
  object(fmt::format("<</Type/Pages/Count {}/Kids[{}]>>", pages, kids));
  for (int i = 0; i < pages; ++i) object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>");
  const std::size_t table = out.size();
  out += fmt::format("xref\n0 {}\n0000000000 65535 f \n", offsets.size() + 1);
  for (std::size_t offset : offsets) out += fmt::format("{:010} 00000 n \n", offset);
  return out + fmt::format("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", offsets.size() + 1, table);
}

}  // namespace postroom::fakes
