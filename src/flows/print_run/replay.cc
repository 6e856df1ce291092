#include "flows/print_run/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/log.h"

namespace postroom::flows {

Result<int> replay_letters_without_pdf(const PrintRunPorts& ports) {
  const UtcTime now = ports.clock.now();
  const UtcTime end = now - kReplayOlderThan;
  int replayed = 0;
  for (UtcTime from = now - kReplayYoungerThan; from < end; from += kReplaySlice) {
    const UtcTime to = std::min(from + kReplaySlice, end);
    POSTROOM_TRY(ids, ports.letters.without_pdf(from, to, kReplayLettersPerSliceMax));
    if (ids.empty()) continue;
    std::vector<ports::NewTask> tasks;
    tasks.reserve(ids.size());
    for (const NotificationId& id : ids) {
      const std::string subject = id.text();
      tasks.push_back({.queue = std::string(ports::kLettersQueue),
                       .kind = std::string(ports::kCreateLetterPdf),
                       .subject = subject,
                       .payload = {},
                       .run_at = now,
                       .unique_key = fmt::format("{}:{}", ports::kCreateLetterPdf, subject)});
    }
    POSTROOM_CHECK(ports.tasks.enqueue(tasks));
    replayed += static_cast<int>(tasks.size());
    log_warning("letters.pdf_asked_again",
                {{"letters", tasks.size()}, {"from", format_rfc3339(from)}, {"to", format_rfc3339(to)}});
  }
  return replayed;
}

}  // namespace postroom::flows
