// Claims tasks, runs them, settles them. One pool of threads for each queue, so that a slow provider of one
// channel does not hold up the others.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "worker/task_table.h"

namespace postroom::worker {

struct QueueOptions {
  std::string queue;
  int threads = 2;
  int batch = 20;  // tasks claimed at once by one thread
  // Begins with one task, and claims more only while they are quick and more are waiting: tasks that are done one
  // after another must not wait behind a slow one while other threads have nothing to do.
  bool grows = false;
};

// Threads start with start() and end with stop(), which waits for the tasks in hand.
class WorkerPool {
 public:
  WorkerPool(ports::TaskQueue& queue, const TaskTable& table, const Clock& clock, Metrics& metrics,
             std::string worker_name);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void start(const std::vector<QueueOptions>& queues);
  void stop();

  // Nobody claims while paused; returns when the batches in hand are settled or `timeout` of real time is over
  // (false then). For moving the sandbox clock: leases are counted on it.
  bool pause(Duration timeout);
  void resume();

 private:
  struct Held;
  void run_queue(const QueueOptions& options, int thread_number);
  void run_batch(const QueueOptions& options, std::vector<ports::ClaimedTask>& tasks);
  void run_kind(const TaskKind* kind, std::span<ports::ClaimedTask*> tasks,
                std::vector<ports::TaskSettlement>& settlements);
  void keep_leases();
  bool enter_batch();
  void leave_batch();

  ports::TaskQueue& queue_;
  const TaskTable& table_;
  const Clock& clock_;
  Metrics& metrics_;
  std::string worker_name_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool paused_ = false;
  int batches_running_ = 0;
  std::map<TaskId, Held> held_;
  std::vector<std::thread> threads_;
};

}  // namespace postroom::worker
