// The print run's look-ups: which letters are due, which zip each travels in, what the print house said.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/notifications/notification.h"
#include "ports/task_queue.h"

namespace postroom::ports {

// A letter that may go into a zip.
struct LetterCandidate {
  NotificationId id;
  std::string reference;
  ServiceId service_id;
  notifications::Postage postage = notifications::Postage::second;
  UtcTime created_at;
  int billable_units = 0;
};

// planned -> uploading -> uploaded (verified on the far side), or failed, which sets its letters free.
enum class ZipState { planned, uploading, uploaded, failed };
std::string_view to_string(ZipState state);
std::optional<ZipState> parse_zip_state(std::string_view text);

struct LetterZip {
  std::string name;  // upload file name, unique
  Date run_day;
  ZipState state = ZipState::planned;
  int letter_count = 0;
  std::int64_t byte_count = 0;  // of the PDFs
  std::string error;            // why it failed last; empty when it did not
  UtcTime created_at;
  std::optional<UtcTime> uploaded_at;
  std::optional<UtcTime> acknowledged_at;
};

struct ZipLetter {
  NotificationId id;
  std::string reference;
  std::string blob_key;  // full key of the PDF
};

struct SortedCounts {
  Date billing_day;
  std::string file_name;
  std::int64_t sorted = 0;
  std::int64_t unsorted = 0;
};

struct Despatch {
  NotificationId id;
  Date despatched_on;
  std::string cost_class;  // "sorted" or "unsorted"
};

// Safe from several threads. retry_later when the database is busy or away.
class LetterStore {
 public:
  virtual ~LetterStore() = default;

  // Letters that are created, of normal keys, with sheets, accepted before `deadline`, and in no zip that is
  // planned, uploading or uploaded. Services are not looked at: the caller leaves out those whose letters travel
  // as records (no letters_as_pdf). In the order of postage, service id, created_at, id; `after` continues behind
  // an earlier page's last.
  virtual Result<std::vector<LetterCandidate>> candidates(UtcTime deadline, const LetterCandidate* after,
                                                          int limit) = 0;

  // Stores the zip as planned with its letters and enqueues `task`, in one commit. conflict when the name exists
  // or one of the letters is in a live zip (or twice in this one), or waits no longer: nothing is stored then.
  virtual Result<void> plan_zip(const LetterZip& zip, std::span<const ZipLetter> letters, const NewTask& task) = 0;
  virtual Result<LetterZip> zip(std::string_view name) = 0;       // not_found
  virtual Result<std::vector<LetterZip>> zips(Date run_day) = 0;  // by name
  virtual Result<std::vector<LetterZip>> unfinished_zips() = 0;   // planned or uploading, oldest first
  // Every zip that the letter is or was placed in, oldest first.
  virtual Result<std::vector<LetterZip>> zips_of(NotificationId letter) = 0;
  virtual Result<std::vector<ZipLetter>> zip_letters(std::string_view name) = 0;  // in the order planned; not_found
  // Conditional on the present state; `error` replaces the kept one; uploaded sets uploaded_at. False when the
  // state was another, when there is no such zip, and for every move out of failed: its letters may be in another
  // zip by now, so plan a new one.
  virtual Result<bool> move_zip(std::string_view name, ZipState from, ZipState to, UtcTime at,
                                std::string_view error) = 0;
  virtual Result<void> acknowledge_zip(std::string_view name, UtcTime at) = 0;  // not_found; keeps the first time
  // Uploaded zips that still have letters in state created.
  virtual Result<std::vector<std::string>> uploaded_zips_with_created_letters() = 0;  // by name

  // Letters in state sending, of normal keys, with from <= sent_at < to.
  virtual Result<std::int64_t> count_sending(UtcTime from, UtcTime to) = 0;
  // Letters in state created, of any key, accepted before `before`.
  virtual Result<std::int64_t> count_created(UtcTime before) = 0;
  // Oldest first: letters created, normal key, no sheets, updated_at empty, from <= created_at < to.
  virtual Result<std::vector<NotificationId>> without_pdf(UtcTime from, UtcTime to, int limit) = 0;

  // Replaces the counts of the same file name.
  virtual Result<void> record_sorted_counts(const SortedCounts& counts) = 0;
  virtual Result<std::vector<SortedCounts>> sorted_counts(Date billing_day) = 0;  // by file name
  // One for each letter: the first stays. The letter need not be stored any more.
  virtual Result<void> record_despatches(std::span<const Despatch> despatches) = 0;
  virtual Result<std::optional<Despatch>> despatch(NotificationId letter) = 0;  // nothing: none recorded
};

}  // namespace postroom::ports
