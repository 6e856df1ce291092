// A service: one team's account, with what it may do and how its messages look.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "core/accounts/email_brand.h"
#include "core/accounts/permission.h"

namespace postroom::accounts {

// Messages a UTC day; counted for normal and team keys together, never for test keys.
struct DailyLimits {
  std::int64_t email = 250'000;
  std::int64_t sms = 250'000;
  std::int64_t letter = 20'000;
  std::int64_t international_sms = 100;

  friend bool operator==(const DailyLimits&, const DailyLimits&) = default;
};

// Of a service that was made to be tried out.
inline constexpr DailyLimits kTrialDailyLimits{.email = 50, .sms = 50, .letter = 50, .international_sms = 100};

inline constexpr std::string_view kPrintOrganisationDefault = "500";
// Exactly three digits.
bool is_print_organisation(std::string_view text);

// Whole days that messages are kept, by channel; the last of them ends at midnight.
inline constexpr int kRetentionDaysMin = 3;
inline constexpr int kRetentionDaysMax = 90;
struct RetentionDays {
  int email = 7;
  int sms = 7;
  int letter = 7;

  friend bool operator==(const RetentionDays&, const RetentionDays&) = default;
};

struct TeamMember {
  std::string name;
  std::string email_address;
  std::string phone_number;  // empty when not given

  friend bool operator==(const TeamMember&, const TeamMember&) = default;
};

// Another address that replies may go to, or another name that texts may come from, chosen by id.
struct SenderChoice {
  Uuid id;
  std::string value;
  bool is_default = false;
  bool archived = false;

  friend bool operator==(const SenderChoice&, const SenderChoice&) = default;
};

struct Service {
  ServiceId id;
  std::string name;
  bool active = true;  // false: archived
  bool trial = false;  // true: only the team and its guest list can be reached, no letters
  Permissions permissions;
  int requests_per_minute = 3000;
  DailyLimits daily_limits;
  RetentionDays retention_days;
  bool prefix_sms = true;        // "name: " before each text
  std::string email_local_part;  // before the @ of the sender address
  std::string contact_link;      // shown on file download pages; empty: files cannot be sent
  std::string contact_block;     // letters: sender's lines, when a template has none of its own
  // Who the sender is to the print house, in letters that travel as records: three digits.
  std::string print_organisation = std::string(kPrintOrganisationDefault);
  std::vector<SenderChoice> sms_senders;
  std::vector<SenderChoice> reply_to_addresses;
  std::vector<TeamMember> team;
  std::vector<std::string> guest_list;  // email addresses and phone numbers
  EmailBrand email_brand;
  std::string letter_logo;  // key in the bucket letter_logos; empty: none
  UtcTime created_at;

  bool has(Permission permission) const { return permissions.contains(permission); }
  // The default sender of texts; empty only when none is set.
  std::string default_sms_sender() const;

  friend bool operator==(const Service&, const Service&) = default;
};

// Stored and exported form. Unknown members are ignored and absent ones get the default, so that older rows
// stay readable.
json::object to_json(const Service& service);
Result<Service> service_from_json(const json::object& document);

// Who a text may come from: 3 to 11 letters, digits, blanks and &.-_ , with a letter or digit first and not "00" in
// front (phones take that for a foreign number). invalid_input otherwise.
Result<void> check_sms_sender(std::string_view sender);

// The part before the @ made of a service's name: lower case, dots for blanks, letters and digits only.
std::string make_email_local_part(std::string_view service_name);

}  // namespace postroom::accounts
