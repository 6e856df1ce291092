// Cancelling, returned letters, stuck checks and retention, wired.
#pragma once

namespace postroom::worker {
class TaskTable;
}

namespace postroom::app {

struct Parts;

void build_letter_care(Parts& parts);
void add_letter_care_tasks(worker::TaskTable& table, Parts& parts);

}  // namespace postroom::app
