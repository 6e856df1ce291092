// Letters as print records, wired: for services without the permission letters_as_pdf, where letters.records is on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/settings.h"
#include "core/accounts/service.h"
#include "core/jobs/job.h"
#include "flows/print_run/api_records.h"
#include "flows/print_run/job_records.h"
#include "flows/print_run/record_sender.h"
#include "flows/print_run/record_sweep.h"

namespace postroom::worker {
class TaskTable;
}

namespace postroom::app {

struct Parts;

// Letters that travel as records, instead of zips.
inline constexpr SettingSpec kRecordSettings[] = {
    {"letters.records", SettingType::flag, "false",
     "Letters of services without the permission letters_as_pdf travel as lines of record files, which the print "
     "house "
     "sets itself. For print.provider sandbox, folder and sftp."},
};

// There wherever files can be taken to a print house, so that what was planned is sent after the switch is off
// again.
struct RecordParts {
  std::unique_ptr<flows::RecordPorts> ports;
  std::unique_ptr<flows::JobRecords> jobs;
  std::unique_ptr<flows::ApiRecords> api;
  std::unique_ptr<flows::RecordSender> sender;
  // Whether the letters of a service travel as records; empty where the switch is off.
  std::function<bool(ServiceId)> leaves_out;
};

// Whether the switch is on. invalid_input with a print.provider that takes no files.
Result<bool> uses_records(const Settings& settings);
// Whether the letters of a service travel as records where the switch is on.
std::function<bool(ServiceId)> record_services(Parts& parts);
// After the print run's ports are there.
Result<void> build_records(Parts& parts);
// Enqueues the making of the job's file; for BulkFlow.
Result<void> on_rows_stored(Parts& parts, const jobs::Job& job, const accounts::Service& service);
// A letter whose rendering is asked for though it travels as a record; false where the switch is off.
Result<bool> is_left_to_records(Parts& parts, NotificationId id);

void add_record_tasks(worker::TaskTable& table, Parts& parts);

// Recurring work, at a time after local midnight. Both runs may be repeated.
Result<void> run_letter_jobs(Parts& parts);
Result<void> run_letter_api_notifications(Parts& parts);

}  // namespace postroom::app
