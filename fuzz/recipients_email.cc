// Email addresses: any bytes. A valid address is valid again in its stripped form.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/recipients/allowed_recipients.h"
#include "core/recipients/email_address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom::recipients;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto address = EmailAddress::parse(text);
  if (address) {
    auto again = EmailAddress::parse(address->text());
    if (!again || again->text() != address->text()) std::abort();
  }
  (void)normalise_email_text(text);
  (void)comparison_value(text);
  return 0;
}
