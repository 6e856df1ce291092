// Providers of texts: how the traffic is shared among them and why that changed, their recent errors and pace, and
// which texts they were asked to take.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::ports {

constexpr int kProviderHistoryMax = 100;

struct ProviderState {
  std::string name;
  int share = 0;  // 0 to 100; relative to the others'
  bool is_active = true;
  bool is_international = true;  // takes texts abroad
  int version = 1;               // counts the changes, from 1
  UtcTime changed_at;            // 1970 for one that never changed
  std::string changed_by;        // "slow delivery", "errors", "rest" or a person's word
  std::string reason;            // one sentence

  friend bool operator==(const ProviderState&, const ProviderState&) = default;
};

// Texts of one provider in a window of time.
struct ProviderPace {
  std::string provider;
  std::int64_t texts = 0;
  std::int64_t slow = 0;  // of them
};

struct PaceQuery {
  UtcTime created_after;  // that or later
  UtcTime now;
  Duration slow_after{};  // between hand-over and delivery, or and now
};

// A text that a provider was asked to take.
struct HandOverNote {
  NotificationId id;
  std::string provider;
  UtcTime begun_at;
  int repeats = 0;  // how often it was given again without knowing what came of the time before
  friend bool operator==(const HandOverNote&, const HandOverNote&) = default;
};

enum class PartOutcome { waiting, delivered, failed_for_now, failed_for_good };

// A text whose parts have names of their own at the provider.
struct PartsReport {
  NotificationId id;
  int waiting = 0, delivered = 0, failed_for_now = 0, failed_for_good = 0;
  friend bool operator==(const PartsReport&, const PartsReport&) = default;
};

// Safe from several threads and processes. retry_later when the database is busy or away.
class ProviderStore {
 public:
  virtual ~ProviderStore() = default;

  // Stores those whose names are not there yet, as version 1 of their history.
  virtual Result<void> ensure_providers(std::span<const ProviderState> providers) = 0;
  virtual Result<std::vector<ProviderState>> providers() = 0;  // by name
  // Replaces all of them in one commit, each with its history row; each `version` is the one after the one stored.
  // False, and nothing is changed, when somebody was faster.
  virtual Result<bool> change_providers(std::span<const ProviderState> changed) = 0;
  // Newest first, `limit` at most.
  virtual Result<std::vector<ProviderState>> provider_history(std::string_view name, int limit) = 0;

  // Counts an error, and says how many there were after `since`, this one included.
  virtual Result<std::int64_t> add_provider_error(std::string_view name, UtcTime at, UtcTime since) = 0;
  virtual Result<std::vector<ProviderPace>> provider_paces(const PaceQuery& query) = 0;

  // On return it is on disk that `provider` is about to be asked. With value: the note before, when nobody knows
  // what came of it; the new one then counts a repeat.
  virtual Result<std::optional<HandOverNote>> begin_hand_over(NotificationId id, std::string_view provider,
                                                              UtcTime at) = 0;
  // The text was surely not taken.
  virtual Result<void> void_hand_over(NotificationId id) = 0;
  // Texts that were given again in doubt, newest first.
  virtual Result<std::vector<HandOverNote>> repeated_hand_overs(int limit) = 0;

  // What the provider calls the text's parts, in their order.
  virtual Result<void> add_parts(NotificationId id, std::string_view provider,
                                 std::span<const std::string> part_names, UtcTime at) = 0;
  // Keeps the part's outcome, unless it has one, and says how all stand. Nothing for a name that is not known.
  virtual Result<std::optional<PartsReport>> report_part(std::string_view provider, std::string_view part_name,
                                                         PartOutcome outcome) = 0;
  // Notes and parts older than `before`, `limit` of each at most; how many went.
  virtual Result<int> remove_old_hand_overs(UtcTime before, int limit) = 0;
};

}  // namespace postroom::ports
