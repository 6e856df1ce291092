// Delivery receipts as SMPP servers write them (SMPP 3.4, appendix B).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/texting/smpp_pdu.h"

namespace postroom::texting::smpp {

struct Receipt {
  std::string message_id;  // the server's, as it wrote it
  std::string state;       // "DELIVRD"; for intermediate notices "ENROUTE"
  std::string error;       // three digits; empty when it gave none
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

// Nothing when the message is no receipt. invalid_input when it is one that names no message or no state.
// Parameters (receipted_message_id, message_state) win over the text "id:… stat:… err:…", whose words may come in
// any order and either case.
Result<std::optional<Receipt>> read_receipt(const Message& message);

// Servers name a message differently in their answer and in its receipt.
enum class IdForm {
  same,            // alike, but for leading zeros and case
  hex_in_answer,   // hexadecimal in the answer, decimal in the receipt
  hex_in_receipt,  // the other way round
};
std::optional<IdForm> parse_id_form(std::string_view text);
// One form for both, to compare.
std::string id_of_answer(std::string_view id, IdForm form);
std::string id_of_receipt(std::string_view id, IdForm form);

}  // namespace postroom::texting::smpp
