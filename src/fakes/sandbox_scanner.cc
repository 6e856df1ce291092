#include "fakes/sandbox_scanner.h"

namespace postroom::fakes {
namespace {

// Of the EICAR test file. In two parts, so that scanners leave this source and the program alone.
constexpr std::string_view kTestFileStart = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-";
constexpr std::string_view kTestFileEnd = "ANTIVIRUS-TEST-FILE!$H+H*";
constexpr std::string_view kInfectedWord = "virus";

}  // namespace

Result<ports::ScanReport> SandboxScanner::scan(BytesView content) {
  if (faults_ != nullptr) {
    if (auto fault = faults_->next("scanner")) return fail(error_of(*fault, "scanner"));
  }
  const auto at = content.find(kTestFileStart);
  const bool is_test_file =
      at != BytesView::npos && content.substr(at + kTestFileStart.size()).starts_with(kTestFileEnd);
  if (is_test_file) return ports::ScanReport(ports::ScanVerdict::infected, "EICAR test file");
  if (content == kInfectedWord) return ports::ScanReport(ports::ScanVerdict::infected, "the word virus");
  return ports::ScanReport(ports::ScanVerdict::clean);
}

}  // namespace postroom::fakes
