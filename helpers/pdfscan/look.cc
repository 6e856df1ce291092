#include "look.h"

#include <algorithm>

#include "adapters/pdfscan/wire.h"
#include "colours.h"
#include "raster.h"

namespace postroom::pdfscan {
namespace {

constexpr std::size_t kWordBytesMax = 2'000;

bool is_space(int character) {
  return character <= ' ' || character == 0xA0 || character == 0x1680 ||
         (character >= 0x2000 && character <= 0x200A) || character == 0x2028 || character == 0x2029 ||
         character == 0x202F || character == 0x205F || character == 0x3000;
}

bool touch(fz_rect a, fz_rect b) { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1; }

fz_rect wanted(const std::optional<pdf::Box>& box) { return box ? to_points(*box) : fz_empty_rect; }

}  // namespace

void Looker::end_word(std::vector<pdf::Word>& words) {
  if (!word_.text.empty() && (touch(word_box_, first_box_) || touch(word_box_, second_box_)) &&
      words.size() < kWordsMax) {
    word_.box = to_millimetres(word_box_);
    words.push_back(word_);
  }
  word_.text.clear();
  word_box_ = fz_empty_rect;
}

void Looker::add_line(fz_stext_line* line, std::vector<pdf::Word>& words) {
  for (fz_stext_char* character = line->first_char; character; character = character->next) {
    if (is_space(character->c)) {
      end_word(words);
      continue;
    }
    char utf8[8];
    int bytes = fz_runetochar(utf8, character->c);
    if (word_.text.size() < kWordBytesMax) word_.text.append(utf8, static_cast<std::size_t>(bytes));
    word_box_ = fz_union_rect(word_box_, fz_rect_from_quad(character->quad));
  }
  end_word(words);
}

void Looker::find_words(fz_display_list* list, fz_rect displayed, const std::optional<pdf::Box>& first,
                        const std::optional<pdf::Box>& second, std::vector<pdf::Word>& words) {
  if (!first && !second) return;
  fz_context* ctx = document_.context();
  first_box_ = wanted(first);
  second_box_ = wanted(second);
  fz_stext_page* text = fz_new_stext_page(ctx, displayed);
  fz_stext_options options{};
  fz_device* device = fz_new_stext_device(ctx, text, &options);
  fz_run_display_list(ctx, list, device, fz_identity, fz_infinite_rect, nullptr);
  fz_close_device(ctx, device);
  fz_drop_device(ctx, device);
  word_.block = 0;
  for (fz_stext_block* block = text->first_block; block; block = block->next) {
    if (block->type != FZ_STEXT_BLOCK_TEXT) continue;
    word_.line = 0;
    for (fz_stext_line* line = block->u.t.first_line; line; line = line->next) {
      add_line(line, words);
      ++word_.line;
    }
    ++word_.block;
  }
  fz_drop_stext_page(ctx, text);
}

void Looker::find_rgb(fz_display_list* list) {
  if (facts_.has_rgb) return;
  fz_context* ctx = document_.context();
  fz_device* device = new_rgb_finder(ctx, &facts_.has_rgb);
  fz_run_display_list(ctx, list, device, fz_identity, fz_infinite_rect, nullptr);
  fz_close_device(ctx, device);
  fz_drop_device(ctx, device);
}

void Looker::look_at(int index) {
  fz_context* ctx = document_.context();
  pdf::Page& page = facts_.pages[static_cast<std::size_t>(index)];
  pdf_page* loaded = pdf_load_page(ctx, document_.get(), index);
  fz_display_list* list = printed_page(ctx, loaded);
  fz_rect displayed;
  display_matrix(ctx, loaded, &displayed);
  find_words(list, displayed, index == 0 ? look_.words_within : std::nullopt, look_.tag_within, page.words);
  find_rgb(list);
  if (draws_) {
    parts_ = parts_outside(displayed, index == 0 ? look_.allowed_first : look_.allowed_others);
    find_ink(ctx, list, parts_, page.ink_places);
    page.ink_outside = !page.ink_places.empty();
  }
  fz_drop_display_list(ctx, list);
  fz_drop_page(ctx, &loaded->super);
}

void Looker::run() {
  facts_.page_count = document_.page_count();
  if (facts_.page_count > look_.pages_max) return;
  draws_ = !look_.allowed_others.empty();
  for (int i = 0; i < facts_.page_count; ++i) {
    Geometry geometry = document_.geometry(i);
    facts_.pages.push_back({geometry.width, geometry.height, geometry.rotation, {}, false, {}});
    draws_ = draws_ && pdf::is_a4_portrait(facts_.pages.back());
  }
  document_.flatten_tree();
  // What is looked at is what a rewritten file will print.
  editor_.flatten_annotations();
  for (int i = 0; i < facts_.page_count; ++i) look_at(i);
  list_missing_fonts(document_, fonts_, facts_.fonts_not_embedded);
}

}  // namespace postroom::pdfscan
