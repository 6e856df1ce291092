// Several PDFs as one.
#pragma once

#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::ports {

// Safe from several threads.
class PdfJoiner {
 public:
  virtual ~PdfJoiner() = default;
  // The pages of all in their order, as they are. The same input gives the same bytes. corrupt when one of them is
  // no readable PDF.
  virtual Result<Bytes> join(std::span<const BytesView> parts) = 0;
};

}  // namespace postroom::ports
