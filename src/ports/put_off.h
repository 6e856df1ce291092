// Work that was not done because its turn has not come.
#pragma once

#include <string>

#include "base/time.h"

namespace postroom::ports {

struct PutOff {
  Duration wait{};     // until its turn
  std::string reason;  // one sentence, never personal
};

}  // namespace postroom::ports
