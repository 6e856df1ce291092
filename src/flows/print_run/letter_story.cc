#include "flows/print_run/letter_story.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/letters/file_names.h"
#include "core/letters/print_day.h"
#include "core/letters/print_file.h"
#include "core/notifications/delivery_estimate.h"
#include "flows/print_run/story_outlook.h"

namespace postroom::flows {
namespace {

using notifications::Notification;
using notifications::NotificationEvent;
using ports::ZipState;

// Buried tasks that are looked through for the letter.
constexpr int kBuriedTasksMax = 1000;

struct Wording {
  std::string_view cause;
  std::string_view text;
  bool shows_detail;
};

constexpr Wording kWordings[] = {
    {"zip.verified", "handed over: the print house has it, in", true},
    {"zip.failed", "given up, since its zip could not be sent:", true},
    {"letter.too_large", "given up: the PDF is too large for any zip:", true},
    {"render.refused", "refused when the PDF was made:", true},
    {"retries.exhausted", "given up after all attempts:", true},
    {"response.sent", "printed and posted, says the print house in", true},
    {"response.failed", "not printed, says the print house in", true},
    {"response.overtook", "the print house answered before we noted that the zip was sent:", true},
    {"report.despatched", "printed and posted, reports the print house", false},
    {"report.rejected", "rejected, reports the print house:", true},
    {"report.overtook", "the print house reported before we noted that it has the letter", false},
    {"print_house.returned", "came back by post", false},
    {"order.accepted", "handed over: the print house took it", true},
    {"order.known_before", "handed over: the print house had it already", true},
    {"order.failed", "given up, since the print house did not take it:", true},
    {"record.refused", "no record could be made of it:", true},
    {"records.verified", "handed over: the print house has its record, in", true},
    {"records.failed", "given up, since its record could not be sent:", true},
    {"operator.requeued", "given another run by an operator", false},
    {"operator.printed", "printed and posted, says an operator", false},
    {"operator.printed_again", "printed once more, as an operator asked, in", true},
    {"cancelled.by_service", "cancelled by the service", false},
};

std::string text_of(const NotificationEvent& event, int sheets) {
  if (event.cause == "letter.rendered")
    return fmt::format("PDF made, {} {}", sheets, sheets == 1 ? "sheet" : "sheets");
  for (const Wording& wording : kWordings) {
    if (wording.cause != event.cause) continue;
    if (!wording.shows_detail || event.detail.empty()) return std::string(wording.text);
    return fmt::format("{} {}", wording.text, event.detail);
  }
  return fmt::format("{}{}{} ({})", event.cause, event.detail.empty() ? "" : ": ", event.detail,
                     to_string(event.status));
}

Result<std::vector<Notification>> find_by_id(const StoryPorts& ports, NotificationId id, bool in_archive) {
  return in_archive ? ports.archive.find_all(std::span(&id, 1)) : ports.notifications.find_all(std::span(&id, 1));
}

Result<std::vector<Notification>> find_by_reference(const StoryPorts& ports, const std::string& reference,
                                                    bool in_archive) {
  return in_archive ? ports.archive.find_by_references(std::span(&reference, 1))
                    : ports.notifications.find_by_references(std::span(&reference, 1));
}

Result<void> find_letter(const StoryPorts& ports, std::string_view which, LetterStory& story) {
  const std::string upper = to_upper(trim(which));
  const auto id = NotificationId::parse(trim(which));
  if (!id && !letters::is_reference(upper)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("'{}' is neither a letter's reference (16 letters and digits) nor an id", which));
  }
  for (const bool in_archive : {false, true}) {
    POSTROOM_TRY(found, id ? find_by_id(ports, *id, in_archive) : find_by_reference(ports, upper, in_archive));
    if (found.empty()) continue;
    if (found.front().type != notifications::NotificationType::letter) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{} is no letter: 'postroom notification show' tells its story", id->text()));
    }
    story.letter = std::move(found.front());
    story.is_archived = in_archive;
    return {};
  }
  return fail(ErrorKind::not_found, fmt::format("there is no letter {}", id ? id->text() : upper));
}

void add_acceptance(LetterStory& story) {
  const Notification& letter = story.letter;
  std::string how = letter.job_id
                        ? fmt::format("by job {}, row {}", letter.job_id->text(), letter.job_row.value_or(0) + 1)
                    : letter.api_key_id ? fmt::format("over the API, {} key", accounts::to_string(letter.key_type))
                                        : std::string("by hand");
  const auto postage = letter.postage ? to_lower(letters::postage_for_people(*letter.postage)) : "no postage";
  story.steps.push_back({letter.created_at, "accepted", fmt::format("accepted {}; {}", how, postage)});
}

void add_zip(const ports::LetterZip& zip, bool prints_locally, LetterStory& story) {
  const std::string_view word = prints_locally ? "file" : "zip";
  story.steps.push_back({zip.created_at, "zip.planned",
                         fmt::format("placed in {} {} with {} others", word, zip.name, zip.letter_count - 1)});
  if (zip.uploaded_at) {
    story.steps.push_back({*zip.uploaded_at, "zip.uploaded",
                           prints_locally ? fmt::format("{} made, it lies in the folder", word)
                                          : fmt::format("{} uploaded and verified", word)});
  }
  if (zip.acknowledged_at && !prints_locally)
    story.steps.push_back({*zip.acknowledged_at, "zip.acknowledged", "zip acknowledged by the print house"});
}

