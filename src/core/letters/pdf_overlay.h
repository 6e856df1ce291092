// The forbidden places of a letter, to be shown tinted over its pages.
#pragma once

#include <vector>

#include "core/pdf/facts.h"

namespace postroom::letters {

// Boxes never overlap: where two translucent ones did, the page would look as if that place were worse.
std::vector<pdf::Box> forbidden_on_first_page();
// Also of every page of an attachment.
std::vector<pdf::Box> forbidden_on_later_pages();
std::vector<pdf::Box> forbidden_zones(int page, bool attachment);  // `page` from 1

// Hides the tag in previews: 130 by 50 pixels at 150 dpi.
inline constexpr pdf::Box kTagCover{0, 0, 22.014, 8.467};

}  // namespace postroom::letters
