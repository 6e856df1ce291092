// Looks for malware in files from outside.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::ports {

enum class ScanVerdict { clean, infected };

struct ScanReport {
  ScanReport(ScanVerdict found, std::string name = {}) : verdict(found), signature(std::move(name)) {}
  ScanVerdict verdict;
  std::string signature;  // what was found, as the scanner calls it; may be empty

  friend bool operator==(const ScanReport& report, ScanVerdict verdict) { return report.verdict == verdict; }
};

// Safe from several threads.
class VirusScanner {
 public:
  virtual ~VirusScanner() = default;
  // retry_later when the scanner is away, rejected when it will not look into this file (too large for it): the
  // file is not clean then, it is unknown.
  virtual Result<ScanReport> scan(BytesView content) = 0;
  // Whether it answers. retry_later says why not.
  virtual Result<void> ping() = 0;
};

}  // namespace postroom::ports
