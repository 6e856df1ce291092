// What a service may do. Asked through Service::has(), never by comparing lists at call sites.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace postroom::accounts {

enum class Permission {
  email,
  sms,
  letter,
  international_sms,
  international_letters,
  sms_to_uk_landlines,
  inbound_sms,
  letters_as_pdf,  // off: the service's letters travel as print records
  upload_letters,
};

std::string_view to_string(Permission permission);
std::optional<Permission> parse_permission(std::string_view text);
// All of them, blank-separated, for messages that list what is allowed.
std::string all_permissions();

using Permissions = std::set<Permission>;

}  // namespace postroom::accounts
