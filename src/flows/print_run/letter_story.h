// One letter's whole story, for people: what happened, what is wrong, what happens next and when.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/time_zone.h"
#include "core/notifications/notification.h"
#include "core/recipients/bank_holidays.h"
#include "ports/account_store.h"
#include "ports/archive_store.h"
#include "ports/letter_store.h"
#include "ports/notification_store.h"
#include "ports/task_queue.h"

namespace postroom::flows {

// Must outlive the call.
struct StoryPorts {
  ports::NotificationStore& notifications;
  ports::ArchiveStore& archive;
  ports::LetterStore& letters;
  ports::ServiceStore& services;
  ports::TaskQueue& tasks;
  const Clock& clock;
  const TimeZone& zone;
  const recipients::BankHolidays& holidays;
};

// A ticket that was raised, where the desk still knows it.
struct RaisedTicket {
  UtcTime at;
  std::string subject;
  std::string message;
};

struct StoryOptions {
  Duration print_cutoff;
  bool prints_locally = false;
  bool prints_directly = false;  // letters go to the print house one by one, in no zip
  bool has_print_house = true;   // they go anywhere at all
  std::vector<RaisedTicket> tickets;
};

struct StoryStep {
  UtcTime at;
  std::string event;  // dotted word, stable: "accepted", "letter.rendered", "zip.planned", "zip.acknowledged"
  std::string text;   // for people
};

// Something about the letter that a person should know or has been told.
struct StoryConcern {
  std::string kind;  // "alert", "ticket", "task"
  std::optional<UtcTime> at;
  std::string text;
};

struct StoryNext {
  std::optional<UtcTime> at;  // nothing: no time is known
  std::string text;
};

struct LetterStory {
  notifications::Notification letter;  // its personal parts are never shown
  bool is_archived = false;            // its days of keeping are over, and its events deleted
  std::string service_name;
  Date run_day;
  UtcTime deadline;
  std::vector<StoryStep> steps;  // in order of time
  std::vector<ports::LetterZip> zips;
  std::optional<ports::Despatch> despatch;
  std::optional<UtcTime> printed_by;       // while it is on its way
  std::optional<UtcTime> latest_delivery;  // estimate, for letters that are on their way or posted
  std::vector<StoryConcern> concerns;
  std::vector<StoryNext> next;
};

// By id or reference, in any case. not_found; invalid_input for a message that is no letter. Reads a handful of
// rows: for the command line.
Result<LetterStory> letter_story(const StoryPorts& ports, const StoryOptions& options, std::string_view which);

// Times as RFC 3339, and beside each a "local" one as people write it.
json::object to_json(const LetterStory& story, const TimeZone& zone);

}  // namespace postroom::flows
