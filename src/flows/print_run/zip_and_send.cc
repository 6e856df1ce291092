#include "flows/print_run/zip_and_send.h"

#include <fmt/format.h>

#include <deque>
#include <future>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "core/letters/file_names.h"
#include "core/letters/grouper.h"
#include "flows/print_run/responses.h"
#include "flows/print_run/temp_file.h"

namespace postroom::flows {
namespace {

using notifications::NotificationStatus;
using ports::Bucket;
using ports::LetterZip;
using ports::ZipLetter;
using ports::ZipState;

// Well below any lease, and rare enough to cost nothing.
constexpr Duration kRenewEvery = std::chrono::seconds{10};
constexpr std::size_t kReferencesLoggedMax = 10;

// Whatever keeps a zip from being sent may pass: the next attempt tells, and after the last one the zip fails.
tl::unexpected<Error> retry(std::string_view where, Error error) {
  error.kind = ErrorKind::retry_later;
  return fail_in(where, std::move(error));
}

template <typename T, typename Do>
Result<void> in_chunks(const std::vector<T>& all, Do&& act) {
  for (std::size_t start = 0; start < all.size(); start += kLettersPerCommitMax) {
    const std::size_t count = std::min(kLettersPerCommitMax, all.size() - start);
    POSTROOM_CHECK(act(std::span<const T>(all).subspan(start, count)));
  }
  return {};
}

bool was_handed_over(NotificationStatus status) {
  switch (status) {
    case NotificationStatus::sending:
    case NotificationStatus::delivered:
    case NotificationStatus::temporary_failure:
    case NotificationStatus::permanent_failure:
    case NotificationStatus::returned_letter: return true;
    default: return false;
  }
}

}  // namespace

std::string_view to_string(SendOutcome::How how) {
  switch (how) {
    case SendOutcome::How::uploaded: return "uploaded";
    case SendOutcome::How::recorded_before: return "recorded-before";
    case SendOutcome::How::found_there: return "found-there";
    case SendOutcome::How::acknowledged_before: return "acknowledged-before";
  }
  return "";
}

// Calls the task's renew function at most every kRenewEvery; remembers that the lease was lost.
class ZipSender::Renewer {
 public:
  Renewer(const std::function<bool()>& renew, const Clock& clock)
      : renew_(renew), clock_(clock), last_(clock.now()) {}

  bool operator()() {
    if (lost_) return false;
    const UtcTime now = clock_.now();
    if (now - last_ < kRenewEvery && now >= last_) return true;
    last_ = now;
    lost_ = renew_ && !renew_();
    return !lost_;
  }

