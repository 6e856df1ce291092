// The settings of how letters look.
#pragma once

#include "base/settings.h"

namespace postroom::app {

inline constexpr SettingSpec kLetterSettings[] = {
    {"letters.fonts", SettingType::text, "",
     "TrueType files, separated by commas, in the order they are tried for a character; each REGULAR.ttf+BOLD.ttf, "
     "or "
     "one file for both weights. The first gives the measures. Empty: Liberation Sans, then DejaVu Sans, FreeSans "
     "and "
     "WenQuanYi Zen Hei where they are installed."},
};

}  // namespace postroom::app
