// What a callback's task carries.
#pragma once

#include <string>

#include "base/bytes.h"
#include "ports/callback_store.h"
#include "ports/task_queue.h"

namespace postroom::flows {

// One thing that happened, ready to be posted.
struct CallbackSnapshot {
  ports::CallbackEventId id;
  ports::CallbackEndpoint endpoint;
  std::string subject;
  // Those of when it happened; empty in a replay, which goes where the service wants it now.
  std::string url, token;
  std::string body;
  UtcTime happened_at;
};

// Fresh, in the queue of first attempts; due when it happened.
ports::NewTask snapshot_task(std::string_view kind, const CallbackSnapshot& snapshot);
// Another try at an event that is stored; a second one does not enter the queue beside it.
ports::NewTask replay_task(const ports::CallbackEvent& event, UtcTime now);
// The other way round. Snapshots of earlier versions name no service: its id is nil then. corrupt when the payload
// is none.
Result<CallbackSnapshot> read_snapshot(const ports::ClaimedTask& task);

}  // namespace postroom::flows