 private:
  const std::function<bool()>& renew_;
  const Clock& clock_;
  UtcTime last_;
  bool lost_ = false;
};

Result<SendOutcome> ZipSender::send(std::string_view zip_name, const std::function<bool()>& renew) {
  POSTROOM_TRY(zip, ports_.letters.zip(zip_name));
  POSTROOM_TRY(letters, ports_.letters.zip_letters(zip_name));
  if (letters.empty()) {
    log_error("letters.zip_empty", {{"zip", zip_name}});
    return postroom::fail(ErrorKind::rejected, fmt::format("zip {} has no letters", zip_name));
  }
  POSTROOM_TRY(recorded, has_record(zip));
  if (recorded || zip.state == ZipState::uploaded)
    return complete(zip, letters, {.how = SendOutcome::How::recorded_before});
  if (zip.state == ZipState::failed)
    return postroom::fail(ErrorKind::rejected,
                          fmt::format("zip {} failed before and its letters were set free", zip_name));
  if (zip.acknowledged_at) {
    POSTROOM_CHECK(record(zip, letters));
    return complete(zip, letters, {.how = SendOutcome::How::acknowledged_before});
  }
  if (zip.state == ZipState::planned)
    POSTROOM_CHECK(
        ports_.letters.move_zip(zip_name, ZipState::planned, ZipState::uploading, ports_.clock.now(), ""));

  Renewer renewer(renew, ports_.clock);
  auto outcome = deliver(zip, letters, renewer);
  if (!outcome) {
    log_warning("letters.zip_not_sent", {{"zip", zip_name}, {"error", outcome.error().message}});
    return outcome;
  }
  POSTROOM_CHECK(record(zip, letters));
  return complete(zip, letters, *outcome);
}

Result<SendOutcome> ZipSender::deliver(const LetterZip& zip, const std::vector<ZipLetter>& letters,
                                       Renewer& renew) {
  POSTROOM_TRY(file, TempFile::create(options_.temp_folder));
  POSTROOM_TRY(bytes, build(zip.name, letters, file.path(), renew));
  if (bytes > letters::kZipBytesHardMax) {
    return postroom::fail(
        ErrorKind::rejected,
        fmt::format("zip {} has {} bytes, the print house takes at most {}; lower letters.zip_bytes_max", zip.name,
                    bytes, letters::kZipBytesHardMax));
  }
  SendOutcome outcome{.how = SendOutcome::How::found_there, .bytes = bytes};
  auto there = is_there(zip, bytes);
  if (!there) return retry("look for " + zip.name, std::move(there).error());
  if (*there) return outcome;
  if (zip.state == ZipState::uploading) {
    // Not the first attempt: the one before may have ended between its last byte and our note of it.
    auto acknowledged = is_acknowledged(zip);
    if (!acknowledged) return retry("look for the acknowledgement of " + zip.name, std::move(acknowledged).error());
    outcome.how = SendOutcome::How::acknowledged_before;
    if (*acknowledged) return outcome;
  }

  // An attempt to give up this zip may have been cut short; its letters must not be printed after all.
  POSTROOM_TRY(waiting, any_waiting(letters));
  if (!waiting)
    return postroom::fail(ErrorKind::rejected,
                          fmt::format("no letter of zip {} is waiting to be sent any more", zip.name));

  outcome.how = SendOutcome::How::uploaded;
  auto sent =
      ports_.print_house.upload(options_.zip_folder, zip.name, file.path(), [&](std::uint64_t) { return renew(); });
  if (sent) return outcome;
  // An error after the last byte is an upload all the same. To try again under another name, or to believe the
  // error, would print every letter twice.
  const auto after = is_there(zip, bytes);
  if (after && *after) {
    log_warning("letters.zip_sent_despite_error", {{"zip", zip.name}, {"error", sent.error().message}});
    return outcome;
  }
  return retry("upload " + zip.name, std::move(sent).error());
}

Result<bool> ZipSender::is_there(const LetterZip& zip, std::uint64_t bytes) const {
  auto found = ports_.print_house.stat(options_.zip_folder, zip.name);
  if (found) return found->size == bytes;
  if (found.error().kind == ErrorKind::not_found) return false;
  return postroom::fail(found.error());
}

Result<bool> ZipSender::is_acknowledged(const LetterZip& zip) const {
  POSTROOM_CHECK(PrintResponses(ports_, options_).poll_acknowledgements());
  POSTROOM_TRY(now, ports_.letters.zip(zip.name));
  return now.acknowledged_at.has_value();
}

bool ZipSender::went_through(const LetterZip& zip, const std::vector<ZipLetter>& letters) const {
  if (zip.state != ZipState::uploading) return false;
  if (const auto acknowledged = is_acknowledged(zip); acknowledged && *acknowledged) return true;
  const auto found = ports_.print_house.stat(options_.zip_folder, zip.name);
  if (!found) return false;
  // Something of that name is there; only its size tells whether all of it is.
  auto file = TempFile::create(options_.temp_folder);
  if (!file) return false;
  const std::function<bool()> keep_going;
  Renewer renewer(keep_going, ports_.clock);
  const auto bytes = build(zip.name, letters, file->path(), renewer);
  return bytes && found->size == *bytes;
}

Result<bool> ZipSender::has_record(const LetterZip& zip) const {
  auto found = ports_.blobs.stat(Bucket::letters_pdf, letters::zip_record_key(zip.run_day, zip.name));
  if (found) return true;
  if (found.error().kind == ErrorKind::not_found) return false;
  return retry("look for the record of " + zip.name, found.error());
}

Result<std::uint64_t> ZipSender::build(const std::string& name, const std::vector<ZipLetter>& letters,
                                       const std::string& path, Renewer& renew) const {
  auto zip = ports_.create_zip(path);
  if (!zip) return retry("create a zip", std::move(zip).error());
  (*zip)->set_name(name);
  const auto get = [this](const ZipLetter& letter) {
    return ports_.blobs.get(Bucket::letters_pdf, letter.blob_key);
  };

  // Storage may be far away, so some reads run ahead; what is added is always the next in order.
  std::deque<std::future<Result<Bytes>>> ahead;
  std::size_t next_read = 0;
  for (const ZipLetter& letter : letters) {
    while (next_read < letters.size() && ahead.size() < static_cast<std::size_t>(options_.parallel_reads)) {
      const auto policy = options_.parallel_reads > 1 ? std::launch::async : std::launch::deferred;
      ahead.push_back(std::async(policy, get, std::cref(letters[next_read++])));
    }
    Result<Bytes> pdf = ahead.front().get();
    ahead.pop_front();
    if (!pdf) return retry(fmt::format("read the PDF of letter {}", letter.reference), std::move(pdf).error());
    if (auto added = (*zip)->add(letters::base_name(letter.blob_key), *pdf); !added)
      return retry(fmt::format("add letter {}", letter.reference), std::move(added).error());
    if (!renew())
      return postroom::fail(ErrorKind::retry_later, "the lease of the task was lost while the zip was written");
  }
  auto bytes = (*zip)->finish();
  if (!bytes) return retry("finish the zip", std::move(bytes).error());
  return *bytes;
}

Result<bool> ZipSender::any_waiting(const std::vector<ZipLetter>& letters) const {
  bool waiting = false;
  POSTROOM_CHECK(in_chunks(letters, [&](std::span<const ZipLetter> chunk) -> Result<void> {
    if (waiting) return {};
    std::vector<NotificationId> ids;
    for (const ZipLetter& letter : chunk) ids.push_back(letter.id);
    POSTROOM_TRY(found, ports_.notifications.find_all(ids));
    for (const auto& letter : found) waiting = waiting || letter.status == NotificationStatus::created;
    return {};
  }));
  return waiting;
}

Result<void> ZipSender::record(const LetterZip& zip, const std::vector<ZipLetter>& letters) const {
  std::vector<std::string> keys;
  keys.reserve(letters.size());
  for (const ZipLetter& letter : letters) keys.push_back(letter.blob_key);
  auto put = ports_.blobs.put(Bucket::letters_pdf, letters::zip_record_key(zip.run_day, zip.name),
                              letters::zip_record(keys));
  if (!put) return retry("write the record of " + zip.name, std::move(put).error());
  return {};
}

Result<SendOutcome> ZipSender::complete(const LetterZip& zip, const std::vector<ZipLetter>& letters,
                                        SendOutcome outcome) {
  const UtcTime now = ports_.clock.now();
  for (ZipState from : {ZipState::planned, ZipState::uploading}) {
    if (zip.state != ZipState::uploaded)
      POSTROOM_CHECK(ports_.letters.move_zip(zip.name, from, ZipState::uploaded, now, ""));
  }
  // The record is there: whatever happens from now on, nobody makes this file again.
  if (auto shown = ports_.print_house.publish(options_.zip_folder, zip.name); !shown)
    return retry("publish " + zip.name, std::move(shown).error());
  if (options_.prints_locally && !zip.acknowledged_at)
    POSTROOM_CHECK(ports_.letters.acknowledge_zip(zip.name, now));
  POSTROOM_CHECK(move_letters(zip, letters, zip.uploaded_at.value_or(now), outcome));
  log_info("letters.zip_sent", {{"zip", zip.name},
                                {"how", to_string(outcome.how)},
                                {"bytes", outcome.bytes},
                                {"letters", outcome.moved},
                                {"unmoved", outcome.unmoved}});
  return outcome;
}

Result<std::vector<bool>> ZipSender::move_created(std::span<const ZipLetter> letters,
                                                  const ports::StatusMove& move) const {
  std::vector<ports::StatusMove> moves(letters.size(), move);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    moves[i].id = letters[i].id;
    moves[i].from = {NotificationStatus::created};
    moves[i].at = ports_.clock.now();
  }
  return ports_.notifications.move_all(moves);
}

