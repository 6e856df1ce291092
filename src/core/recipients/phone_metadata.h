// The slow, complete reading of phone numbers with libphonenumber's metadata. Internal to this folder.
#pragma once

#include <string>
#include <string_view>

#include "core/recipients/phone_number.h"

namespace postroom::recipients {

class PhoneMetadata {
 public:
  // One attempt at exactly this text, which holds digits, "+", "(", ")", "-" and blanks only.
  static tl::expected<PhoneNumber, PhoneError> read(std::string_view text, bool service_contact);
  static std::string human_form(const PhoneNumber& number);
};

}  // namespace postroom::recipients
