// Makes what is laid over the first page of a letter that came as a PDF: its address, written anew, and the tag.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::ports {

struct LetterStamp {
  // One to seven, as printed; they end at the bottom of the envelope's window. A line too long for the window is
  // set smaller until it fits: nothing of an address may be lost or leave the window.
  std::vector<std::string> address_lines;
  bool notify_tag = false;
  // Of the page that is stamped, as displayed, in millimetres.
  double page_width = 210;
  double page_height = 297;
};

// Safe from several threads.
class LetterStamper {
 public:
  virtual ~LetterStamper() = default;
  // A PDF of one page of the given size, transparent but for the text; fonts embedded, K only. The same input gives
  // the same bytes. invalid_input when no font has a character (the message names it) or the lines are too many.
  virtual Result<Bytes> stamp(const LetterStamp& stamp) = 0;
};

}  // namespace postroom::ports
