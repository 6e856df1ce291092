// Callbacks to services: what posts them, and who is told when that is given up.
#pragma once

#include "app/parts.h"
#include "flows/callbacks/dispatch.h"
#include "flows/callbacks/endpoint_notice.h"
#include "worker/stream_pool.h"

namespace postroom::worker {
class TaskTable;
}  // namespace postroom::worker

namespace postroom::app {

// Declared in the order they are built; the sender ends its requests before what they report to goes.
struct CallbackParts {
  std::unique_ptr<flows::EndpointNotices> notices;
  std::unique_ptr<flows::CallbackDispatch> dispatch;
  std::unique_ptr<ports::HttpSender> sender;
  std::unique_ptr<worker::StreamPool> stream;
};

// Needs database, clocks and mailer.
void build_callbacks(Parts& parts);
// Needs the queue that workers claim from.
void build_callback_stream(Parts& parts, ports::TaskQueue& claimed_from);
void add_callback_tasks(worker::TaskTable& table, Parts& parts);
Result<void> remove_old_callbacks(Parts& parts);

}  // namespace postroom::app
