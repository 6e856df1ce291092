// Looks for malware in files from outside.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::ports {

enum class ScanVerdict { clean, infected };

// Safe from several threads.
class VirusScanner {
 public:
  virtual ~VirusScanner() = default;
  // retry_later when the scanner is away: the file is not clean then, it is unknown.
  virtual Result<ScanVerdict> scan(BytesView content) = 0;
};

}  // namespace postroom::ports
