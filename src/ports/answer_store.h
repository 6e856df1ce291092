// Answers that are given again when a request comes a second time with the same idempotency key.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "core/accounts/api_key.h"

namespace postroom::ports {

inline constexpr int kAnswersRemovedPerCallMax = 1'000;

// Keys of different services, or of another type of API key, are different keys.
struct IdempotencyKey {
  ServiceId service_id;
  accounts::KeyType key_type = accounts::KeyType::normal;
  std::string text;  // personal, for all we know: stored as a keyed hash
};

struct AnswerToKeep {
  IdempotencyKey key;
  Bytes request;  // what tells this request from others; stored as a keyed hash
  int status = 201;
  std::string body;  // personal: sealed
  UtcTime accepted_at;
  UtcTime expires_at;
};

struct KeptAnswer {
  bool is_same_request = false;
  int status = 0;
  std::string body;  // empty when it was another request
};

// Safe from several threads and processes. retry_later when the database is busy or away. Answers to requests that
// store a message are kept by NotificationStore::accept(), in the message's own commit.
class AnswerStore {
 public:
  virtual ~AnswerStore() = default;
  // Nothing when no answer is kept under the key, or it has expired. corrupt when its body was altered.
  virtual Result<std::optional<KeptAnswer>> find(const IdempotencyKey& key, BytesView request, UtcTime now) = 0;
  // Keeps an answer by itself. conflict when one that has not expired is kept under the key.
  virtual Result<void> keep(const AnswerToKeep& answer) = 0;
  // Removes up to kAnswersRemovedPerCallMax expired ones and tells how many.
  virtual Result<int> remove_expired(UtcTime now) = 0;
};

}  // namespace postroom::ports
