#include "flows/delivery_care/delivery_care.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "ports/task_names.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using ports::CreatedPlace;
using ports::ProcessingTime;

namespace {

constexpr NotificationType kTypes[] = {NotificationType::email, NotificationType::sms};

// Names in the state store.
constexpr std::string_view kTimedOutUntil = "delivery_care.timed_out_until";
constexpr std::string_view kHandedOverUntil = "delivery_care.handed_over_until";
constexpr std::string_view kWaitingToldOf = "delivery_care.waiting";
constexpr std::string_view kOldest = "delivery_care.oldest";

// A message may be handed over that long after it was created, so that the time-out must look back for it.
constexpr Duration kLateHandOver = kReplayedFor + std::chrono::hours{24};

UtcTime start_of(const ports::DeliveryCareStore::Waiting& message) {
  return std::max(message.place.created_at, message.scheduled_for.value_or(message.place.created_at));
}

std::string_view word_of(NotificationType type) { return type == NotificationType::sms ? "texts" : "emails"; }

}  // namespace

Result<UtcTime> DeliveryCare::place_of(std::string_view name) {
  POSTROOM_TRY(stored, ports_.state.get(name));
  return from_micros(stored ? parse_int<std::int64_t>(*stored).value_or(0) : 0);
}

Result<int> DeliveryCare::give_up(std::span<const Waiting> messages, UtcTime now) {
  std::vector<NotificationId> ids;
  for (const Waiting& message : messages) {
    if (now - start_of(message) > kReportTimeout) ids.push_back(message.place.id);
  }
  if (ids.empty()) return 0;
  POSTROOM_TRY(found, ports_.notifications.find_all(ids));
  std::vector<ports::StatusMove> moves;
  for (const Notification& n : found) {
    ports::StatusMove move{.id = n.id,
                           .from = {NotificationStatus::sending, NotificationStatus::pending},
                           .to = NotificationStatus::temporary_failure,
                           .at = now,
                           .cause = "timeout",
                           .detail = "no final report within 72 hours"};
    Notification after = n;
    after.status = move.to;
    after.updated_at = now;
    POSTROOM_TRY(task, ports_.callbacks.task_for(after));
    if (task) move.tasks.push_back(std::move(*task));
    moves.push_back(std::move(move));
  }
  POSTROOM_TRY(moved, ports_.notifications.move_all(moves));
  return static_cast<int>(std::count(moved.begin(), moved.end(), true));
}

Result<int> DeliveryCare::time_out() {
  const UtcTime now = ports_.clock.now();
  const UtcTime until = now - kReportTimeout;
  POSTROOM_TRY(done_until, place_of(kTimedOutUntil));
  CreatedPlace place{std::max(from_micros(0), done_until - kLateHandOver), {}};
  int count = 0;
  for (;;) {
    POSTROOM_TRY(page, ports_.care.unreported(place, until, kCarePage));
    if (page.empty()) break;
    POSTROOM_TRY(given_up, give_up(page, now));
    count += given_up;
    place = page.back().place;
  }
  POSTROOM_CHECK(ports_.state.put(kTimedOutUntil, std::to_string(to_micros(until))));
  if (count > 0) log_warning("delivery_care.timed_out", {{"messages", count}});
  return count;
}

Result<void> DeliveryCare::enqueue(std::span<const Waiting> messages, UtcTime now) {
  std::vector<ports::NewTask> tasks;
  for (const Waiting& message : messages) {
    const bool is_text = message.type == NotificationType::sms;
    const std::string_view queue = message.key_type == accounts::KeyType::test ? ports::kResearchQueue
                                   : is_text                                   ? ports::kSendSmsQueue
                                                                               : ports::kSendEmailQueue;
    tasks.push_back({.queue = std::string(queue),
                     .kind = std::string(is_text ? ports::kDeliverSms : ports::kDeliverEmail),
                     .subject = message.place.id.text(),
                     .payload = {},
                     .run_at = now,
                     .unique_key = "replay:" + message.place.id.text()});
    log_warning("delivery_care.replayed", {{"notification", message.place.id.text()}});
  }
  if (tasks.empty()) return {};
  return ports_.tasks.enqueue(tasks);
}

Result<int> DeliveryCare::replay() {
  const UtcTime now = ports_.clock.now();
  const UtcTime until = now - kStuckAfter;
  POSTROOM_TRY(clean_until, place_of(kHandedOverUntil));
  CreatedPlace place{std::max(clean_until, now - kReplayedFor), {}};
  // Nothing before this is still waiting: the next look can begin here.
  UtcTime next_clean = until;
  std::map<NotificationType, std::int64_t> counts;
  int replayed = 0;
  for (;;) {
    POSTROOM_TRY(page, ports_.care.waiting(place, until, kCarePage));
    if (page.empty()) break;
    next_clean = std::min(next_clean, page.front().place.created_at);
    place = page.back().place;
    std::erase_if(page, [&](const Waiting& message) { return start_of(message) > until; });
    std::vector<NotificationId> ids;
    for (const Waiting& message : page) {
      ++counts[message.type];
      ids.push_back(message.place.id);
    }
    POSTROOM_TRY(lost, ports_.care.without_task(ids));
    std::erase_if(page, [&](const Waiting& message) {
      return std::find(lost.begin(), lost.end(), message.place.id) == lost.end();
    });
    POSTROOM_CHECK(enqueue(page, now));
    replayed += static_cast<int>(page.size());
  }
  POSTROOM_CHECK(ports_.state.put(kHandedOverUntil, std::to_string(to_micros(next_clean))));
  POSTROOM_CHECK(tell_of_waiting(counts));
  return replayed;
}

