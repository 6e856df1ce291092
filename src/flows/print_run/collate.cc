#include "flows/print_run/collate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "core/letters/grouper.h"
#include "core/letters/print_file.h"
#include "flows/print_run/letter_files.h"

namespace postroom::flows {
namespace {

using letters::LetterGroup;
using notifications::NotificationStatus;
using notifications::Postage;

// Each failed attempt of the same evening takes one number.
constexpr int kZipNameTriesMax = 100;
// Letters keep being cancelled while a run is at work; after this many plans, the next run takes the rest.
constexpr int kPlansOfAGroupMax = 5;
constexpr int kLettersPerRenewal = 1000;

// One run: what it has seen so far.
class Run {
 public:
  Run(const PrintRunPorts& ports, const PrintRunOptions& options, UtcTime deadline, std::string owner)
      : ports_(ports),
        files_(ports.blobs, {.zone = ports.zone, .cutoff = options.print_cutoff}),
        grouper_(options.group_limits),
        per_service_(options.group_limits.per_service),
        prints_locally_(options.prints_locally),
        leaves_out_(options.leaves_out),
        deadline_(deadline),
        owner_(std::move(owner)) {
    summary_.run_day = ports.zone.local_date(deadline);
  }

  Result<CollateSummary> all() {
    std::optional<ports::LetterCandidate> last;
    for (;;) {
      POSTROOM_TRY(page, ports_.letters.candidates(deadline_, last ? &*last : nullptr, Collator::kPageLettersMax));
      for (const ports::LetterCandidate& letter : page) POSTROOM_CHECK(place(letter));
      if (page.size() < static_cast<std::size_t>(Collator::kPageLettersMax)) break;
      last = std::move(page.back());
    }
    if (auto group = grouper_.finish()) POSTROOM_CHECK(plan(std::move(*group)));
    return summary_;
  }

  Result<void> hold_lease() {
    POSTROOM_TRY(held,
                 ports_.leases.acquire(Collator::kLeaseName, owner_, ports_.clock.now(), Collator::kLeaseTime));
    if (held) return {};
    return fail(ErrorKind::conflict, "another collate run is at work; wait until it has finished");
  }

 private:
  Result<void> place(const ports::LetterCandidate& letter) {
    if (++seen_ % kLettersPerRenewal == 0) POSTROOM_CHECK(hold_lease());
    if (leaves_out_ && leaves_out_(letter.service_id)) return {};
    auto file = files_.find(letter);
    if (!file) {
      if (file.error().kind != ErrorKind::not_found) return fail(file.error());
      ++summary_.missing;
      log_warning("letters.pdf_missing", {{"notification_id", letter.id.text()}, {"reference", letter.reference}});
      return {};
    }
    if (letters::is_too_large(file->blob.size)) return refuse(letter, file->blob.size);
    sheets_[letter.id] = letter.billable_units;
    auto group = grouper_.add({.id = letter.id,
                               .reference = letter.reference,
                               .blob_key = std::move(file->blob.key),
                               .service_id = letter.service_id,
                               .postage = letter.postage,
                               .bytes = file->blob.size});
    return group ? plan(std::move(*group)) : Result<void>{};
  }

  Result<void> refuse(const ports::LetterCandidate& letter, std::uint64_t bytes) {
    ++summary_.refused;
    log_error("letters.pdf_too_large", {{"notification_id", letter.id.text()}, {"bytes", bytes}});
    POSTROOM_TRY(moved, ports_.notifications.move({.id = letter.id,
                                                   .from = {NotificationStatus::created},
                                                   .to = NotificationStatus::technical_failure,
                                                   .at = ports_.clock.now(),
                                                   .cause = "letter.too_large",
                                                   .detail = fmt::format("{} bytes fit no zip", bytes)}));
    if (!moved) log_info("letters.moved_elsewhere", {{"notification_id", letter.id.text()}});
    return {};
  }

  Result<void> plan(LetterGroup group) {
    for (int i = 0; i < kPlansOfAGroupMax; ++i) {
      POSTROOM_TRY(planned, plan_once(group));
      if (planned) return {};
      // A letter that was cancelled or placed elsewhere in between must not hold the others back.
      const std::size_t before = group.letters.size();
      POSTROOM_CHECK(leave_out_the_gone(group));
      if (group.letters.empty()) return {};
      if (group.letters.size() == before) break;
    }
    summary_.elsewhere += static_cast<int>(group.letters.size());
    forget_sheets(group);
    log_warning("letters.group_planned_elsewhere",
                {{"letters", group.letters.size()}, {"first", group.letters.front().reference}});
    return {};
  }

  Result<void> leave_out_the_gone(LetterGroup& group) {
    std::vector<letters::PrintableLetter> rest;
    group.bytes = 0;
    for (letters::PrintableLetter& letter : group.letters) {
      POSTROOM_TRY(waits, still_waits(letter.id));
      if (!waits) {
        ++summary_.elsewhere;
        sheets_.erase(letter.id);
        log_info("letters.gone_while_collating", {{"notification_id", letter.id.text()}});
        continue;
      }
      group.bytes += letter.bytes;
      rest.push_back(std::move(letter));
    }
    group.letters = std::move(rest);
    return {};
  }

