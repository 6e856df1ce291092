// Postal addresses: any bytes. Checked addresses keep the limits, and a valid UK postcode formats to itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/recipients/postal_address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom::recipients;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  PostalAddress address = PostalAddress::read(text);
  for (const auto& line : address.lines()) {
    if (line.empty()) std::abort();
  }
  for (bool international : {false, true}) {
    auto error = address.check(international);
    if (error && pdf_failure_code(address, *error).empty()) std::abort();
    if (!error && (address.lines().size() < kAddressLinesMin || address.lines().size() > kAddressLinesMax))
      std::abort();
  }
  if (address.postcode() && format_postcode(*address.postcode()) != address.postcode()) std::abort();
  if (address.as_personalisation().size() != 8) std::abort();
  (void)address.normalised();
  return 0;
}
