// What is counted and kept in the very commit that accepts a message or a job.
#pragma once

#include <optional>

#include "ports/answer_store.h"
#include "ports/limit_store.h"

namespace postroom::ports {

struct Claims {
  std::optional<DailyUse> use = {};         // of the service's day
  std::optional<AnswerToKeep> answer = {};  // to the request
};

}  // namespace postroom::ports
