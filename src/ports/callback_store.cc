#include "ports/callback_store.h"

namespace postroom::ports {

std::string_view to_string(CallbackState state) {
  switch (state) {
    case CallbackState::retrying: return "retrying";
    case CallbackState::delivered: return "delivered";
    case CallbackState::failed: return "failed";
    case CallbackState::held: return "held";
  }
  return "";
}

std::optional<CallbackState> parse_callback_state(std::string_view text) {
  for (CallbackState state :
       {CallbackState::retrying, CallbackState::delivered, CallbackState::failed, CallbackState::held}) {
    if (to_string(state) == text) return state;
  }
  return std::nullopt;
}

std::string_view to_string(CallbackOutcome outcome) {
  switch (outcome) {
    case CallbackOutcome::delivered: return "delivered";
    case CallbackOutcome::refused: return "refused";
    case CallbackOutcome::failing: return "failing";
    case CallbackOutcome::no_answer: return "no-answer";
    case CallbackOutcome::not_allowed: return "not-allowed";
  }
  return "";
}

std::string_view to_string(CallbackKeyKind kind) { return kind == CallbackKeyKind::v1 ? "v1" : "v1a"; }

std::optional<CallbackKeyKind> parse_callback_key_kind(std::string_view text) {
  if (text == "v1") return CallbackKeyKind::v1;
  if (text == "v1a") return CallbackKeyKind::v1a;
  return std::nullopt;
}

}  // namespace postroom::ports
