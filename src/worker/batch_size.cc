#include "worker/batch_size.h"

#include <algorithm>

namespace postroom::worker {

void BatchSize::ran(int claimed, Duration took) {
  if (!grows_) return;
  if (claimed < size_)
    size_ = 1;
  else if (took < kQuick)
    size_ = std::min(size_ * 2, max_);
  else if (took > kSlow)
    size_ = std::max(size_ / 2, 1);
}

}  // namespace postroom::worker
