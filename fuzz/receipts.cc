// Feeds arbitrary bytes to the readers of what providers post. Whatever they accept must survive being kept and
// read back, and text must come out as well-formed UTF-8.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "core/receipts/inbound_text.h"
#include "core/receipts/letter_report.h"
#include "core/receipts/ses_event.h"
#include "core/receipts/sms_receipt.h"
#include "core/receipts/sns_message.h"

namespace {

using namespace postroom;

void must(bool holds) {
  if (!holds) std::abort();
}

// "a=1&b=2" without decoding: enough to reach every field.
receipts::Form form_of(std::string_view text) {
  receipts::Form form;
  for (const std::string& part : split(text, '&')) {
    auto equals = part.find('=');
    if (equals != std::string::npos) form.emplace_back(part.substr(0, equals), part.substr(equals + 1));
  }
  return form;
}

void check(const receipts::InboundMessage& message) {
  must(is_valid_utf8(message.content) && is_valid_utf8(message.sender));
  receipts::InboundText text{.user_number = message.sender, .content = message.content};
  receipts::InboundText back;
  must(receipts::restore_personal_part(back, receipts::personal_part(text)).has_value() && back == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  must(is_valid_utf8(receipts::decode_mmg_text(text)));
  if (auto receipt = receipts::read_mmg_receipt(text)) receipts::outcome_of(*receipt, "mmg");
  if (auto receipt = receipts::read_firetext_receipt(form_of(text))) receipts::outcome_of(*receipt, "firetext");
  if (auto message = receipts::read_firetext_message(form_of(text))) check(*message);
  if (auto event = receipts::parse_ses_event(text)) must(!event->message_id.empty());
  if (auto message = receipts::parse_sns_message(text)) must(!receipts::signed_text(*message).empty());
  if (receipts::is_sns_url(text)) must(text.starts_with("https://sns."));
  auto document = parse_json(text);
  if (!document) return 0;
  if (auto message = receipts::read_mmg_message(*document)) check(*message);
  const NotificationId letter = *NotificationId::parse("0d6a3c1e-aaaa-4000-8000-00000000000b");
  if (auto report = receipts::read_letter_report(*document, letter)) {
    auto back = receipts::letter_report_from_payload(receipts::to_payload(*report));
    must(back.has_value() && *back == *report);
  }
  return 0;
}
