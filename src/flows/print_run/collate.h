// The evening's run: every letter that is due gets its place in a zip, and every zip a task that sends it.
#pragma once

#include <array>
#include <cstdint>

#include "flows/print_run/print_run_ports.h"
#include "flows/print_run/settings.h"

namespace postroom::flows {

struct CollateSummary {
  Date run_day;
  int zips = 0;
  int letters = 0;  // placed in zips
  std::int64_t bytes = 0;
  int missing = 0;    // without a PDF: left as they are
  int refused = 0;    // too large for any zip: given up
  int elsewhere = 0;  // another run placed them first, or they were cancelled meanwhile
  // Letters and sheets placed, by postage in the order of the enum.
  struct Volume {
    int letters = 0;
    int sheets = 0;
  };
  std::array<Volume, 5> by_postage{};
};

// Safe from several threads.
class Collator {
 public:
  static constexpr int kPageLettersMax = 10'000;
  static constexpr std::string_view kLeaseName = "collate";
  // Renewed while the run works.
  static constexpr Duration kLeaseTime = std::chrono::minutes{10};

  Collator(PrintRunPorts ports, PrintRunOptions options) : ports_(std::move(ports)), options_(std::move(options)) {}

  // Places all letters accepted before `deadline` that are in no live zip. No letter changes its state by this.
  // Running it again finds only what is left. conflict while another run is at work; retry_later when a store is
  // away: zips planned until then stay, and the next run does the rest.
  Result<CollateSummary> run(UtcTime deadline);

 private:
  PrintRunPorts ports_;
  PrintRunOptions options_;
};

}  // namespace postroom::flows
