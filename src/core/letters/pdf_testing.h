// Pages and words for tests of letters that come as PDF.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "core/pdf/facts.h"

namespace postroom::letters::testing {

// Words of one line, the first beginning at (`left`, `top`) millimetres, each 10 mm wide and 3 mm high.
inline void add_line(pdf::Page& page, std::string_view text, double left, double top, int block, int line) {
  for (const std::string& word : split(text, ' ')) {
    page.words.push_back({word, {left, top, left + 10, top + 3}, block, line});
    left += 11;
  }
}

inline pdf::Page a_page() {
  pdf::Page page;
  page.width = 210;
  page.height = 297;
  return page;
}

inline void add_tag(pdf::Page& page, std::string_view text = "NOTIFY") {
  page.words.push_back({std::string(text), {1.8, 1.8, 11, 4}, 90, 0});
}

// The address in the window, line by line from its top.
inline pdf::Page a_page_to(const std::vector<std::string>& address) {
  pdf::Page page = a_page();
  double top = 40;
  int line = 0;
  for (const std::string& text : address) {
    add_line(page, text, 25, top, 0, line++);
    top += 3.2;
  }
  return page;
}

// A letter of `pages` pages that passes.
inline pdf::Facts a_letter(int pages = 1) {
  pdf::Facts facts;
  facts.page_count = pages;
  facts.pages.push_back(a_page_to({"Ada Lovelace", "12 Example Street", "sw1a1aa"}));
  for (int i = 1; i < pages; ++i) facts.pages.push_back(a_page());
  return facts;
}

}  // namespace postroom::letters::testing
