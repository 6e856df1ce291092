#include "flows/print_run/day_status.h"

#include <algorithm>
#include <optional>

#include "core/letters/print_day.h"

namespace postroom::flows {
namespace {

using notifications::NotificationStatus;

constexpr int kCandidatesPerPage = 10'000;

void count(NotificationStatus status, DayStatus& out) {
  switch (status) {
    case NotificationStatus::created: ++out.created; break;
    case NotificationStatus::sending: ++out.sending; break;
    case NotificationStatus::delivered: ++out.delivered; break;
    case NotificationStatus::permanent_failure:
    case NotificationStatus::temporary_failure:
    case NotificationStatus::technical_failure: ++out.failed; break;
    default: ++out.other;
  }
}

Result<void> count_letters(const PrintRunPorts& ports, const ports::LetterZip& zip, DayStatus& out) {
  POSTROOM_TRY(letters, ports.letters.zip_letters(zip.name));
  for (std::size_t start = 0; start < letters.size(); start += kLettersPerCommitMax) {
    std::vector<NotificationId> ids;
    for (std::size_t i = start; i < std::min(letters.size(), start + kLettersPerCommitMax); ++i)
      ids.push_back(letters[i].id);
    POSTROOM_TRY(found, ports.notifications.find_all(ids));
    for (const auto& letter : found) {
      // A failed zip sets its letters free: those sent since are counted where they are now.
      if (zip.state != ports::ZipState::failed)
        count(letter.status, out);
      else if (letter.status == NotificationStatus::technical_failure)
        ++out.failed;
    }
  }
  return {};
}

Result<std::int64_t> count_candidates(const PrintRunPorts& ports, UtcTime deadline) {
  std::int64_t total = 0;
  std::optional<ports::LetterCandidate> last;
  for (;;) {
    POSTROOM_TRY(page, ports.letters.candidates(deadline, last ? &*last : nullptr, kCandidatesPerPage));
    total += static_cast<std::int64_t>(page.size());
    if (page.size() < static_cast<std::size_t>(kCandidatesPerPage)) return total;
    last = std::move(page.back());
  }
}

}  // namespace

Result<DayStatus> day_status(const PrintRunPorts& ports, const PrintRunOptions& options, Date run_day) {
  DayStatus out;
  out.run_day = run_day;
  out.deadline = letters::print_deadline(run_day, {.zone = ports.zone, .cutoff = options.print_cutoff});
  POSTROOM_TRY(zips, ports.letters.zips(run_day));
  for (const ports::LetterZip& zip : zips) {
    auto& state = out.by_state[zip.state];
    ++state.zips;
    state.letters += zip.letter_count;
    state.bytes += zip.byte_count;
    if (zip.acknowledged_at) ++out.acknowledged;
    POSTROOM_CHECK(count_letters(ports, zip, out));
  }
  out.zips = std::move(zips);
  POSTROOM_TRY(waiting_zip, count_candidates(ports, out.deadline));
  out.waiting_zip = waiting_zip;
  POSTROOM_TRY(created, ports.letters.count_created(out.deadline));
  // Letters that wait in zips of other days are few and counted as waiting; never below nothing.
  out.waiting_pdf = std::max<std::int64_t>(0, created - waiting_zip - out.created);
  out.accepted =
      out.created + out.sending + out.delivered + out.failed + out.other + out.waiting_zip + out.waiting_pdf;
  return out;
}

json::object to_json(const DayStatus& status) {
  json::array zips;
  for (const ports::LetterZip& zip : status.zips) {
    json::object one{{"name", zip.name},
                     {"state", ports::to_string(zip.state)},
                     {"letters", zip.letter_count},
                     {"bytes", zip.byte_count},
                     {"uploaded_at", nullptr},
                     {"acknowledged_at", nullptr}};
    if (zip.uploaded_at) one["uploaded_at"] = format_rfc3339(*zip.uploaded_at);
    if (zip.acknowledged_at) one["acknowledged_at"] = format_rfc3339(*zip.acknowledged_at);
    if (!zip.error.empty()) one["error"] = zip.error;
    zips.push_back(std::move(one));
  }
  json::object by_state;
  for (const auto& [state, counts] : status.by_state)
    by_state[ports::to_string(state)] =
        json::object{{"zips", counts.zips}, {"letters", counts.letters}, {"bytes", counts.bytes}};
  return {{"run_day", format_date(status.run_day)},
          {"deadline", format_rfc3339(status.deadline)},
          {"accepted", status.accepted},
          {"rendered", status.accepted - status.waiting_pdf},
          {"waiting_pdf", status.waiting_pdf},
          {"waiting_zip", status.waiting_zip},
          {"zips_by_state", std::move(by_state)},
          {"acknowledged_zips", status.acknowledged},
          {"created", status.created},
          {"sending", status.sending},
          {"delivered", status.delivered},
          {"failed", status.failed},
          {"other", status.other},
          {"zips", std::move(zips)}};
}

}  // namespace postroom::flows