Result<void> add_concerns(const StoryPorts& ports, const StoryOptions& options, LetterStory& story) {
  const auto is_about = [&](std::string_view text) {
    if (text.find(story.letter.reference) != std::string_view::npos) return true;
    if (text.find(story.letter.id.text()) != std::string_view::npos) return true;
    const std::string upper = to_upper(text);
    return std::any_of(story.zips.begin(), story.zips.end(), [&](const ports::LetterZip& zip) {
      return upper.find(to_upper(zip.name)) != std::string::npos;
    });
  };
  for (const RaisedTicket& ticket : options.tickets)
    if (is_about(ticket.message)) story.concerns.push_back({"ticket", ticket.at, ticket.subject});
  POSTROOM_TRY(buried, ports.tasks.buried(kBuriedTasksMax));
  for (const ports::BuriedTask& task : buried) {
    if (!is_about(task.subject)) continue;
    story.concerns.push_back(
        {"task", task.buried_at,
         fmt::format("{} was given up after {} attempts: {}", task.kind, task.attempts, task.reason)});
  }
  return {};
}

std::string local_text(UtcTime time, const TimeZone& zone) {
  const auto of_day = std::chrono::floor<std::chrono::seconds>(zone.time_of_day(time));
  const std::chrono::hh_mm_ss clock{of_day};
  constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const Date day = zone.local_date(time);
  return fmt::format("{} {} {:02}:{:02}:{:02}", kDays[weekday_of(day).c_encoding()], format_date(day),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

void put_time(json::object& out, const std::optional<UtcTime>& time, const TimeZone& zone) {
  out["at"] = time ? json::value(format_rfc3339(*time)) : json::value(nullptr);
  out["local"] = time ? json::value(local_text(*time, zone)) : json::value(nullptr);
}

json::object zip_json(const ports::LetterZip& zip) {
  json::object out{{"name", zip.name}, {"state", ports::to_string(zip.state)}, {"letters", zip.letter_count}};
  if (!zip.error.empty()) out["error"] = zip.error;
  return out;
}

}  // namespace

Result<LetterStory> letter_story(const StoryPorts& ports, const StoryOptions& options, std::string_view which) {
  LetterStory story;
  POSTROOM_CHECK(find_letter(ports, which, story));
  const letters::PrintCalendar calendar{.zone = ports.zone, .cutoff = options.print_cutoff};
  story.run_day = letters::print_day(story.letter.created_at, calendar);
  story.deadline = letters::print_deadline(story.run_day, calendar);
  if (auto service = ports.services.find(story.letter.service_id)) story.service_name = service->name;

  add_acceptance(story);
  POSTROOM_TRY(zips, ports.letters.zips_of(story.letter.id));
  story.zips = std::move(zips);
  for (const ports::LetterZip& zip : story.zips) add_zip(zip, options.prints_locally, story);
  POSTROOM_TRY(events, ports.notifications.events(story.letter.id));
  for (const NotificationEvent& event : events)
    story.steps.push_back({event.at, event.cause, text_of(event, story.letter.billable_units)});
  std::stable_sort(story.steps.begin(), story.steps.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });

  POSTROOM_TRY(despatch, ports.letters.despatch(story.letter.id));
  story.despatch = std::move(despatch);
  POSTROOM_CHECK(add_concerns(ports, options, story));
  add_outlook(ports, options, story);
  return story;
}

json::object to_json(const LetterStory& story, const TimeZone& zone) {
  const Notification& letter = story.letter;
  json::array steps, concerns, next, zips;
  for (const StoryStep& step : story.steps) {
    json::object& one = steps.emplace_back(json::object{}).get_object();
    put_time(one, step.at, zone);
    one["event"] = step.event;
    one["text"] = step.text;
  }
  for (const StoryConcern& concern : story.concerns) {
    json::object& one = concerns.emplace_back(json::object{}).get_object();
    one["kind"] = concern.kind;
    put_time(one, concern.at, zone);
    one["text"] = concern.text;
  }
  for (const StoryNext& step : story.next) {
    json::object& one = next.emplace_back(json::object{}).get_object();
    put_time(one, step.at, zone);
    one["text"] = step.text;
  }
  for (const ports::LetterZip& zip : story.zips) zips.emplace_back(zip_json(zip));
  json::object out{{"id", letter.id.text()},
                   {"reference", letter.reference},
                   {"service", story.service_name},
                   {"status", to_string(letter.status)},
                   {"key_type", accounts::to_string(letter.key_type)},
                   {"postage", letter.postage ? json::value(to_string(*letter.postage)) : json::value(nullptr)},
                   {"sheets", letter.billable_units},
                   {"archived", story.is_archived},
                   {"run_day", format_date(story.run_day)},
                   {"deadline", format_rfc3339(story.deadline)}};
  out["despatched_on"] =
      story.despatch ? json::value(format_date(story.despatch->despatched_on)) : json::value(nullptr);
  out["cost_class"] = story.despatch ? json::value(story.despatch->cost_class) : json::value(nullptr);
  const auto date_or_null = [&](const std::optional<UtcTime>& time) {
    return time ? json::value(format_date(zone.local_date(*time))) : json::value(nullptr);
  };
  out["printed_by"] = date_or_null(story.printed_by);
  out["delivered_by"] = date_or_null(story.latest_delivery);
  out["zips"] = std::move(zips);
  out["story"] = std::move(steps);
  out["concerns"] = std::move(concerns);
  out["next"] = std::move(next);
  return out;
}

}  // namespace postroom::flows
