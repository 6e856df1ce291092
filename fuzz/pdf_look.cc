// PDFs from outside, in this process: any bytes as a file, and any bytes as the content of a page, looked into,
// drawn and rewritten.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "adapters/pdfscan/testing.h"
#include "work.h"

namespace {

constexpr std::size_t kMemoryMax = 256U << 20;

void check(const postroom::pdfscan::Work& work, const std::string& pdf) {
  bool out_of_memory = false;
  auto body = postroom::pdfscan::do_work({work, pdf}, kMemoryMax, out_of_memory);
  if (!body && body.error().message.empty()) std::abort();
  if (body && std::holds_alternative<postroom::pdf::Look>(work) && !out_of_memory &&
      !postroom::pdfscan::parse_facts(*body))
    std::abort();
}

}  // namespace

// Errors of MuPDF leave by longjmp, and the process would end then: what it had allocated stays.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom;
  if (size == 0) return 0;
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string pdf = data[0] & 1
                        ? pdfscan::testing::made({.content = text, .page = "/Annots[5 0 R]", .more = {text}})
                        : "%PDF-1.7\n" + text;
  pdf::Look look;
  look.words_within = pdf::Box{21.6, 36.5, 123, 69.3};
  look.tag_within = pdf::Box{0, 0, 15.191, 6.149};
  look.allowed_first = look.allowed_others = {{14, 4, 196, 293}};
  switch (data[0] >> 1 & 3) {
    case 0: check(look, pdf); break;
    case 1: check(ports::PdfRewrite{.redact = {*look.words_within}, .whiten = look.words_within}, pdf); break;
    case 2: check(ports::PdfImageRequest{.dpi = 36}, pdf); break;
    default: check(ports::PdfZoneTint{look.allowed_first, look.allowed_others}, pdf); break;
  }
  return 0;
}
