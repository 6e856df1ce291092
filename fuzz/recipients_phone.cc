// Phone numbers: any bytes. A number that reads must read again, as itself, from its normalised form.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/recipients/phone_number.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom::recipients;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto number = PhoneNumber::parse(text);
  if (number) {
    auto again = PhoneNumber::parse("+" + number->normalised());
    if (again && again->country_code() != number->country_code()) std::abort();
    if (number->prefix().empty() || number->rate_multiplier() < 0) std::abort();
    (void)check_permissions(*number, {true, true});
  }
  (void)PhoneNumber::parse_service_contact(text);
  (void)phone_as_given(text);
  return 0;
}
