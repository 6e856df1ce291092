#include "core/texting/smpp_receipt.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace postroom::texting::smpp {
namespace {

// message_state, from 0.
constexpr std::array<std::string_view, 9> kStates{"SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED",
                                                  "UNDELIV",   "ACCEPTD", "UNKNOWN", "REJECTD"};
constexpr std::size_t kWordCharsMax = 64;

// What follows "name:" up to the next blank.
std::string word_after(std::string_view text, std::string_view lower, std::string_view name) {
  for (std::size_t at = lower.find(name); at != std::string_view::npos; at = lower.find(name, at + 1)) {
    // "id:" is the end of "mid:" too.
    if (at > 0 && is_ascii_alnum(lower[at - 1])) continue;
    const std::string_view rest = text.substr(at + name.size());
    return std::string(rest.substr(0, std::min({rest.find(' '), rest.size(), kWordCharsMax})));
  }
  return {};
}

std::string without_zero(const Bytes& value) { return value.substr(0, value.find('\0')); }

// Other states go by their first letters.
std::string known_state(std::string state) {
  state = to_upper(state);
  for (std::string_view known : kStates) {
    if (known.size() >= 5 && state.size() >= 5 && known.substr(0, 5) == std::string_view(state).substr(0, 5))
      return std::string(known);
  }
  return state;
}

std::string canonical(std::string_view id) {
  while (id.size() > 1 && id.front() == '0') id.remove_prefix(1);
  return to_lower(id);
}

std::string hex_to_decimal(std::string_view id) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number, 16);
  if (id.empty() || error != std::errc() || end != id.data() + id.size()) return canonical(id);
  return std::to_string(number);
}

}  // namespace

Result<std::optional<Receipt>> read_receipt(const Message& message) {
  const std::uint8_t type = message.esm_class & kMessageTypeMask;
  const Bytes* id = message.tlv(kTagReceiptedId);
  const Bytes* state = message.tlv(kTagMessageState);
  const bool is_intermediate = type == kTypeIntermediate;
  if (type != kTypeReceipt && !is_intermediate && (id == nullptr || state == nullptr))
    return std::optional<Receipt>();
  const std::string_view text = message.content();
  const std::string lower = to_lower(text);
  Receipt receipt{.message_id = word_after(text, lower, "id:"),
                  .state = word_after(text, lower, "stat:"),
                  .error = word_after(text, lower, "err:")};
  if (id != nullptr && !without_zero(*id).empty()) receipt.message_id = without_zero(*id);
  if (state != nullptr && state->size() == 1) {
    const auto number = static_cast<unsigned char>((*state)[0]);
    if (number < kStates.size()) receipt.state = kStates[number];
  }
  receipt.state = known_state(std::move(receipt.state));
  if (is_intermediate) receipt.state = "ENROUTE";
  if (receipt.message_id.empty() || receipt.state.empty())
    return fail(ErrorKind::invalid_input, "an SMPP receipt without a message id or a state");
  return std::optional(std::move(receipt));
}

std::optional<IdForm> parse_id_form(std::string_view text) {
  if (text == "same") return IdForm::same;
  if (text == "hex-in-answer") return IdForm::hex_in_answer;
  if (text == "hex-in-receipt") return IdForm::hex_in_receipt;
  return std::nullopt;
}

std::string id_of_answer(std::string_view id, IdForm form) {
  return form == IdForm::hex_in_answer ? hex_to_decimal(id) : canonical(id);
}

std::string id_of_receipt(std::string_view id, IdForm form) {
  return form == IdForm::hex_in_receipt ? hex_to_decimal(id) : canonical(id);
}

}  // namespace postroom::texting::smpp
