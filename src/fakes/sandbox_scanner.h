// A virus scanner that knows two files: the industry's test file, and one that holds the word alone.
#pragma once

#include "ports/virus_scanner.h"

namespace postroom::fakes {

// Safe from several threads.
class SandboxScanner final : public ports::VirusScanner {
 public:
  Result<ports::ScanVerdict> scan(BytesView content) override;
};

}  // namespace postroom::fakes
