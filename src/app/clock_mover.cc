#include "app/clock_mover.h"

#include <thread>

#include "app/callbacks.h"
#include "worker/scheduler.h"
#include "worker/worker_pool.h"

namespace postroom::app {
namespace {

constexpr std::chrono::milliseconds kPollFirst{1};
constexpr std::chrono::milliseconds kPollMax{20};
constexpr std::chrono::milliseconds kAheadFirst{50};
constexpr std::string_view kClockOffsetName = "sandbox.clock_offset_micros";

}  // namespace

Result<DrainResult> ClockMover::drain(Duration timeout) {
  UtcTime give_up = parts_.wall.now() + timeout;
  auto pause = kPollFirst;
  // Tasks are counted up to a time that is still to come when the count is done: one that another task enqueued
  // meanwhile, due at once, would else pass for a waiting one.
  Duration ahead = kAheadFirst;
  while (true) {
    DrainResult result;
    UtcTime until = parts_.clock.now() + ahead;
    POSTROOM_TRY(counts, parts_.database->tasks().counts(until));
    for (const ports::QueueCounts& queue : counts) {
      result.due += queue.due + queue.running;
      result.waiting += queue.waiting;
      result.buried += queue.buried;
    }
    bool in_time = parts_.clock.now() <= until;
    if (!in_time) ahead *= 2;
    result.drained = result.due == 0 && in_time;
    if (result.drained || parts_.wall.now() >= give_up) return result;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kPollMax);
  }
}

Result<std::optional<UtcTime>> ClockMover::next_stop() {
  POSTROOM_TRY(firing, parts_.scheduler->next_firing());
  POSTROOM_TRY(task, parts_.database->tasks().next_due());
  if (!firing) return task;
  if (!task) return firing;
  return std::optional(std::min(*firing, *task));
}

Result<void> ClockMover::set_clock(UtcTime time) {
  // Leases are counted on this clock: no task may be in hand while it jumps, or two workers would have it.
  const bool is_still = parts_.workers->pause(kStopTimeMax) && parts_.callbacks->stream->pause(kStopTimeMax);
  if (is_still) parts_.clock.set(time);
  parts_.callbacks->stream->resume();
  parts_.workers->resume();
  if (!is_still) {
    return fail(ErrorKind::retry_later, "a task is still running after five minutes: the clock was not moved");
  }
  return parts_.database->state().put(kClockOffsetName, std::to_string(parts_.clock.offset().count()));
}

Result<DrainResult> ClockMover::move_to(UtcTime target) {
  if (!parts_.settings.flag("flags.clock_may_be_moved")) {
    return fail(ErrorKind::forbidden, "the clock may not be moved here: see flags.clock_may_be_moved");
  }
  std::lock_guard lock(mutex_);
  const bool goes_back = target < parts_.clock.now();
  for (int stops = 0; stops < kStopsMax; ++stops) {
    if (stopping_) return fail(ErrorKind::retry_later, "postroom is stopping: the clock was moved in part");
    POSTROOM_CHECK(parts_.scheduler->tick());
    POSTROOM_TRY(drained, drain(kStopTimeMax));
    if (!drained.drained) return drained;
    UtcTime now = parts_.clock.now();
    if (now >= target) break;
    POSTROOM_TRY(stop, next_stop());
    if (!stop || *stop >= target) break;
    if (*stop > now) POSTROOM_CHECK(set_clock(*stop));
  }
  // Tasks on the way may have taken longer than was left: then it is later already, and time set back would put off
  // what they planned.
  if (goes_back || parts_.clock.now() < target) POSTROOM_CHECK(set_clock(target));
  POSTROOM_CHECK(parts_.scheduler->tick());
  return drain(kStopTimeMax);
}

}  // namespace postroom::app
