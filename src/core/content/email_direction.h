// Which way a text reads.
#pragma once

#include <string_view>

namespace postroom::content {

// How much of a text is looked at, in bytes.
inline constexpr std::size_t kDirectionBytesMax = 4096;

// True when more of its letters are of scripts that run from right to left (Arabic, Hebrew, …) than of others.
// Letters of http and https URLs do not count. `text` is UTF-8.
bool reads_right_to_left(std::string_view text);

}  // namespace postroom::content
