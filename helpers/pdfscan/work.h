// A request done: the body of the answer.
#pragma once

#include "adapters/pdfscan/wire.h"

namespace postroom::pdfscan {

// invalid_input with the reason when the PDF cannot be read. `out_of_memory` becomes true when it needed more than
// `memory_max` bytes; the result says nothing then.
Result<Bytes> do_work(const Request& request, std::size_t memory_max, bool& out_of_memory);

}  // namespace postroom::pdfscan
