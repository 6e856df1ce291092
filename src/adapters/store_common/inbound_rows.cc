#include "adapters/store_common/inbound_rows.h"

namespace postroom::store_common {

std::string inbound_context(receipts::InboundTextId id) { return "inbound_text:" + id.text(); }

Result<receipts::InboundText> open_inbound_text(const KeyRing& key_ring, SealedText sealed) {
  auto personal = key_ring.open(sealed.personal, inbound_context(sealed.text.id));
  if (!personal) return fail_in("received text " + sealed.text.id.text(), std::move(personal).error());
  POSTROOM_CHECK(receipts::restore_personal_part(sealed.text, *personal));
  return std::move(sealed.text);
}

Result<std::vector<receipts::InboundText>> open_inbound_texts(const KeyRing& key_ring,
                                                              std::vector<SealedText> sealed) {
  std::vector<receipts::InboundText> out;
  out.reserve(sealed.size());
  for (SealedText& one : sealed) {
    POSTROOM_TRY(text, open_inbound_text(key_ring, std::move(one)));
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace postroom::store_common
