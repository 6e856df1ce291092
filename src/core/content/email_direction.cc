#include "core/content/email_direction.h"

#include <unicode/uchar.h>

#include "base/text.h"

namespace postroom::content {

bool reads_right_to_left(std::string_view text) {
  text = text.substr(0, kDirectionBytesMax);
  int right = 0;
  int left = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == 'h' && (text.substr(i).starts_with("http://") || text.substr(i).starts_with("https://"))) {
      while (i < text.size() && !is_ascii_space(text[i])) ++i;
      continue;
    }
    switch (u_charDirection(static_cast<UChar32>(next_code_point(text, i)))) {
      case U_LEFT_TO_RIGHT: ++left; break;
      case U_RIGHT_TO_LEFT:
      case U_RIGHT_TO_LEFT_ARABIC: ++right; break;
      default: break;
    }
  }
  return right > left;
}

}  // namespace postroom::content
