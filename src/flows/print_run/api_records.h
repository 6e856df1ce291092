// The evening's file of print records for letters that came one by one.
#pragma once

#include "flows/print_run/record_ports.h"

namespace postroom::flows {

struct ApiRecordsSummary {
  int files = 0;
  int letters = 0;
  int refused = 0;  // cannot travel as records: given up
};

// Safe from several threads.
class ApiRecords {
 public:
  explicit ApiRecords(RecordPorts ports) : ports_(std::move(ports)) {}

  // Writes all letters that RecordStore::candidates finds to files and makes them pending, each file in one commit
  // with the task that sends it. The content is stored first: a run that ends in between leaves letters as they
  // are, and the next one writes them again. conflict while another run is at work; retry_later.
  Result<ApiRecordsSummary> run(UtcTime deadline);

 private:
  RecordPorts ports_;
};

}  // namespace postroom::flows
