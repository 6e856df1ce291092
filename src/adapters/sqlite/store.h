// What every store of this folder works with.
#pragma once

#include <span>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/reader_pool.h"
#include "adapters/sqlite/writer.h"
#include "adapters/store_common/codes.h"
#include "adapters/store_common/rows.h"
#include "adapters/store_common/sealing.h"
#include "adapters/store_common/task_signals.h"
#include "adapters/store_common/tasks.h"
#include "base/clock.h"
#include "base/key_ring.h"
#include "base/random.h"
#include "ports/task_queue.h"

namespace postroom::sqlite {

using store_common::check_tasks;
using store_common::code_of;
using store_common::date_of_day;
using store_common::day_number;
using store_common::mask_of;
using store_common::mask_or_all;
using store_common::optional_code;
using store_common::PreparedTask;

struct Store {
  Writer& writer;
  ReaderPool& readers;
  TaskSignals& signals;
  const KeyRing& key_ring;
  Random& random;
  const Clock& clock;

  Bytes seal(BytesView plain, std::string_view context) const { return key_ring.seal(plain, context, random); }
  std::vector<PreparedTask> prepare(std::span<const ports::NewTask> tasks) const {
    return store_common::prepare_tasks(key_ring, random, clock, tasks);
  }
};

void insert_tasks(Transaction& transaction, std::span<const PreparedTask> tasks);

}  // namespace postroom::sqlite
