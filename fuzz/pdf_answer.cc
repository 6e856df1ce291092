// What postroom-pdfscan says, should a file have taken it over; and what it is asked.
#include <cstdint>
#include <cstdlib>

#include "adapters/pdfscan/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom;
  BytesView bytes(reinterpret_cast<const char*>(data), size);
  auto body = pdfscan::parse_answer(bytes);
  if (body && body->size() > bytes.size()) std::abort();
  auto facts = pdfscan::parse_facts(body ? *body : bytes);
  if (facts && (facts->page_count < 1 || facts->pages.size() > static_cast<std::size_t>(facts->page_count)))
    std::abort();
  // What was understood is written and understood again.
  if (facts && !pdfscan::parse_facts(pdfscan::write_facts(*facts))) std::abort();
  auto request = pdfscan::parse_request(bytes);
  if (request && request->pdf.size() > bytes.size()) std::abort();
  return 0;
}
