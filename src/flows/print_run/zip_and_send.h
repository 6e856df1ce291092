// Builds a planned zip, hands it to the print house, and moves its letters on.
//
// The order makes each step safe to repeat: upload and verify, write the record, mark the zip, mark the letters.
// Whoever starts again finds out how far the last attempt came; a zip is never uploaded a second time once the
// print house has it.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "flows/print_run/print_run_ports.h"
#include "flows/print_run/settings.h"

namespace postroom::flows {

// How often and when a zip is tried again before fail() gives up on it.
inline constexpr int kSendRetriesMax = 5;
inline constexpr Duration kSendRetryDelay = std::chrono::minutes{5};

struct SendOutcome {
  enum class How {
    uploaded,             // by this call
    recorded_before,      // the record of an earlier attempt exists
    found_there,          // the print house's folder has it, with the right size
    acknowledged_before,  // the print house said that it has it
  };
  How how = How::uploaded;
  std::uint64_t bytes = 0;  // of the zip; 0 when it needed no building
  int moved = 0;            // letters that are sending now
  int unmoved = 0;          // letters that were not waiting any more
};
std::string_view to_string(SendOutcome::How how);

// Safe from several threads.
class ZipSender {
 public:
  ZipSender(PrintRunPorts ports, PrintRunOptions options)
      : ports_(std::move(ports)), options_(std::move(options)) {}

  // `renew` is called now and then while the zip is built and sent, to keep the task's lease; when it returns
  // false the attempt is given up. Errors: retry_later (try again up to kSendRetriesMax times, kSendRetryDelay
  // apart, then call fail()); not_found for an unknown zip; rejected when trying again is of no use, because the
  // zip has failed already, is empty or too large, or none of its letters waits any more: call fail() at once.
  Result<SendOutcome> send(std::string_view zip_name, const std::function<bool()>& renew);

  // Gives up: letters of that zip that still wait become technical-failure, and the zip failed. Gives their
  // number. A zip that turns out to have been sent, though nobody told us, is completed instead.
  Result<int> fail(std::string_view zip_name, std::string_view reason);

  // Moves the letters of an uploaded zip from created to sending, again if need be. invalid_input when the zip is
  // not uploaded.
  Result<SendOutcome> mark_letters_sent(std::string_view zip_name);

 private:
  class Renewer;

  Result<bool> has_record(const ports::LetterZip& zip) const;
  Result<std::uint64_t> build(const std::string& name, const std::vector<ports::ZipLetter>& letters,
                              const std::string& path, Renewer& renew) const;
  Result<SendOutcome> deliver(const ports::LetterZip& zip, const std::vector<ports::ZipLetter>& letters,
                              Renewer& renew);
  Result<bool> is_there(const ports::LetterZip& zip, std::uint64_t bytes) const;
  // Whether the print house has acknowledged the zip by now: it may have taken it away before we knew of our
  // success.
  Result<bool> is_acknowledged(const ports::LetterZip& zip) const;
  // Whether an attempt that seemed to fail got through. False also when that cannot be found out.
  bool went_through(const ports::LetterZip& zip, const std::vector<ports::ZipLetter>& letters) const;
  Result<bool> any_waiting(const std::vector<ports::ZipLetter>& letters) const;
  Result<void> record(const ports::LetterZip& zip, const std::vector<ports::ZipLetter>& letters) const;
  Result<SendOutcome> complete(const ports::LetterZip& zip, const std::vector<ports::ZipLetter>& letters,
                               SendOutcome outcome);
  // In one commit: those that are created move as `move` says; its id, from and at are set here.
  Result<std::vector<bool>> move_created(std::span<const ports::ZipLetter> letters,
                                         const ports::StatusMove& move) const;
  Result<void> move_letters(const ports::LetterZip& zip, const std::vector<ports::ZipLetter>& letters,
                            UtcTime sent_at, SendOutcome& outcome);
  Result<int> fail_letters(const ports::LetterZip& zip, const std::vector<ports::ZipLetter>& letters,
                           std::string_view reason);

  PrintRunPorts ports_;
  PrintRunOptions options_;
};

}  // namespace postroom::flows
