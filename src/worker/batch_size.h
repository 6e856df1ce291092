// How many tasks a thread claims at once. Pure.
#pragma once

#include "base/time.h"

namespace postroom::worker {

class BatchSize {
 public:
  // Batches that took less are followed by bigger ones, up to the limit; those that took more by smaller ones.
  static constexpr Duration kQuick = std::chrono::milliseconds{50};
  static constexpr Duration kSlow = std::chrono::milliseconds{200};

  // Without `grows` it is `max` always.
  BatchSize(int max, bool grows) : max_(max), grows_(grows), size_(grows ? 1 : max) {}

  int size() const { return size_; }
  // `claimed` tasks were there, and took so long together.
  void ran(int claimed, Duration took);

 private:
  int max_;
  bool grows_;
  int size_;
};

}  // namespace postroom::worker
