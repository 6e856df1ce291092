#include "core/receipts/sms_receipt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

}  // namespace

std::string_view to_string(SmsProvider provider) { return provider == SmsProvider::mmg ? "mmg" : "firetext"; }

std::string_view display_name(SmsProvider provider) { return provider == SmsProvider::mmg ? "MMG" : "Firetext"; }

std::optional<SmsProvider> parse_sms_provider(std::string_view text) {
  for (SmsProvider provider : {SmsProvider::mmg, SmsProvider::firetext}) {
    if (to_string(provider) == text) return provider;
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

SmsOutcome outcome_of(const SmsReceipt& receipt, std::string_view sent_by) {
  if (receipt.provider == SmsProvider::mmg) return mmg_outcome(receipt);
  return firetext_outcome(receipt, sent_by == to_string(SmsProvider::firetext));
}

}  // namespace postroom::receipts
