// One response file on its way through; see responses.h.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/letters/response_file.h"
#include "core/notifications/notification.h"
#include "flows/print_run/responses.h"

namespace postroom::flows {

class ResponseRun {
 public:
  // `ports` must outlive it.
  ResponseRun(const PrintRunPorts& ports, std::string_view name);
  // Everything that the lines say; each chunk of letters in one commit.
  Result<ResponseSummary> all(const std::vector<letters::ResponseLine>& lines);

 private:
  using Letters = std::unordered_map<std::string, notifications::Notification>;

  Result<void> chunk(std::span<const letters::ResponseLine> lines);
  // Lines about letters that are no longer among the notifications.
  Result<void> late(std::span<const letters::ResponseLine> lines, std::vector<ports::Despatch>& despatches);
  Result<Letters> look_up(std::span<const letters::ResponseLine> lines);
  void compare_sheets(const letters::ResponseLine& line, const notifications::Notification& letter);
  void add_moves(const letters::ResponseLine& line, const notifications::Notification& letter,
                 std::vector<ports::StatusMove>& moves) const;
  void judge(const letters::ResponseLine& line, notifications::Notification& letter, bool moved,
             std::vector<ports::Despatch>& despatches);
  Result<void> record_counts(const std::vector<letters::ResponseLine>& lines);
  void report_failures();
  // True while the file may still log lines of its own; a file full of nonsense must not flood the log.
  bool may_log();

  const PrintRunPorts& ports_;
  ResponseSummary summary_;
  UtcTime now_;
  int logged_ = 0;
};

}  // namespace postroom::flows
