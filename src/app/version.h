// What `postroom --version` and /_status say.
#pragma once

#include <string_view>

namespace postroom::app {

inline constexpr std::string_view kVersion = POSTROOM_VERSION;
inline constexpr std::string_view kBuildTime = POSTROOM_BUILD_TIME;

}  // namespace postroom::app
