// Texts that people send to a number of ours.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/notifications/wire.h"
#include "core/receipts/sms_receipt.h"

namespace postroom::receipts {

using InboundTextId = Id<struct InboundTextTag>;

// The longest chain of joined messages that networks carry is some 40,000 characters.
inline constexpr std::size_t kInboundTextBytesMax = 256 * 1024;
// A national number or a short code.
inline constexpr std::size_t kInboundNumberDigitsMax = 11;

// What a provider posts, decoded.
struct InboundMessage {
  SmsProvider provider = SmsProvider::mmg;
  std::string number;              // ours: digits in national form ("07123123123") or a short code
  std::string sender;              // digits with country code, or verbatim where it is not a phone number
  std::string content;             // well-formed UTF-8
  std::string provider_reference;  // the provider's id; empty when it gives none
  std::optional<UtcTime> sent_at;  // nothing when it does not read

  friend bool operator==(const InboundMessage&, const InboundMessage&) = default;
};

tl::expected<InboundMessage, Faults> read_mmg_message(const json::value& document);
tl::expected<InboundMessage, Faults> read_firetext_message(const Form& form);
// Numbers with a plus; the time is that of its arrival.
tl::expected<InboundMessage, Faults> read_twilio_message(const Form& form);
// Already decoded; `number` and `sender` are made canonical.
InboundMessage inbound_message(SmsProvider provider, std::string_view number, std::string_view sender,
                               std::string_view content, std::string provider_reference);

// MMG sends text as a query does, with backslash escapes inside: "+" is a blank, then %XX, then \u00e9, \n and the
// like, surrogate pairs joined. What is no escape stays as it is. Linear in its input.
std::string decode_mmg_text(std::string_view text);

// National form of a UK number: "447123123123" and "07123123123" are the same. Anything else stays as it is.
std::string national_number(std::string_view number);

// A text as it is kept.
struct InboundText {
  InboundTextId id;
  ServiceId service_id;
  std::string notify_number;       // ours
  std::string provider;            // "mmg"
  std::string provider_reference;  // empty when the provider gave none
  UtcTime provider_date;
  UtcTime created_at;
  // Personal: encrypted at rest, never logged.
  std::string user_number;
  std::string content;

  friend bool operator==(const InboundText&, const InboundText&) = default;
};

// The personal part as one JSON text, for stores to encrypt as one record, and back.
std::string personal_part(const InboundText& text);
// corrupt when `document` is not what personal_part() wrote.
Result<void> restore_personal_part(InboundText& text, std::string_view document);

// A page of GET /v2/received-text-messages.
std::string inbound_texts_json(const notifications::WireContext& wire, const std::vector<InboundText>& texts);
// The body of the callback to the service.
std::string inbound_callback_json(const InboundText& text);

}  // namespace postroom::receipts
