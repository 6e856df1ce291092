// Inputs that are more often interesting than random characters would be.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

namespace postroom::properties {

// Pieces of `alphabet` joined.
inline rc::Gen<std::string> text_of(std::vector<std::string> alphabet) {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::move(alphabet))),
                      [](const std::vector<std::string>& pieces) {
                        std::string out;
                        for (const std::string& piece : pieces) out += piece;
                        return out;
                      });
}

// As above, and never empty.
inline rc::Gen<std::string> some_text_of(std::vector<std::string> alphabet) {
  return rc::gen::suchThat(text_of(std::move(alphabet)), [](const std::string& text) { return !text.empty(); });
}

// White space of all kinds, and characters that are none but look it.
inline const std::vector<std::string> kSpaces = {
    " ",      "  ",     "\t",     "\n",     "\r\n",   "\u000b", "\u001c", "\u0085", "\u00a0", "\u1680",
    "\u180e", "\u2003", "\u200b", "\u200d", "\u2028", "\u202f", "\u2060", "\u3000", "\ufeff"};

inline std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace postroom::properties