Result<void> DeliveryCare::tell_of_waiting(const std::map<NotificationType, std::int64_t>& counts) {
  std::string what;
  for (const auto& [type, count] : counts)
    what += fmt::format("{}{} {}", what.empty() ? "" : " and ", count, word_of(type));
  POSTROOM_TRY(before, ports_.state.get(kWaitingToldOf));
  const bool was_told = before && !before->empty();
  if (what.empty() && !was_told) return {};
  POSTROOM_CHECK(ports_.state.put(kWaitingToldOf, what));
  if (what.empty() || was_told) return {};
  const std::string message = fmt::format(
      "{} have been waiting for over an hour to be handed over. See `postroom provider list`, `postroom tasks "
      "buried` "
      "and the log lines task.retried.",
      what);
  log_error("delivery_care.waiting", {{"message", message}});
  if (!options_.raises_tickets) return {};
  auto raised =
      ports_.tickets.raise({.subject = fmt::format("[{}] Messages are waiting", options_.environment_name),
                            .message = message,
                            .task_type = "messages_waiting"});
  if (!raised)
    log_error("delivery_care.ticket_not_raised", {{"message", message}, {"error", raised.error().message}});
  return {};
}

Result<void> DeliveryCare::measure() {
  const UtcTime now = ports_.clock.now();
  POSTROOM_TRY(handed_over, place_of(kHandedOverUntil));
  json::object seen;
  auto look = [&](std::string_view state, CreatedPlace place, auto&& list) -> Result<void> {
    std::set<NotificationType> found;
    while (found.size() < std::size(kTypes)) {
      POSTROOM_TRY(page, list(place));
      for (const Waiting& message : page) {
        if (start_of(message) > now || !found.insert(message.type).second) continue;
        seen[fmt::format("{} {}", to_string(message.type), state)] = to_micros(message.place.created_at);
      }
      if (page.size() < static_cast<std::size_t>(kCarePage)) break;
      place = page.back().place;
    }
    return {};
  };
  POSTROOM_CHECK(look("created", {std::max(handed_over, now - kReplayedFor), {}},
                      [&](const CreatedPlace& place) { return ports_.care.waiting(place, now, kCarePage); }));
  POSTROOM_CHECK(look("sending", {now - kReportTimeout - kLateHandOver, {}},
                      [&](const CreatedPlace& place) { return ports_.care.unreported(place, now, kCarePage); }));
  return ports_.state.put(kOldest, write_json(seen));
}

Result<OldestMessages> DeliveryCare::oldest() {
  POSTROOM_TRY(stored, ports_.state.get(kOldest));
  OldestMessages out;
  auto parsed = stored ? parse_json(*stored) : Result<json::value>(json::object{});
  if (!parsed || !parsed->is_object()) return out;
  for (const auto& member : parsed->get_object()) {
    if (member.value().is_int64()) out[std::string(member.key())] = from_micros(member.value().get_int64());
  }
  return out;
}

Result<std::vector<ProcessingTime>> DeliveryCare::count(Date day) {
  const UtcTime from = ports_.zone.to_utc(day, Duration::zero());
  const UtcTime until = ports_.zone.to_utc(add_days(day, 1), Duration::zero());
  std::vector<ProcessingTime> out;
  for (NotificationType type : kTypes) {
    POSTROOM_TRY(quickness, ports_.care.quickness(type, from, until, kQuick));
    out.push_back({day, type, quickness});
  }
  return out;
}

Result<void> DeliveryCare::count_day(Date day) {
  POSTROOM_TRY(times, count(day));
  for (const ProcessingTime& time : times) POSTROOM_CHECK(ports_.care.keep_processing_time(time));
  return {};
}

Result<std::vector<ProcessingTime>> DeliveryCare::figures(Date from, Date to) {
  POSTROOM_TRY(kept, ports_.care.processing_times(from, to));
  const Date today = ports_.zone.local_date(ports_.clock.now());
  if (today < from || to < today) return kept;
  // The day is not over: counted as it stands.
  std::erase_if(kept, [&](const ProcessingTime& time) { return time.day == today; });
  POSTROOM_TRY(now, count(today));
  kept.insert(kept.end(), now.begin(), now.end());
  return kept;
}

}  // namespace postroom::flows
