// Who a service may write to while it is in trial mode, or through a team key.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "core/recipients/phone_number.h"

namespace postroom::recipients {

inline constexpr std::size_t kGuestPhonesMax = 5;
inline constexpr std::size_t kGuestEmailsMax = 5;

// What recipients are compared by: the normalised phone number, else the normalised email address, else the
// text itself.
std::string comparison_value(std::string_view recipient);

class AllowedRecipients {
 public:
  AllowedRecipients() = default;
  // Team members' phone numbers and email addresses, and guest-list entries, in any spelling.
  explicit AllowedRecipients(const std::vector<std::string>& entries);

  void add(std::string_view entry);
  bool contains(std::string_view recipient) const;
  bool empty() const { return values_.empty(); }

 private:
  std::unordered_set<std::string> values_;
};

enum class SendingKey { normal, team, test };  // jobs count as normal

// test key: anyone. Team key, or normal key of a trial service: the list only.
bool is_restricted(SendingKey key, bool service_in_trial);
inline bool may_send_to(std::string_view recipient, SendingKey key, bool service_in_trial,
                        const AllowedRecipients& allowed) {
  return !is_restricted(key, service_in_trial) || allowed.contains(recipient);
}

// Checks a new guest list: at most kGuestPhonesMax numbers (foreign ones allowed, UK landlines not) and
// kGuestEmailsMax addresses. invalid_input names the entry and why.
Result<void> check_guest_list(const std::vector<std::string>& phones, const std::vector<std::string>& emails);

}  // namespace postroom::recipients
