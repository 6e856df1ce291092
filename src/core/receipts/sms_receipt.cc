#include "core/receipts/sms_receipt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_path.h"
#include "base/text.h"

namespace postroom::receipts {
namespace {

using enum notifications::NotificationStatus;
using notifications::NotificationStatus;

struct MmgRow {
  std::string_view status;
  NotificationStatus outcome;
};
constexpr std::array kMmg{
    MmgRow{"2", permanent_failure},
    MmgRow{"3", delivered},
    MmgRow{"4", temporary_failure},
    MmgRow{"5", permanent_failure},
};

struct FiretextRow {
  std::string_view code;
  NotificationStatus outcome;
};
// Firetext's codes say what its status 1, "not delivered", means.
constexpr std::array kFiretextCodes{
    FiretextRow{"000", temporary_failure}, FiretextRow{"101", permanent_failure},
    FiretextRow{"102", temporary_failure}, FiretextRow{"103", temporary_failure},
    FiretextRow{"104", temporary_failure}, FiretextRow{"201", permanent_failure},
    FiretextRow{"301", permanent_failure}, FiretextRow{"302", temporary_failure},
    FiretextRow{"401", permanent_failure}, FiretextRow{"900", temporary_failure},
};

struct WordRow {
  std::string_view word;
  NotificationStatus outcome;
};
// Twilio's error codes say what "undelivered" and "failed" mean; any other is for good.
constexpr std::array kTwilioCodes{
    WordRow{"30001", temporary_failure},  // its queue overflowed
    WordRow{"30002", technical_failure},  // the account is suspended
    WordRow{"30003", temporary_failure},  // the phone cannot be reached
    WordRow{"30008", temporary_failure},  // unknown
    WordRow{"30009", temporary_failure},  // a part is missing
    WordRow{"30017", temporary_failure},  // the network is congested
};
constexpr std::string_view kTwilioOnItsWay[] = {"accepted", "scheduled", "queued", "sending", "sent"};

// SMPP 3.4, appendix B: message states as receipts write them.
constexpr std::array kSmpp{
    WordRow{"DELIVRD", delivered},         WordRow{"EXPIRED", temporary_failure},
    WordRow{"DELETED", permanent_failure}, WordRow{"UNDELIV", permanent_failure},
    WordRow{"UNKNOWN", temporary_failure}, WordRow{"REJECTD", permanent_failure},
};
constexpr std::string_view kSmppOnItsWay[] = {"ENROUTE", "ACCEPTD", "SCHEDULED"};

constexpr std::string_view kIgnored = "ignored";

constexpr std::size_t kDetailBytesMax = 20;

// A provider's number; anything longer or stranger is not worth keeping.
std::string shown(std::string_view number) {
  bool is_plain = number.size() <= kDetailBytesMax &&
                  std::all_of(number.begin(), number.end(), [](char c) { return c >= '!' && c <= '~'; });
  return is_plain ? std::string(number) : std::string("(unreadable)");
}

struct Field {
  std::string_view name;
  std::optional<std::string> value;
};

Faults faults_of(std::initializer_list<Field> needed, SmsProvider provider) {
  Faults faults;
  for (const Field& field : needed) {
    if (!field.value || field.value->empty()) {
      faults.push_back(fmt::format("{}: {} is missing", display_name(provider), field.name));
    } else if (field.value->size() > kFieldBytesMax) {
      faults.push_back(
          fmt::format("{}: {} is longer than {} bytes", display_name(provider), field.name, kFieldBytesMax));
    } else if (!is_valid_utf8(*field.value)) {
      faults.push_back(fmt::format("{}: {} is not UTF-8 text", display_name(provider), field.name));
    }
  }
  return faults;
}

// A code refines what is known without it: one that cannot be kept counts as none.
std::string usable_code(std::optional<std::string> code) {
  if (!code || code->size() > kFieldBytesMax || !is_valid_utf8(*code)) return "";
  return std::move(*code);
}

SmsOutcome mmg_outcome(const SmsReceipt& receipt) {
  SmsOutcome out{.is_known = false, .detail = "status " + shown(receipt.status)};
  if (!receipt.code.empty()) out.detail += ", substatus " + shown(receipt.code);
  for (const MmgRow& row : kMmg) {
    if (row.status != receipt.status) continue;
    out.status = out.if_pending = row.outcome;
    out.is_known = true;
  }
  return out;
}

SmsOutcome firetext_outcome(const SmsReceipt& receipt, bool was_ours) {
  SmsOutcome out{.detail = "status " + shown(receipt.status)};
  if (!receipt.code.empty()) out.detail += ", code " + shown(receipt.code);
  if (receipt.status == "0") {
    out.status = out.if_pending = delivered;
  } else if (receipt.status == "2") {
    out.status = out.if_pending = pending;
  } else if (receipt.status == "1") {
    out.status = out.if_pending = permanent_failure;
    if (!was_ours) return out;
    // Without a code we know, a failure after "pending" is one of the network: it had the phone's number.
    out.if_pending = temporary_failure;
    for (const FiretextRow& row : kFiretextCodes) {
      if (row.code == receipt.code) out.status = out.if_pending = row.outcome;
    }
  } else {
    out.is_known = false;
  }
  return out;
}

std::string detail_of(const SmsReceipt& receipt, std::string_view code_word) {
  std::string out = "status " + shown(receipt.status);
  if (!receipt.code.empty()) out += fmt::format(", {} {}", code_word, shown(receipt.code));
  return out;
}

SmsOutcome twilio_outcome(const SmsReceipt& receipt) {
  SmsOutcome out{.detail = detail_of(receipt, "code")};
  if (receipt.status == "delivered" || receipt.status == "read") {
    out.status = delivered;
  } else if (receipt.status == "undelivered" || receipt.status == "failed") {
    out.status = permanent_failure;
    for (const WordRow& row : kTwilioCodes) {
      if (row.word == receipt.code) out.status = row.outcome;
    }
  } else {
    out.says_nothing = std::ranges::find(kTwilioOnItsWay, receipt.status) != std::end(kTwilioOnItsWay);
    out.is_known = out.says_nothing;
  }
  out.if_pending = out.status;
  return out;
}

SmsOutcome smpp_outcome(const SmsReceipt& receipt) {
  SmsOutcome out{.is_known = false, .detail = detail_of(receipt, "error")};
  for (const WordRow& row : kSmpp) {
    if (row.word != receipt.status) continue;
    out.status = out.if_pending = row.outcome;
    out.is_known = true;
  }
  if (std::ranges::find(kSmppOnItsWay, receipt.status) != std::end(kSmppOnItsWay))
    out.is_known = out.says_nothing = true;
  return out;
}

SmsOutcome custom_outcome(const SmsReceipt& receipt) {
  SmsOutcome out{.detail = detail_of(receipt, "code")};
  auto status = notifications::parse_status(receipt.status);
  out.says_nothing = receipt.status == kIgnored;
  out.is_known = out.says_nothing || status.has_value();
  out.status = out.if_pending = status.value_or(technical_failure);
  return out;
}

// A field of a form, or a text, number or truth value in JSON.
std::optional<std::string> custom_field(const Form& form, std::string_view name) { return form_field(form, name); }
std::optional<std::string> custom_field(const json::value& document, std::string_view path) {
  return json_text_at(document, path);
}

template <typename Source>
tl::expected<SmsReceipt, Faults> read_custom(const Source& source, const CustomReceiptRules& rules) {
  auto reference = custom_field(source, rules.reference);
  auto status = custom_field(source, rules.status);
  auto faults = faults_of({{rules.status, status}, {rules.reference, reference}}, SmsProvider::http);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  std::string code = rules.code.empty() ? "" : usable_code(custom_field(source, rules.code));
  if (code.empty()) code = *status;
  auto known = rules.statuses.find(to_lower(*status));
  return SmsReceipt{SmsProvider::http, std::move(*reference),
                    known == rules.statuses.end() ? std::string("unknown") : known->second, std::move(code),
                    rules.is_theirs};
}

struct NameRow {
  SmsProvider provider;
  std::string_view name, display;
};
constexpr std::array kProviders{
    NameRow{SmsProvider::mmg, "mmg", "MMG"},          NameRow{SmsProvider::firetext, "firetext", "Firetext"},
    NameRow{SmsProvider::twilio, "twilio", "Twilio"}, NameRow{SmsProvider::http, "http", "http"},
    NameRow{SmsProvider::smpp, "smpp", "SMPP"},
};

}  // namespace

std::string_view to_string(SmsProvider provider) {
  for (const NameRow& row : kProviders) {
    if (row.provider == provider) return row.name;
  }
  return "";
}

std::string_view display_name(SmsProvider provider) {
  for (const NameRow& row : kProviders) {
    if (row.provider == provider) return row.display;
  }
  return "";
}

std::optional<SmsProvider> parse_sms_provider(std::string_view text) {
  for (const NameRow& row : kProviders) {
    if (row.name == text) return row.provider;
  }
  return std::nullopt;
}

tl::expected<SmsReceipt, Faults> read_mmg_receipt(std::string_view body) {
  auto document = parse_json(body);
  if (!document || !document->is_object()) return tl::unexpected(Faults{"MMG: the body is not a JSON object"});
  const json::object& object = document->get_object();
  auto status = json_field(object, "status");
  auto reference = json_field(object, "CID");
  auto faults = faults_of({{"status", status}, {"CID", reference}}, SmsProvider::mmg);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return SmsReceipt{SmsProvider::mmg, std::move(*reference), std::move(*status),
                    usable_code(json_field(object, "substatus"))};
}

tl::expected<SmsReceipt, Faults> read_firetext_receipt(const Form& form) {
  auto status = form_field(form, "status");
  auto reference = form_field(form, "reference");
  auto faults = faults_of({{"status", status}, {"reference", reference}}, SmsProvider::firetext);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return SmsReceipt{SmsProvider::firetext, std::move(*reference), std::move(*status),
                    usable_code(form_field(form, "code"))};
}

tl::expected<SmsReceipt, Faults> read_twilio_receipt(const Form& form, std::string_view reference) {
  auto status = form_field(form, "MessageStatus");
  if (!status) status = form_field(form, "SmsStatus");
  auto faults = faults_of({{"MessageStatus", status}, {"reference", std::string(reference)}}, SmsProvider::twilio);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return SmsReceipt{SmsProvider::twilio, std::string(reference), std::move(*status),
                    usable_code(form_field(form, "ErrorCode"))};
}

tl::expected<SmsReceipt, Faults> read_custom_receipt(const Form& form, const CustomReceiptRules& rules) {
  return read_custom(form, rules);
}

tl::expected<SmsReceipt, Faults> read_custom_receipt(const json::value& document, const CustomReceiptRules& rules) {
  return read_custom(document, rules);
}

SmsOutcome outcome_of(const SmsReceipt& receipt, std::string_view sent_by) {
  switch (receipt.provider) {
    case SmsProvider::mmg: return mmg_outcome(receipt);
    case SmsProvider::firetext: return firetext_outcome(receipt, sent_by == to_string(SmsProvider::firetext));
    case SmsProvider::twilio: return twilio_outcome(receipt);
    case SmsProvider::smpp: return smpp_outcome(receipt);
    case SmsProvider::http: break;
  }
  return custom_outcome(receipt);
}

}  // namespace postroom::receipts