Result<void> ZipSender::move_letters(const LetterZip& zip, const std::vector<ZipLetter>& letters, UtcTime sent_at,
                                     SendOutcome& outcome) {
  std::vector<std::string> astray;  // references of letters that were printed though nobody waits for them
  int astray_count = 0;
  const ports::StatusMove move{.to = NotificationStatus::sending,
                               .cause = "zip.verified",
                               .detail = zip.name,
                               .sent_at = sent_at,
                               .sent_by = options_.sent_by};
  POSTROOM_CHECK(in_chunks(letters, [&](std::span<const ZipLetter> chunk) -> Result<void> {
    POSTROOM_TRY(moved, move_created(chunk, move));
    std::vector<NotificationId> unmoved;
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      if (moved[i])
        ++outcome.moved;
      else
        unmoved.push_back(chunk[i].id);
    }
    outcome.unmoved += static_cast<int>(unmoved.size());
    if (unmoved.empty()) return {};
    POSTROOM_TRY(found, ports_.notifications.find_all(unmoved));
    for (const auto& letter : found) {
      if (was_handed_over(letter.status)) continue;
      ++astray_count;
      if (astray.size() < kReferencesLoggedMax)
        astray.push_back(fmt::format("{} ({})", letter.reference, to_string(letter.status)));
    }
    return {};
  }));
  if (outcome.unmoved > 0) log_info("letters.sent_before", {{"zip", zip.name}, {"letters", outcome.unmoved}});
  if (astray_count > 0) {
    log_error(
        "letters.printed_though_not_waiting",
        {{"zip", zip.name}, {"letters", astray_count}, {"references", fmt::format("{}", fmt::join(astray, ", "))}});
  }
  return {};
}

