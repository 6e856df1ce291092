// How far one day's run has come, for people.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "flows/print_run/print_run_ports.h"
#include "flows/print_run/settings.h"

namespace postroom::flows {

// One step on the way of a day's letters.
struct DayStage {
  std::string_view name;
  std::int64_t letters = 0;       // that came as far as this, or further
  std::int64_t waiting = 0;       // of these, that have not come to the next stage and still may
  std::optional<UtcTime> oldest;  // since when the first of those that wait has waited
};

struct DayStatus {
  Date run_day;
  UtcTime now;
  UtcTime deadline;
  std::int64_t accepted = 0;     // everything below: in the day's zips, or due and not in a zip yet
  std::int64_t waiting_pdf = 0;  // due, created, without a rendered PDF; letters of test keys included
  std::int64_t waiting_zip = 0;  // due, rendered, in no zip
  struct Zips {
    int zips = 0;
    std::int64_t letters = 0;
    std::int64_t bytes = 0;
  };
  std::map<ports::ZipState, Zips> by_state;
  int acknowledged = 0;  // zips
  // Letters in the day's zips that did not fail, by what became of them.
  std::int64_t created = 0;  // placed, not handed over
  std::int64_t sending = 0;  // handed over, no answer
  std::int64_t delivered = 0;
  std::int64_t failed = 0;  // every kind of failure, also letters of failed zips
  std::int64_t other = 0;   // cancelled, returned
  // accepted, rendered, in zips, uploaded, acknowledged, responded
  std::vector<DayStage> stages;
  std::int64_t missing = 0;            // handed over and not answered, or never handed over
  std::vector<ports::LetterZip> zips;  // by name
};

// Reads every letter of the day's zips, archived ones too: for the command line, not for a hot path. retry_later
// when the store is away.
Result<DayStatus> day_status(const PrintRunPorts& ports, const PrintRunOptions& options, Date run_day);

json::object to_json(const DayStatus& status);

}  // namespace postroom::flows
