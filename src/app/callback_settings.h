// How long callbacks are kept.
#pragma once

#include "base/settings.h"

namespace postroom::app {

inline constexpr SettingSpec kCallbackSettings[] = {
    {"callbacks.events_kept", SettingType::duration, "7d",
     "How long callbacks can be posted again; their bodies are kept for it, encrypted.", 86'400, 90 * 86'400},
    {"callbacks.attempts_kept", SettingType::duration, "30d",
     "How long it can be seen when callbacks were posted and what was answered.", 86'400, 400 * 86'400},
};

}  // namespace postroom::app
