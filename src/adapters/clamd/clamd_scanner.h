// The virus scanner ClamAV, as a daemon: clamd(8), commands zINSTREAM and zPING.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "ports/virus_scanner.h"

namespace postroom::clamd {

struct ClamdOptions {
  std::string address;                        // "/run/clamav/clamd.ctl", "host:port" or "[::1]:3310"
  std::chrono::milliseconds timeout{60'000};  // for one file, from connecting to the answer
  std::chrono::milliseconds ping_timeout{2'000};
};

// Safe from several threads; each call has a connection of its own.
class ClamdScanner final : public ports::VirusScanner {
 public:
  // invalid_input for an address of neither form.
  static Result<std::unique_ptr<ClamdScanner>> create(ClamdOptions options);

  // Only "stream: OK" is clean. clamd's own errors, such as a file larger than its StreamMaxLength, are rejected;
  // everything else (away, too slow, cut short, an answer nobody understands) is retry_later.
  Result<ports::ScanReport> scan(BytesView content) override;
  Result<void> ping() override;

  const std::string& address() const { return options_.address; }

 private:
  explicit ClamdScanner(ClamdOptions options) : options_(std::move(options)) {}

  ClamdOptions options_;
  std::string host_, port_;  // empty for a socket in the file system
};

}  // namespace postroom::clamd
