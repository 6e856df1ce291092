#include "core/accounts/permission.h"

#include <array>
#include <utility>

namespace postroom::accounts {
namespace {

constexpr std::array<std::pair<Permission, std::string_view>, 9> kNames{{
    {Permission::email, "email"},
    {Permission::sms, "sms"},
    {Permission::letter, "letter"},
    {Permission::international_sms, "international_sms"},
    {Permission::international_letters, "international_letters"},
    {Permission::sms_to_uk_landlines, "sms_to_uk_landlines"},
    {Permission::inbound_sms, "inbound_sms"},
    {Permission::letters_as_pdf, "letters_as_pdf"},
    {Permission::upload_letters, "upload_letters"},
}};

}  // namespace

std::string_view to_string(Permission permission) {
  for (const auto& [value, name] : kNames) {
    if (value == permission) return name;
  }
  return "";
}

std::optional<Permission> parse_permission(std::string_view text) {
  for (const auto& [value, name] : kNames) {
    if (name == text) return value;
  }
  return std::nullopt;
}

std::string all_permissions() {
  std::string out;
  for (const auto& [value, name] : kNames) {
    if (!out.empty()) out += ' ';
    out += name;
  }
  return out;
}

}  // namespace postroom::accounts
