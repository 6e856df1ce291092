#include "worker/stream_pool.h"

#include <fmt/format.h>

#include "base/log.h"

namespace postroom::worker {
namespace {

// Real times: between two looks at an idle queue, at work that has no room, and when the database does not answer.
constexpr Duration kIdleWait = std::chrono::seconds{1};
constexpr Duration kFullWait = std::chrono::milliseconds{5};
constexpr Duration kTroubleWait = std::chrono::seconds{1};
constexpr Duration kCollectWait = std::chrono::milliseconds{100};
constexpr Duration kClaimLease = std::chrono::seconds{60};

}  // namespace

StreamPool::StreamPool(ports::TaskQueue& queue, const Clock& clock, StreamWork work, std::string worker_name)
    : queue_(queue), clock_(clock), work_(std::move(work)), worker_name_(std::move(worker_name)) {}

StreamPool::~StreamPool() { stop(); }

void StreamPool::start() {
  for (const std::string& queue : work_.queues) claimers_.emplace_back([this, queue] { claim_from(queue); });
  settler_ = std::thread([this] { settle_ended(); });
}

void StreamPool::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  queue_.wake_all();
  for (std::thread& thread : claimers_) thread.join();
  claimers_.clear();
  {
    std::unique_lock lock(mutex_);
    if (settler_.joinable()) changed_.wait_for(lock, kStopTimeMax, [&] { return held_ == 0; });
    settling_ = false;
  }
  if (settler_.joinable()) settler_.join();
}

bool StreamPool::pause(Duration timeout) {
  std::unique_lock lock(mutex_);
  paused_ = true;
  return changed_.wait_for(lock, timeout, [&] { return claiming_ == 0 && held_ == 0; });
}

void StreamPool::resume() {
  {
    std::lock_guard lock(mutex_);
    paused_ = false;
  }
  changed_.notify_all();
  queue_.wake_all();
}

bool StreamPool::enter_claim() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopping_ || !paused_; });
  if (stopping_) return false;
  ++claiming_;
  return true;
}

void StreamPool::leave_claim() {
  {
    std::lock_guard lock(mutex_);
    --claiming_;
  }
  changed_.notify_all();
}

void StreamPool::sleep(Duration real_time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, real_time, [&] { return stopping_; });
}

void StreamPool::claim_from(const std::string& queue) {
  const std::string name = fmt::format("{}/{}", worker_name_, queue);
  while (enter_claim()) {
    const int room = work_.room(queue);
    Result<std::vector<ports::ClaimedTask>> tasks = std::vector<ports::ClaimedTask>{};
    if (room > 0) tasks = queue_.claim(queue, room, clock_.now(), kClaimLease, name);
    const bool is_idle = tasks && tasks->empty();
    if (tasks && !is_idle) {
      {
        std::lock_guard lock(mutex_);
        held_ += tasks->size();
      }
      work_.take(std::move(*tasks));
    }
    leave_claim();
    if (!tasks) {
      log_warning("worker.claim_failed", {{"queue", queue}, {"error", tasks.error().message}});
      sleep(kTroubleWait);
    } else if (room == 0) {
      sleep(kFullWait);
    } else if (is_idle) {
      queue_.wait(queue, kIdleWait);
    }
  }
}

void StreamPool::settle_ended() {
  const auto goes_on = [&] {
    std::lock_guard lock(mutex_);
    return settling_;
  };
  while (goes_on()) {
    const auto settlements = work_.collect(kCollectWait);
    if (settlements.empty()) continue;
    if (auto settled = queue_.settle(settlements); !settled) {
      // Nothing is lost: the leases run out and the tasks run again.
      log_warning("worker.settle_failed", {{"error", settled.error().message}});
    }
    {
      std::lock_guard lock(mutex_);
      held_ -= settlements.size();
    }
    changed_.notify_all();
  }
}

}  // namespace postroom::worker
