// Runs tasks whose work goes on elsewhere while more are claimed, such as requests under way.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "ports/task_queue.h"

namespace postroom::worker {

// Who does the work. All are called from several threads.
struct StreamWork {
  std::vector<std::string> queues;                            // each has a thread that claims
  std::function<int(std::string_view queue)> room;            // how many more tasks of it may be claimed now
  std::function<void(std::vector<ports::ClaimedTask>)> take;  // must end before their leases
  // Waits for what has ended, up to a time; what it returns is settled.
  std::function<std::vector<ports::TaskSettlement>(Duration)> collect;
};

class StreamPool {
 public:
  // What is under way when the program stops has so long, then it is left to its leases.
  static constexpr Duration kStopTimeMax = std::chrono::seconds{10};

  StreamPool(ports::TaskQueue& queue, const Clock& clock, StreamWork work, std::string worker_name);
  ~StreamPool();
  StreamPool(const StreamPool&) = delete;
  StreamPool& operator=(const StreamPool&) = delete;

  void start();
  void stop();
  // As WorkerPool's.
  bool pause(Duration timeout);
  void resume();

 private:
  void claim_from(const std::string& queue);
  void settle_ended();
  bool enter_claim();
  void leave_claim();
  void sleep(Duration real_time);

  ports::TaskQueue& queue_;
  const Clock& clock_;
  StreamWork work_;
  std::string worker_name_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool settling_ = true;  // the thread that settles goes on
  bool paused_ = false;
  int claiming_ = 0;
  std::size_t held_ = 0;  // taken and not settled
  std::vector<std::thread> claimers_;
  std::thread settler_;
};

}  // namespace postroom::worker
