// Texts that people send to services, and the numbers they send them to.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/receipts/inbound_text.h"
#include "ports/task_queue.h"

namespace postroom::ports {

struct InboundNumber {
  std::string number;    // national form, at most kInboundNumberDigitsMax digits
  std::string provider;  // "mmg"; whose number it is
  std::optional<ServiceId> service_id;
  bool is_active = true;  // false: texts to it are not taken
  UtcTime created_at;

  friend bool operator==(const InboundNumber&, const InboundNumber&) = default;
};

// Safe from several threads. retry_later when the database is busy or away; corrupt when a personal part was
// altered.
class InboundStore {
 public:
  virtual ~InboundStore() = default;

  // conflict when the number exists, or the service has one: a service has one number at most.
  virtual Result<void> add_number(const InboundNumber& number) = 0;
  // Replaces all but number and created_at. not_found; conflict when the service has another number.
  virtual Result<void> update_number(const InboundNumber& number) = 0;
  virtual Result<std::optional<InboundNumber>> find_number(std::string_view number) = 0;
  virtual Result<std::vector<InboundNumber>> numbers() = 0;         // in ascending order
  virtual Result<void> remove_number(std::string_view number) = 0;  // not_found; its texts stay

  // The text and its tasks are on disk on return of true. False: nothing is stored, because there is a text with
  // its provider and (not empty) provider reference already, or with its id.
  virtual Result<bool> receive(const receipts::InboundText& text, std::span<const NewTask> tasks) = 0;
  virtual Result<receipts::InboundText> find(receipts::InboundTextId id) = 0;  // not_found
  // Newest first by (created_at, id). `older_than` continues after that one; unknown to the service: empty.
  virtual Result<std::vector<receipts::InboundText>> list(ServiceId service,
                                                          std::optional<receipts::InboundTextId> older_than,
                                                          int limit) = 0;
  // Deletes at most `limit` texts that came before `before`; how many.
  virtual Result<int> remove_older(UtcTime before, int limit) = 0;
};

}  // namespace postroom::ports
