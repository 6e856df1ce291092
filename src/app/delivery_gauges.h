// How long messages wait and how fast they left, as metrics.
#pragma once

#include "app/parts.h"

namespace postroom::app {

// From what the last look kept: cheap enough for every reading of the metrics.
void set_delivery_gauges(Parts& parts);

}  // namespace postroom::app
