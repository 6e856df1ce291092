// What becomes of callbacks: events with their bodies, attempts without, how receivers do, and the keys that sign.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "core/accounts/callback_config.h"
#include "ports/task_queue.h"

namespace postroom::ports {

// The same for every attempt at one event, replays too: what receivers tell repetitions by.
using CallbackEventId = Id<struct CallbackEventTag>;

inline constexpr int kCallbackRowsPerListMax = 1'000;
// Rows that one call of CallbackStore::remove_old() deletes of each table.
inline constexpr int kCallbackRowsRemovedPerCallMax = 5'000;
inline constexpr std::size_t kCallbackSecretsMax = 4;  // of one endpoint, ended ones not counted

// Where one service wants to hear of one kind of thing.
struct CallbackEndpoint {
  ServiceId service_id;
  accounts::CallbackType type = accounts::CallbackType::delivery;

  friend auto operator<=>(const CallbackEndpoint&, const CallbackEndpoint&) = default;
};

enum class CallbackState {
  retrying,   // a task will try again
  delivered,  // answered with 2xx
  failed,     // given up: refused, or no tries left
  held,       // its endpoint was switched off
};
std::string_view to_string(CallbackState state);
std::optional<CallbackState> parse_callback_state(std::string_view text);

enum class CallbackOutcome {
  delivered,    // 2xx
  refused,      // any other answer that is not worth another try
  failing,      // 429 or 5xx
  no_answer,    // no connection, TLS failed, cut, too late, too large
  not_allowed,  // an address that callbacks must not go to
};
std::string_view to_string(CallbackOutcome outcome);

struct CallbackEvent {
  CallbackEventId id;
  CallbackEndpoint endpoint;
  std::string subject;  // what it is about: an id's text
  std::string body;     // personal: encrypted at rest
  UtcTime happened_at;
  CallbackState state = CallbackState::retrying;
  int attempts = 0;
  UtcTime changed_at;

  friend bool operator==(const CallbackEvent&, const CallbackEvent&) = default;
};

struct CallbackAttempt {
  CallbackEventId event_id;
  CallbackEndpoint endpoint;
  UtcTime at;
  CallbackOutcome outcome = CallbackOutcome::delivered;
  int status = 0;  // 0: no answer
  int milliseconds = 0;

  friend bool operator==(const CallbackAttempt&, const CallbackAttempt&) = default;
};

struct CallbackRecord {
  CallbackEvent event;                     // `attempts` is counted by the store
  std::optional<CallbackAttempt> attempt;  // nothing: none was made
};

// How an endpoint did in the attempts recorded with this.
struct CallbackTally {
  CallbackEndpoint endpoint;
  bool has_recovered = false;  // the last of them was good
  int failures = 0;            // since then
  UtcTime at;                  // of the first failure, or of the last attempt when it was good
};

struct CallbackHealth {
  CallbackEndpoint endpoint;
  std::optional<UtcTime> failing_since;  // nothing: the last attempt was good, or there was none
  int failures = 0;                      // attempts since then
  std::optional<UtcTime> off_since;      // switched off
  std::string off_reason;                // one sentence, never personal

  friend bool operator==(const CallbackHealth&, const CallbackHealth&) = default;
};

enum class CallbackKeyKind { v1, v1a };  // HMAC-SHA256, Ed25519
std::string_view to_string(CallbackKeyKind kind);
std::optional<CallbackKeyKind> parse_callback_key_kind(std::string_view text);

struct CallbackSecret {
  Uuid id;
  CallbackEndpoint endpoint;
  CallbackKeyKind kind = CallbackKeyKind::v1;
  Bytes key;  // encrypted at rest; v1: what whsec_ stands for; v1a: the 32 bytes of the private key
  UtcTime created_at;
  std::optional<UtcTime> ends_at;  // signs no more from then on

  friend bool operator==(const CallbackSecret&, const CallbackSecret&) = default;
};

struct CallbackEndpointState {
  CallbackHealth health;
  std::vector<CallbackSecret> secrets;  // newest first, ended ones too
};

struct CallbackEventQuery {
  ServiceId service_id;
  std::optional<accounts::CallbackType> type;
  std::optional<CallbackState> state;
  std::optional<UtcTime> since;                // happened then or later
  std::optional<CallbackEventId> id;           // just this one
  std::optional<UtcTime> after_time;           // page on: after this time and id,
  std::optional<CallbackEventId> after_event;  // both those of the last event of the page before
  int limit = kCallbackRowsPerListMax;
};

struct CallbackAttemptQuery {
  ServiceId service_id;
  std::optional<accounts::CallbackType> type;
  std::optional<CallbackEventId> event_id;
  std::optional<UtcTime> since;
  int limit = kCallbackRowsPerListMax;
};

struct CallbackRecorded {
  std::vector<CallbackEvent> events;   // one for each record, with `state` and `attempts` as stored; no bodies
  std::vector<CallbackHealth> health;  // of the endpoints tallied, in their order
};

// Safe from several threads. retry_later when the database is busy or away; corrupt when what is sealed was
// altered.
class CallbackStore {
 public:
  virtual ~CallbackStore() = default;

  // In one commit: stores events that are new, counts attempts and moves events to the state given, except that
  // `retrying` becomes `failed` at the `attempts_max`th attempt. An event may come once in `records`.
  virtual Result<CallbackRecorded> record(std::span<const CallbackRecord> records,
                                          std::span<const CallbackTally> tallies, int attempts_max) = 0;
  // Oldest first, with bodies.
  virtual Result<std::vector<CallbackEvent>> events(const CallbackEventQuery& query) = 0;
  // Newest first.
  virtual Result<std::vector<CallbackAttempt>> attempts(const CallbackAttemptQuery& query) = 0;
  // In one commit: the events are retrying again, with no attempts counted, and the tasks are enqueued.
  virtual Result<void> replay(std::span<const CallbackEventId> events, std::span<const NewTask> tasks,
                              UtcTime now) = 0;

  virtual Result<CallbackEndpointState> state(const CallbackEndpoint& endpoint) = 0;
  // False when it was off already; then the tasks are not enqueued either.
  virtual Result<bool> switch_off(const CallbackEndpoint& endpoint, UtcTime at, std::string_view reason,
                                  std::span<const NewTask> tasks) = 0;
  // Forgets failures. False when it was on.
  virtual Result<bool> switch_on(const CallbackEndpoint& endpoint) = 0;

  // Those of the endpoint and the same kind that would sign longer end at `others_end`. conflict when
  // kCallbackSecretsMax would sign at once.
  virtual Result<void> add_secret(const CallbackSecret& secret, std::optional<UtcTime> others_end) = 0;
  virtual Result<void> remove_secret(const CallbackEndpoint& endpoint, const Uuid& id) = 0;  // not_found

  // Deletes events that happened, attempts that were made and secrets that ended before a time. Returns how many
  // rows went; kCallbackRowsRemovedPerCallMax or more: call again.
  virtual Result<int> remove_old(UtcTime events_before, UtcTime attempts_before, UtcTime secrets_before) = 0;
};

}  // namespace postroom::ports
