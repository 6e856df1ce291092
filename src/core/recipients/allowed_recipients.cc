#include "core/recipients/allowed_recipients.h"

#include "core/recipients/email_address.h"

namespace postroom::recipients {

std::string comparison_value(std::string_view recipient) {
  // An address never reads as a number, so the dear attempt to read it as one is spared.
  if (recipient.find('@') == std::string_view::npos) {
    if (auto number = PhoneNumber::parse(recipient)) return number->normalised();
  }
  if (auto email = EmailAddress::parse(recipient)) return email->normalised();
  return std::string(recipient);
}

AllowedRecipients::AllowedRecipients(const std::vector<std::string>& entries) {
  values_.reserve(entries.size());
  for (const std::string& entry : entries) add(entry);
}

void AllowedRecipients::add(std::string_view entry) { values_.insert(comparison_value(entry)); }

bool AllowedRecipients::contains(std::string_view recipient) const {
  return !values_.empty() && values_.contains(comparison_value(recipient));
}

bool is_restricted(SendingKey key, bool service_in_trial) {
  switch (key) {
    case SendingKey::test: return false;
    case SendingKey::team: return true;
    case SendingKey::normal: return service_in_trial;
  }
  return true;
}

Result<void> check_guest_list(const std::vector<std::string>& phones, const std::vector<std::string>& emails) {
  if (phones.size() > kGuestPhonesMax)
    return fail(ErrorKind::invalid_input,
                "The guest list may hold at most " + std::to_string(kGuestPhonesMax) + " phone numbers");
  if (emails.size() > kGuestEmailsMax)
    return fail(ErrorKind::invalid_input,
                "The guest list may hold at most " + std::to_string(kGuestEmailsMax) + " email addresses");
  for (const std::string& phone : phones) {
    auto number = PhoneNumber::parse(phone);
    auto allowed = number ? check_permissions(*number, {.international = true}) : tl::unexpected(number.error());
    if (!allowed)
      return fail(ErrorKind::invalid_input, "\"" + phone + "\" " + std::string(describe(allowed.error())));
  }
  for (const std::string& email : emails) {
    if (auto address = EmailAddress::parse(email); !address)
      return fail(ErrorKind::invalid_input, "\"" + email + "\" " + address.error().message);
  }
  return {};
}

}  // namespace postroom::recipients
