#include "adapters/store_common/callback_rows.h"

namespace postroom::store_common {

std::string callback_body_context(ports::CallbackEventId id) {
  return std::string("callback_event:").append(id.bytes());
}
std::string callback_key_context(const Uuid& id) { return std::string("callback_secret:").append(id.bytes()); }

Result<std::vector<ports::CallbackEvent>> open_callback_events(const KeyRing& key_ring,
                                                               std::vector<SealedCallbackEvent> rows) {
  std::vector<ports::CallbackEvent> out;
  out.reserve(rows.size());
  for (SealedCallbackEvent& row : rows) {
    auto body = key_ring.open(row.body, callback_body_context(row.event.id));
    if (!body) return fail_in("callback event " + row.event.id.text(), std::move(body).error());
    row.event.body = std::move(*body);
    out.push_back(std::move(row.event));
  }
  return out;
}

Result<void> open_callback_secrets(const KeyRing& key_ring, std::vector<ports::CallbackSecret>& secrets) {
  for (ports::CallbackSecret& secret : secrets) {
    auto key = key_ring.open(secret.key, callback_key_context(secret.id));
    if (!key) return fail_in("callback secret " + secret.id.text(), std::move(key).error());
    secret.key = std::move(*key);
  }
  return {};
}

}  // namespace postroom::store_common
