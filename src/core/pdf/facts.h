// What a PDF from outside shows when somebody looks into it, and what to look for.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace postroom::pdf {

// Millimetres from the top left corner of the page as it is displayed (after its rotation).
struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

// A word as a reader sees it: ligatures taken apart, UTF-8. Words of one block and line belong together.
struct Word {
  std::string text;
  Box box;
  int block = 0;
  int line = 0;
};

// More words of a page are not listed.
inline constexpr std::size_t kWordsMax = 20'000;

struct Page {
  // Of the MediaBox (inherited, times UserUnit), before rotation, in millimetres.
  double width = 0;
  double height = 0;
  int rotation = 0;  // 0, 90, 180 or 270, as displayed; 45 for one that pages cannot have
  // Those that touch Look::words_within on the first page, Look::tag_within on any.
  std::vector<Word> words;
  bool ink_outside = false;  // see Look::allowed_first
  // Around what is outside, one for each forbidden part of the page that has some.
  std::vector<Box> ink_places{};
};

struct Facts {
  int page_count = 0;
  std::vector<Page> pages;  // empty when there are more than Look::pages_max
  bool has_rgb = false;     // an image, shading or operator in a colour space of RGB, also behind ICC or an index
  std::vector<std::string> fonts_not_embedded;
};

// Displayed 210 by 297 mm, give or take 2 mm on each side.
bool is_a4_portrait(const Page& page);

// What to look for.
struct Look {
  int pages_max = 10;
  std::optional<Box> words_within;
  std::optional<Box> tag_within;
  // Where ink may be on the first page and on the others; rasterised at 200 dpi. Nothing is rasterised when
  // allowed_others is empty, or when a page is not A4 portrait (is_a4_portrait).
  std::vector<Box> allowed_first;
  std::vector<Box> allowed_others;
};

}  // namespace postroom::pdf
