// Lines of print records, made of stored letters, and the files they are collected in.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/letters/record_text.h"
#include "core/notifications/notification.h"
#include "flows/print_run/record_ports.h"

namespace postroom::flows {

// Remembers the services and templates it has seen: make one for each run. Not safe from several threads.
class RecordLines {
 public:
  explicit RecordLines(const RecordPorts& ports) : ports_(ports) {}

  // The letter's line, dated today, without a line end. rejected when it cannot travel as a record: trying again is
  // of no use. corrupt when stored data does not read back; retry_later.
  Result<std::string> line_of(const notifications::Notification& letter);

 private:
  Result<const letters::RecordTemplate*> template_of(const notifications::Notification& letter);
  Result<const std::string*> organisation_of(ServiceId id);

  const RecordPorts& ports_;
  std::map<ServiceId, std::string> organisations_;
  std::map<std::pair<TemplateId, int>, std::unique_ptr<letters::RecordTemplate>> templates_;
};

// A file's content and the letters in it.
struct RecordDraft {
  std::string content;
  std::vector<ports::ZipLetter> letters;

  void add(const notifications::Notification& letter, std::string_view line) {
    content.append(line).append("\n");
    letters.push_back({letter.id, letter.reference, {}});
  }
};

// Adds the lines of those of `ids` that still are created to `draft`, in that order, until it is full; gives how
// many ids were looked at. A letter that cannot travel as a record is given up; one that does not read back is
// logged and left. `refused` counts those given up.
Result<std::size_t> draft_records(const RecordPorts& ports, RecordLines& lines, std::span<const NotificationId> ids,
                                  RecordDraft& draft, int& refused);

struct PlannedRecords {
  Date run_day;
  std::string key;  // of its content, which is stored already
  notifications::NotificationStatus to = notifications::NotificationStatus::pending;
  std::string_view task_kind;
};
// Gives the draft a file name that is free, and stores file, letters and task in one commit; gives the name.
// conflict when one of the letters is not waiting any more: nothing is stored then.
Result<std::string> plan_records(const RecordPorts& ports, PlannedRecords planned, RecordDraft& draft);

// Holds the lease while it lives.
class RecordsLease {
 public:
  // conflict while another run makes record files.
  static Result<std::unique_ptr<RecordsLease>> take(const RecordPorts& ports);
  ~RecordsLease();
  RecordsLease(const RecordsLease&) = delete;
  RecordsLease& operator=(const RecordsLease&) = delete;

  // conflict when it was lost.
  Result<void> renew();

 private:
  RecordsLease(const RecordPorts& ports, std::string owner) : ports_(ports), owner_(std::move(owner)) {}

  const RecordPorts& ports_;
  std::string owner_;
};

}  // namespace postroom::flows
