#include "http/worker_pool.h"

namespace postroom::http {

WorkerPool::WorkerPool(int threads, std::size_t queue_max) : queue_max_(queue_max) {
  threads_.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::submit(Job& job) {
  std::lock_guard lock(mutex_);
  // An idle thread takes a job at once, so those jobs do not count as waiting.
  if (stopping_ || queue_.size() >= queue_max_ + idle_) return false;
  queue_.push_back(&job);
  wake_one_if_needed();
  return true;
}

void WorkerPool::wake_one_if_needed() {
  if (queue_.empty() || idle_ == 0 || waking_ != 0) return;
  ++waking_;
  wake_.notify_one();
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (queue_.empty()) {
      if (stopping_) return;
      ++idle_;
      wake_.wait(lock, [this] { return waking_ > 0 || stopping_; });
      --idle_;
      if (waking_ > 0) --waking_;
      // A thread that never slept may have emptied the queue meanwhile.
      continue;
    }
    Job* job = queue_.front();
    queue_.pop_front();
    wake_one_if_needed();
    lock.unlock();
    job->run();
    lock.lock();
  }
}

void WorkerPool::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

}  // namespace postroom::http
