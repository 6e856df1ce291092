// The second pass of the Markdown parser: what stands inside paragraphs, headings and items. Internal.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/content/markdown.h"

namespace postroom::content::markdown {

struct LinkTarget {
  std::string target;
  std::optional<std::string> title;
};

// Definitions by name (lower case, white space run together), and the order in which footnotes are referenced.
struct Definitions {
  std::map<std::string, LinkTarget, std::less<>> links;
  std::map<std::string, int, std::less<>> notes;  // 0: not referenced yet
  int notes_used = 0;
};

std::string reference_name(std::string_view typed);

// `in_note`: footnotes do not reference footnotes.
std::vector<Inline> parse_inlines(std::string_view text, Definitions& definitions, bool in_note);

}  // namespace postroom::content::markdown
