// What letters that travel as print records need from outside, beyond the print run's own.
#pragma once

#include "flows/print_run/print_run_ports.h"
#include "flows/print_run/settings.h"
#include "ports/account_store.h"
#include "ports/job_store.h"
#include "ports/record_store.h"

namespace postroom::flows {

// More letters or bytes begin another file; but one job's letters are never parted.
inline constexpr int kRecordsPerFileMax = 10'000;
inline constexpr std::size_t kRecordFileBytesMax = 64 * 1024 * 1024;
// One run at a time makes record files.
inline constexpr std::string_view kRecordsLease = "print-records";
inline constexpr Duration kRecordsLeaseTime = std::chrono::minutes{10};

// Must outlive whatever holds it; all are safe from several threads.
struct RecordPorts {
  PrintRunPorts print;
  ports::RecordStore& records;
  ports::ServiceStore& services;
  ports::TemplateStore& templates;
  ports::JobStore& jobs;
};

}  // namespace postroom::flows
