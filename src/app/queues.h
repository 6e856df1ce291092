// The worker pools of this process.
#pragma once

#include <vector>

#include "base/settings.h"
#include "worker/worker_pool.h"

namespace postroom::app {

std::vector<worker::QueueOptions> queues_of(const Settings& settings);

}  // namespace postroom::app
