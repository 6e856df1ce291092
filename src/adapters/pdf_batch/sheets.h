// The sheets that are no letters: the count sheet on top, and separators between senders.
#pragma once

#include <string>
#include <vector>

#include "ports/letter_renderer.h"

namespace postroom::pdf_batch {

// The letters of one sender that lie together.
struct BatchPart {
  std::string sender;
  int letters = 0;
  int sheets = 0;
  std::string first_reference;
  std::string last_reference;
};

// Pages of `file_name`'s count sheet: its letters, sheets, first and last reference, and each part.
Result<Bytes> count_sheet(ports::LetterRenderer& renderer, std::string_view file_name,
                          const std::vector<BatchPart>& parts);
// What lies on the letters of part `index`.
Result<Bytes> separator(ports::LetterRenderer& renderer, std::string_view file_name,
                        const std::vector<BatchPart>& parts, std::size_t index);

}  // namespace postroom::pdf_batch