Result<SendOutcome> ZipSender::mark_letters_sent(std::string_view zip_name) {
  POSTROOM_TRY(zip, ports_.letters.zip(zip_name));
  if (zip.state != ZipState::uploaded) {
    POSTROOM_TRY(recorded, has_record(zip));
    if (!recorded) return postroom::fail(ErrorKind::invalid_input, fmt::format("zip {} is not uploaded", zip_name));
  }
  POSTROOM_TRY(letters, ports_.letters.zip_letters(zip_name));
  return complete(zip, letters, {.how = SendOutcome::How::recorded_before});
}

Result<int> ZipSender::fail(std::string_view zip_name, std::string_view reason) {
  POSTROOM_TRY(zip, ports_.letters.zip(zip_name));
  if (zip.state == ZipState::failed) return 0;
  POSTROOM_TRY(recorded, has_record(zip));
  POSTROOM_TRY(letters, ports_.letters.zip_letters(zip_name));
  if (recorded || zip.state == ZipState::uploaded || zip.acknowledged_at || went_through(zip, letters)) {
    log_warning("letters.zip_sent_after_all", {{"zip", zip_name}, {"reason", reason}});
    if (!recorded) POSTROOM_CHECK(record(zip, letters));
    POSTROOM_CHECK(complete(zip, letters, {.how = SendOutcome::How::recorded_before}));
    return 0;
  }
  // Letters first: a failed zip sets its letters free, and a run at this moment would take them up again.
  POSTROOM_TRY(failed, fail_letters(zip, letters, reason));
  for (ZipState from : {ZipState::planned, ZipState::uploading})
    POSTROOM_CHECK(ports_.letters.move_zip(zip_name, from, ZipState::failed, ports_.clock.now(), reason));
  log_error("letters.zip_failed", {{"zip", zip_name}, {"letters", failed}, {"reason", reason}});
  return failed;
}

Result<int> ZipSender::fail_letters(const LetterZip& zip, const std::vector<ZipLetter>& letters,
                                    std::string_view reason) {
  int failed = 0;
  const ports::StatusMove move{.to = NotificationStatus::technical_failure,
                               .cause = "zip.failed",
                               .detail = fmt::format("{}: {}", zip.name, reason)};
  POSTROOM_CHECK(in_chunks(letters, [&](std::span<const ZipLetter> chunk) -> Result<void> {
    POSTROOM_TRY(moved, move_created(chunk, move));
    for (bool one : moved) failed += one ? 1 : 0;
    return {};
  }));
  return failed;
}

}  // namespace postroom::flows
