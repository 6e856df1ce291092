// A fixed number of threads and a bounded queue: where blocking handlers run.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace postroom::http {

// Something to run once. Not owned by the pool: it must outlive its run().
class Job {
 public:
  virtual void run() noexcept = 0;

 protected:
  ~Job() = default;
};

class WorkerPool {
 public:
  WorkerPool(int threads, std::size_t queue_max);
  // As stop().
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full or the pool stopped; the job is then not run. Never blocks.
  bool submit(Job& job);
  // Runs what is queued, then ends the threads. Not from inside a job.
  void stop();

 private:
  void work();
  void wake_one_if_needed();  // with mutex_ held

  const std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job*> queue_;
  std::size_t idle_ = 0;
  // Woken and not yet running. While there is one, it will wake the next if work is left; so short handlers
  // are served by few threads instead of waking a thread for each.
  std::size_t waking_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace postroom::http
