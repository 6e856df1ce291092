// The settings of the program that reads PDFs from outside.
#pragma once

#include "adapters/pdfscan/pdf_scan_child.h"
#include "base/settings.h"

namespace postroom::app {

inline constexpr SettingSpec kPdfScanSettings[] = {
    {"pdfscan.program", SettingType::text, "",
     "The program that reads PDFs from outside. Empty: postroom-pdfscan in the folder of this program."},
    {"pdfscan.cpu_seconds", SettingType::integer, "20",
     "CPU time for one look at a PDF; what needs more is refused.", 1, 600},
    {"pdfscan.memory_megabytes", SettingType::integer, "512",
     "Memory for one look at a PDF, in MB; what needs more is refused.", 64, 16384},
};

inline pdfscan::ScanOptions scan_options(const Settings& settings) {
  auto cpu = settings.integer("pdfscan.cpu_seconds");
  return {.program = settings.text("pdfscan.program"),
          .allowance = {.cpu_seconds = static_cast<int>(cpu),
                        .memory_megabytes = static_cast<int>(settings.integer("pdfscan.memory_megabytes"))},
          // A busy machine gives a process a third of its time.
          .time_max = std::chrono::seconds{3 * cpu}};
}

}  // namespace postroom::app
