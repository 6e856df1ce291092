// An attachment behind the pages of its letter.
#pragma once

#include "ports/pdf_joiner.h"

namespace postroom::pdf_batch {

class QpdfJoiner final : public ports::PdfJoiner {
 public:
  // Pages are taken over with all they refer to; outlines, tags and form fields of all but the first part are left
  // out.
  Result<Bytes> join(std::span<const BytesView> parts) override;
};

}  // namespace postroom::pdf_batch
