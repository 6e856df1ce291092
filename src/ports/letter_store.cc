#include "ports/letter_store.h"

namespace postroom::ports {

std::string_view to_string(ZipState state) {
  switch (state) {
    case ZipState::planned: return "planned";
    case ZipState::uploading: return "uploading";
    case ZipState::uploaded: return "uploaded";
    case ZipState::failed: return "failed";
  }
  return "";
}

std::optional<ZipState> parse_zip_state(std::string_view text) {
  for (ZipState state : {ZipState::planned, ZipState::uploading, ZipState::uploaded, ZipState::failed}) {
    if (to_string(state) == text) return state;
  }
  return std::nullopt;
}

}  // namespace postroom::ports
