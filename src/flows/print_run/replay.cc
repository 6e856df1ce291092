#include "flows/print_run/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "base/log.h"

namespace postroom::flows {

namespace {

Result<std::vector<NotificationId>> without(const PrintRunPorts& ports, const std::vector<NotificationId>& ids,
                                            const std::function<bool(ServiceId)>& leaves_out) {
  std::vector<NotificationId> out;
  for (std::size_t at = 0; at < ids.size(); at += kLettersPerCommitMax) {
    const std::size_t count = std::min(kLettersPerCommitMax, ids.size() - at);
    POSTROOM_TRY(found, ports.notifications.find_all(std::span(ids).subspan(at, count)));
    for (const auto& letter : found)
      if (!leaves_out(letter.service_id)) out.push_back(letter.id);
  }
  return out;
}

}  // namespace

Result<int> replay_letters_without_pdf(const PrintRunPorts& ports,
                                       const std::function<bool(ServiceId)>& leaves_out) {
  const UtcTime now = ports.clock.now();
  const UtcTime end = now - kReplayOlderThan;
  int replayed = 0;
  for (UtcTime from = now - kReplayYoungerThan; from < end; from += kReplaySlice) {
    const UtcTime to = std::min(from + kReplaySlice, end);
    POSTROOM_TRY(ids, ports.letters.without_pdf(from, to, kReplayLettersPerSliceMax));
    if (leaves_out) {
      POSTROOM_TRY(rest, without(ports, ids, leaves_out));
      ids = std::move(rest);
    }
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