  Result<bool> still_waits(NotificationId id) {
    POSTROOM_TRY(found, ports_.notifications.find(id));
    if (found.status != NotificationStatus::created) return false;
    POSTROOM_TRY(zips, ports_.letters.zips_of(id));
    return std::ranges::all_of(zips,
                               [](const ports::LetterZip& zip) { return zip.state == ports::ZipState::failed; });
  }

  // False when no name was free or a letter waits no longer.
  Result<bool> plan_once(const LetterGroup& group) {
    std::vector<std::string> keys;
    std::vector<ports::ZipLetter> letters;
    keys.reserve(group.letters.size());
    letters.reserve(group.letters.size());
    for (const letters::PrintableLetter& letter : group.letters) {
      keys.push_back(letter.blob_key);
      letters.push_back({letter.id, letter.reference, letter.blob_key});
    }
    letters::ZipNameParts parts{.run_day = summary_.run_day,
                                .postage = group.postage(),
                                .number = 0,
                                .keys_hash = letters::zip_keys_hash(keys)};
    if (per_service_) parts.service_id = group.service_id();

    int& number = numbers_[group.postage()];
    for (int i = 0; i < kZipNameTriesMax; ++i) {
      parts.number = ++number;
      const std::string name = prints_locally_ ? letters::print_file_name(parts) : letters::zip_name(parts);
      auto planned = plan_as(name, group, letters);
      if (planned) {
        count(group);
        return true;
      }
      if (planned.error().kind != ErrorKind::conflict) return fail(std::move(planned).error());
      // The name of a zip that failed earlier this evening is used up; its letters may go in another one.
      auto existing = ports_.letters.zip(name);
      if (!existing && existing.error().kind != ErrorKind::not_found) return fail(existing.error());
      if (!existing) --number;  // still free
      if (!existing || existing->state != ports::ZipState::failed) break;
    }
    return false;
  }

  Result<void> plan_as(const std::string& name, const LetterGroup& group,
                       const std::vector<ports::ZipLetter>& letters) {
    const UtcTime now = ports_.clock.now();
    const ports::LetterZip zip{.name = name,
                               .run_day = summary_.run_day,
                               .state = ports::ZipState::planned,
                               .letter_count = static_cast<int>(letters.size()),
                               .byte_count = static_cast<std::int64_t>(group.bytes),
                               .error = "",
                               .created_at = now,
                               .uploaded_at = std::nullopt,
                               .acknowledged_at = std::nullopt};
    const ports::NewTask task{.queue = std::string(ports::kPrintQueue),
                              .kind = std::string(ports::kZipAndSend),
                              .subject = name,
                              .payload = {},
                              .run_at = now,
                              .unique_key = fmt::format("{}:{}", ports::kZipAndSend, name)};
    POSTROOM_CHECK(ports_.letters.plan_zip(zip, letters, task));
    log_info("letters.zip_planned", {{"zip", name}, {"letters", letters.size()}, {"bytes", group.bytes}});
    return {};
  }

  void count(const LetterGroup& group) {
    ++summary_.zips;
    summary_.letters += static_cast<int>(group.letters.size());
    summary_.bytes += static_cast<std::int64_t>(group.bytes);
    auto& volume = summary_.by_postage.at(static_cast<std::size_t>(group.postage()));
    volume.letters += static_cast<int>(group.letters.size());
    for (const letters::PrintableLetter& letter : group.letters) volume.sheets += sheets_.at(letter.id);
    forget_sheets(group);
  }

  void forget_sheets(const LetterGroup& group) {
    for (const letters::PrintableLetter& letter : group.letters) sheets_.erase(letter.id);
  }

  const PrintRunPorts& ports_;
  LetterFiles files_;
  letters::Grouper grouper_;
  bool per_service_;
  bool prints_locally_;
  const std::function<bool(ServiceId)>& leaves_out_;
  UtcTime deadline_;
  std::string owner_;
  CollateSummary summary_;
  std::map<Postage, int> numbers_;        // of the last zip of each postage
  std::map<NotificationId, int> sheets_;  // of the letters in the open group
  int seen_ = 0;
};

}  // namespace

Result<CollateSummary> Collator::run(UtcTime deadline) {
  POSTROOM_CHECK(letters::check_limits(options_.group_limits));
  // A name for each run, so that two runs in one process keep each other out as well.
  const std::string owner = Uuid::random(ports_.random).text();
  Run run(ports_, options_, deadline, owner);
  POSTROOM_CHECK(run.hold_lease());
  auto summary = run.all();
  if (auto released = ports_.leases.release(kLeaseName, owner); !released)
    log_warning("letters.collate_lease_not_released", {{"error", released.error().message}});
  if (!summary) {
    log_error("letters.collate_stopped", {{"error", summary.error().message}});
    return summary;
  }
  log_info("letters.collated", {{"run_day", format_date(summary->run_day)},
                                {"zips", summary->zips},
                                {"letters", summary->letters},
                                {"bytes", summary->bytes},
                                {"missing", summary->missing},
                                {"refused", summary->refused}});
  return summary;
}

}  // namespace postroom::flows
