// Where ink may be on a letter from outside, in millimetres from the top left corner of an A4 page. The print house
// reads address and tag from fixed places, its machines mark the margins, and the envelope has a window.
#pragma once

#include "core/pdf/facts.h"

namespace postroom::letters {

inline constexpr pdf::Box kPrintableBorder{15, 5, 195, 292};
inline constexpr pdf::Box kFirstPageBody{15, 95, 195, 292};
inline constexpr pdf::Box kServiceAddress{125, 5, 195, 95};
inline constexpr pdf::Box kLogo{15, 5, 125, 30};
inline constexpr pdf::Box kAddressWindow{24.6, 39.5, 120, 66.3};
// The window and 3 mm around it: what is read as the address, and removed before it is written anew.
inline constexpr pdf::Box kAddressExtraction{21.6, 36.5, 123, 69.3};
inline constexpr pdf::Box kTagDetection{0, 0, 15.191, 6.149};

// Anti-aliasing and careless margins: ink this far outside a zone (mm) still counts as inside.
inline constexpr double kZoneGrowth = 1;

}  // namespace postroom::letters
