#include "flows/print_run/day_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <unordered_set>

#include "core/letters/print_day.h"

namespace postroom::flows {
namespace {

using notifications::NotificationStatus;

constexpr int kCandidatesPerPage = 10'000;

// Since when letters wait, over the whole day.
struct Oldest {
  std::optional<UtcTime> pdf, zip, upload, acknowledgement, response;
  std::int64_t acknowledged_letters = 0;  // in zips that are acknowledged
  std::int64_t failed_unprinted = 0;      // in zips that failed
};

void note(std::optional<UtcTime>& oldest, std::optional<UtcTime> time) {
  if (time && (!oldest || *time < *oldest)) oldest = time;
}

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

// Those whose days are over, too.
Result<std::vector<notifications::Notification>> letters_of(const PrintRunPorts& ports,
                                                            std::span<const NotificationId> ids) {
  POSTROOM_TRY(letters, ports.notifications.find_all(ids));
  if (letters.size() == ids.size() || ports.archive == nullptr) return letters;
  // In this order, so that one that moves in between is not missed.
  std::unordered_set<NotificationId> found;
  for (const auto& letter : letters) found.insert(letter.id);
  std::vector<NotificationId> gone;
  for (NotificationId id : ids) {
    if (!found.contains(id)) gone.push_back(id);
  }
  POSTROOM_TRY(archived, ports.archive->find_all(gone));
  std::ranges::move(archived, std::back_inserter(letters));
  return letters;
}

Result<void> count_letters(const PrintRunPorts& ports, const ports::LetterZip& zip, DayStatus& out,
                           Oldest& oldest) {
  POSTROOM_TRY(letters, ports.letters.zip_letters(zip.name));
  for (std::size_t start = 0; start < letters.size(); start += kLettersPerCommitMax) {
    std::vector<NotificationId> ids;
    for (std::size_t i = start; i < std::min(letters.size(), start + kLettersPerCommitMax); ++i)
      ids.push_back(letters[i].id);
    POSTROOM_TRY(found, letters_of(ports, ids));
    for (const auto& letter : found) {
      // A failed zip sets its letters free: those sent since are counted where they are now.
      if (zip.state != ports::ZipState::failed) {
        count(letter.status, out);
        if (letter.status == NotificationStatus::sending) note(oldest.response, letter.sent_at);
      } else if (letter.status == NotificationStatus::technical_failure) {
        ++out.failed;
        ++oldest.failed_unprinted;
      }
    }
  }
  return {};
}

void count_zip(const ports::LetterZip& zip, DayStatus& out, Oldest& oldest) {
  auto& state = out.by_state[zip.state];
  ++state.zips;
  state.letters += zip.letter_count;
  state.bytes += zip.byte_count;
  if (zip.acknowledged_at) {
    ++out.acknowledged;
    oldest.acknowledged_letters += zip.letter_count;
  }
  if (zip.state == ports::ZipState::uploaded && !zip.acknowledged_at) note(oldest.acknowledgement, zip.uploaded_at);
  if (zip.state == ports::ZipState::planned || zip.state == ports::ZipState::uploading)
    note(oldest.upload, zip.created_at);
}

void add_stages(DayStatus& out, const Oldest& oldest) {
  const auto letters_in = [&](ports::ZipState state) {
    const auto found = out.by_state.find(state);
    return found == out.by_state.end() ? std::int64_t{0} : found->second.letters;
  };
  const std::int64_t uploaded = letters_in(ports::ZipState::uploaded);
  const std::int64_t unsent = letters_in(ports::ZipState::planned) + letters_in(ports::ZipState::uploading);
  const std::int64_t responded = out.delivered + out.failed - oldest.failed_unprinted + out.other;
  out.stages = {{"accepted", out.accepted, out.waiting_pdf, oldest.pdf},
                {"rendered", out.accepted - out.waiting_pdf, out.waiting_zip, oldest.zip},
                {"in zips", uploaded + unsent, unsent, oldest.upload},
                {"uploaded", uploaded, std::max<std::int64_t>(0, uploaded - oldest.acknowledged_letters),
                 oldest.acknowledgement},
                {"acknowledged", oldest.acknowledged_letters, out.sending, oldest.response},
                {"responded", responded, 0, {}}};
  out.missing = out.waiting_pdf + out.waiting_zip + out.created + out.sending;
}

// "2 d 3 h", "3 h 20 min", "7 min", "12 s".
std::string age_text(Duration age) {
  const auto seconds = std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(age).count());
  const std::int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (days > 0) return fmt::format("{} d {} h", days, hours % 24);
  if (hours > 0) return fmt::format("{} h {} min", hours, minutes % 60);
  if (minutes > 0) return fmt::format("{} min", minutes);
  return fmt::format("{} s", seconds);
}

Result<std::int64_t> count_candidates(const PrintRunPorts& ports, UtcTime deadline, Oldest& oldest) {
  std::int64_t total = 0;
  std::optional<ports::LetterCandidate> last;
  for (;;) {
    POSTROOM_TRY(page, ports.letters.candidates(deadline, last ? &*last : nullptr, kCandidatesPerPage));
    total += static_cast<std::int64_t>(page.size());
    for (const ports::LetterCandidate& letter : page) note(oldest.zip, letter.created_at);
    if (page.size() < static_cast<std::size_t>(kCandidatesPerPage)) return total;
    last = std::move(page.back());
  }
}

}  // namespace

Result<DayStatus> day_status(const PrintRunPorts& ports, const PrintRunOptions& options, Date run_day) {
  DayStatus out;
  out.run_day = run_day;
  out.now = ports.clock.now();
  out.deadline = letters::print_deadline(run_day, {.zone = ports.zone, .cutoff = options.print_cutoff});
  POSTROOM_TRY(zips, ports.letters.zips(run_day));
  Oldest oldest;
  for (const ports::LetterZip& zip : zips) {
    count_zip(zip, out, oldest);
    POSTROOM_CHECK(count_letters(ports, zip, out, oldest));
  }
  out.zips = std::move(zips);
  POSTROOM_TRY(waiting_zip, count_candidates(ports, out.deadline, oldest));
  out.waiting_zip = waiting_zip;
  POSTROOM_TRY(created, ports.letters.count_created(out.deadline));
  // Letters that wait in zips of other days are few and counted as waiting; never below nothing.
  out.waiting_pdf = std::max<std::int64_t>(0, created - waiting_zip - out.created);
  out.accepted =
      out.created + out.sending + out.delivered + out.failed + out.other + out.waiting_zip + out.waiting_pdf;
  if (out.waiting_pdf > 0) {
    POSTROOM_TRY(first, ports.letters.without_pdf(from_micros(0), out.deadline, 1));
    POSTROOM_TRY(letters, ports.notifications.find_all(first));
    if (!letters.empty()) oldest.pdf = letters.front().created_at;
  }
  add_stages(out, oldest);
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
  json::array stages;
  for (const DayStage& stage : status.stages) {
    stages.push_back(
        json::object{{"stage", stage.name},
                     {"letters", stage.letters},
                     {"waiting", stage.waiting},
                     {"oldest", stage.oldest ? json::value(format_rfc3339(*stage.oldest)) : json::value("")},
                     {"age", stage.oldest ? age_text(status.now - *stage.oldest) : std::string()}});
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
          {"missing", status.missing},
          {"stages", std::move(stages)},
          {"zips", std::move(zips)}};
}

}  // namespace postroom::flows
