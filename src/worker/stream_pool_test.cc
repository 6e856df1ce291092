// Work that ends when the test says so. What must hold: tasks are claimed only where there is room, settled once
// they have ended, and none is in hand while the pool is paused or after it stopped.
#include "worker/stream_pool.h"

#include <gtest/gtest.h>

#include <atomic>

#include "ports/testing.h"

namespace postroom::worker {
namespace {

using namespace std::chrono_literals;

class StreamPoolTest : public testing::Test {
 protected:
  void enqueue(int count, std::string queue = "a") {
    for (int i = 0; i < count; ++i)
      ASSERT_TRUE(queue_.enqueue({.queue = queue, .kind = "k", .run_at = clock_.now()}));
  }
  void end_all() {
    std::lock_guard lock(mutex_);
    for (const auto& task : taken_) ended_.push_back({.id = task.id, .attempt = task.attempt});
    taken_.clear();
    changed_.notify_all();
  }
  bool wait_until(const std::function<bool()>& what) {
    for (int i = 0; i < 500; ++i) {
      if (what()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  std::size_t taken() {
    std::lock_guard lock(mutex_);
    return taken_.size();
  }
  StreamWork work() {
    return {.queues = {"a", "b"},
            .room =
                [this](std::string_view) {
                  std::lock_guard lock(mutex_);
                  return static_cast<int>(room_ - taken_.size());
                },
            .take =
                [this](std::vector<ports::ClaimedTask> tasks) {
                  std::lock_guard lock(mutex_);
                  for (auto& task : tasks) taken_.push_back(std::move(task));
                },
            .collect =
                [this](Duration timeout) {
                  std::unique_lock lock(mutex_);
                  changed_.wait_for(lock, timeout, [&] { return !ended_.empty(); });
                  return std::exchange(ended_, {});
                }};
  }

  MovableClock clock_{from_micros(1'000'000)};
  ports::testing::MemoryTaskQueue queue_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t room_ = 5;
  std::vector<ports::ClaimedTask> taken_;
  std::vector<ports::TaskSettlement> ended_;
};

TEST_F(StreamPoolTest, ClaimsWhatHasRoomFromEachQueueAndSettlesWhatEnded) {
  enqueue(7);
  StreamPool pool(queue_, clock_, work(), "me");
  pool.start();
  ASSERT_TRUE(wait_until([&] { return taken() == 5; }));
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(taken(), 5u);
  end_all();
  ASSERT_TRUE(wait_until([&] { return taken() == 2; }));
  end_all();
  enqueue(1, "b");
  ASSERT_TRUE(wait_until([&] { return taken() == 1; }));
  end_all();
  ASSERT_TRUE(wait_until([&] { return queue_.rows().empty(); }));
}

TEST_F(StreamPoolTest, PauseWaitsForWhatIsInHandAndNothingIsClaimedMeanwhile) {
  enqueue(1);
  StreamPool pool(queue_, clock_, work(), "me");
  pool.start();
  ASSERT_TRUE(wait_until([&] { return taken() == 1; }));
  EXPECT_FALSE(pool.pause(50ms));
  pool.resume();
  std::atomic<bool> is_paused = false;
  std::thread pausing([&] { is_paused = pool.pause(10s); });
  std::this_thread::sleep_for(30ms);
  EXPECT_FALSE(is_paused);
  end_all();
  pausing.join();
  EXPECT_TRUE(is_paused);
  EXPECT_TRUE(queue_.rows().empty()) << "it was settled before";
  enqueue(1);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(taken(), 0u);
  pool.resume();
  EXPECT_TRUE(wait_until([&] { return taken() == 1; }));
  end_all();
}

TEST_F(StreamPoolTest, StopSettlesWhatStillEnds) {
  enqueue(3);
  StreamPool pool(queue_, clock_, work(), "me");
  pool.start();
  ASSERT_TRUE(wait_until([&] { return taken() == 3; }));
  std::thread ending([&] {
    std::this_thread::sleep_for(50ms);
    end_all();
  });
  pool.stop();
  ending.join();
  EXPECT_TRUE(queue_.rows().empty());
}

TEST_F(StreamPoolTest, ADatabaseInTroubleIsAskedAgain) {
  enqueue(1);
  queue_.claim_fault.count = 1;
  StreamPool pool(queue_, clock_, work(), "me");
  pool.start();
  ASSERT_TRUE(wait_until([&] { return taken() == 1; }));
  queue_.settle_fault.count = 1;
  end_all();
  EXPECT_TRUE(pool.pause(5s)) << "what could not be settled is left to its lease";
  EXPECT_EQ(queue_.settle_fault.count, 0);
}

}  // namespace
}  // namespace postroom::worker
