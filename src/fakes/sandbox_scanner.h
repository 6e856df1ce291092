// A virus scanner that knows two files: the industry's test file, and one that holds the word alone.
#pragma once

#include "fakes/fault_box.h"
#include "ports/virus_scanner.h"

namespace postroom::fakes {

// Safe from several threads.
class SandboxScanner final : public ports::VirusScanner {
 public:
  // Target "scanner" of the faults, where there are any.
  explicit SandboxScanner(FaultBox* faults = nullptr) : faults_(faults) {}
  Result<ports::ScanReport> scan(BytesView content) override;
  Result<void> ping() override { return {}; }

 private:
  FaultBox* faults_;
};

}  // namespace postroom::fakes
