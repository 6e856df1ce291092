// Rows about what comes in from outside, as both databases read them; see rows.h.
#pragma once

#include <string>
#include <vector>

#include "base/key_ring.h"
#include "ports/email_report_store.h"
#include "ports/inbound_store.h"

namespace postroom::store_common {

// What a received text's sealed part is bound to.
std::string inbound_context(receipts::InboundTextId id);

struct SealedText {
  receipts::InboundText text;
  Bytes personal;  // sealed
};
// corrupt when the personal part was altered or moved from another row.
Result<receipts::InboundText> open_inbound_text(const KeyRing& key_ring, SealedText sealed);
Result<std::vector<receipts::InboundText>> open_inbound_texts(const KeyRing& key_ring,
                                                              std::vector<SealedText> sealed);

inline const std::string kInboundNumberColumns = "number, provider, service_id, is_active, created_at";

template <typename Row>
ports::InboundNumber read_inbound_number(Row& row) {
  ports::InboundNumber number;
  number.number = row.text();
  number.provider = row.text();
  number.service_id = row.template optional_id<ServiceId>();
  number.is_active = row.flag();
  number.created_at = row.time();
  return number;
}

inline const std::string kInboundTextColumns =
    "id, service_id, notify_number, provider, provider_reference, provider_date, created_at, personal";

template <typename Row>
SealedText read_inbound_text(Row& row) {
  SealedText out;
  out.text.id = row.template id<receipts::InboundTextId>();
  out.text.service_id = row.template id<ServiceId>();
  out.text.notify_number = row.text();
  out.text.provider = row.text();
  out.text.provider_reference = row.text();
  out.text.provider_date = row.time();
  out.text.created_at = row.time();
  out.personal = row.bytes();
  return out;
}

inline const std::string kComplaintColumns =
    "id, notification_id, service_id, feedback_id, type, complained_at, created_at";

template <typename Row>
ports::Complaint read_complaint(Row& row) {
  ports::Complaint out;
  out.id = row.template id<Id<struct ComplaintTag>>().uuid();
  out.notification_id = row.template id<NotificationId>();
  out.service_id = row.template id<ServiceId>();
  out.feedback_id = row.text();
  out.type = row.text();
  out.complained_at = row.optional_time();
  out.created_at = row.time();
  return out;
}

}  // namespace postroom::store_common
