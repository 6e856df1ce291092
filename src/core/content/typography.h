// Quotes and dashes as a printer would set them.
#pragma once

#include <string>
#include <string_view>

namespace postroom::content {

// Curly quotes in HTML or plain text; tags and what stands in a, pre, samp, code, tt, kbd, script, style and math
// stay as they are. Backslash escapes of \ " ' . - ` become character references.
std::string curly_quotes(std::string_view html);

// Single quotes in runs of non-blank characters that have an @ inside become straight again.
std::string straighten_addresses(std::string_view text);

// All rules for bodies and subjects of emails and letters: no blank before , and ., curly quotes, en dashes.
std::string nice_typography(std::string html);

}  // namespace postroom::content
