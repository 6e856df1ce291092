// Parts of received texts that wait for the others.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace postroom::ports {

// Parts with the same provider, number, sender, reference and count belong together.
struct InboundPart {
  std::string provider;  // "smpp"
  std::string number;    // ours
  std::string sender;    // personal
  int reference = 0;
  int parts = 1;
  int part = 1;  // from 1
  UtcTime created_at;
  std::string content;  // personal

  friend bool operator==(const InboundPart&, const InboundPart&) = default;
};

// Safe from several threads. retry_later when the database is busy or away; corrupt when a personal part was
// altered.
class InboundPartStore {
 public:
  virtual ~InboundPartStore() = default;
  // Keeps the part, unless it is there, and gives all that belong together, by part.
  virtual Result<std::vector<InboundPart>> add_part(const InboundPart& part) = 0;
  // All that belong together with this one.
  virtual Result<void> remove_parts(const InboundPart& part) = 0;
  // One of those that came before, the oldest first; nothing when there is none.
  virtual Result<std::optional<InboundPart>> oldest_part(UtcTime before) = 0;
};

}  // namespace postroom::ports
