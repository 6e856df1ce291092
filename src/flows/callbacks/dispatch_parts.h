// What CallbackDispatch keeps of tasks and receivers.
#pragma once

#include "flows/callbacks/dispatch.h"

namespace postroom::flows {

struct CallbackDispatch::Parcel {
  ports::ClaimedTask task;
  CallbackSnapshot snapshot;
  State state;
  Lane lane = kFirstTries;
  Room room = kOther;  // that it is counted in, as waiting, then as under way
};

struct CallbackDispatch::Line {
  std::deque<std::unique_ptr<Parcel>> waiting;
  int in_flight = 0;
  bool is_ready = false;  // its turn in ready_ of `ready_in` is to come
  Room ready_in = kOther;
  int turns = 0;  // in ready_, with those of a room that it is no longer of
};

struct CallbackDispatch::Endpoint {
  EndpointBudget budget;
  std::array<Line, kLanes> lines;
  State state;  // null: read it
  UtcTime state_read_at;

  bool is_idle() const {
    return budget.in_flight() == 0 && lines[kFirstTries].waiting.empty() && lines[kRetries].waiting.empty() &&
           lines[kFirstTries].turns == 0 && lines[kRetries].turns == 0;
  }
};

struct CallbackDispatch::Finished {
  std::unique_ptr<Parcel> parcel;
  CallbackVerdict verdict;
  UtcTime at;
  Duration took{};
};

}  // namespace postroom::flows
