// Facts about a PDF.
#pragma once

#include <vector>

#include "document.h"
#include "fonts.h"
#include "page_edit.h"

namespace postroom::pdfscan {

class Looker {
 public:
  Looker(Document& document, const pdf::Look& look)
      : document_(document), look_(look), editor_(document), fonts_(document) {}

  // Throws as MuPDF does.
  void run();
  const pdf::Facts& facts() const { return facts_; }

 private:
  void look_at(int index);
  void find_rgb(fz_display_list* list);
  void find_words(fz_display_list* list, fz_rect displayed, const std::optional<pdf::Box>& first,
                  const std::optional<pdf::Box>& second, std::vector<pdf::Word>& words);
  void add_line(fz_stext_line* line, std::vector<pdf::Word>& words);
  void end_word(std::vector<pdf::Word>& words);

  Document& document_;
  const pdf::Look& look_;
  PageEditor editor_;
  FontWalk fonts_;
  pdf::Facts facts_;
  bool draws_ = false;
  std::vector<fz_irect> parts_;

  // The word in hand, and where it is looked for.
  pdf::Word word_;
  fz_rect word_box_ = fz_empty_rect;
  fz_rect first_box_ = fz_empty_rect;
  fz_rect second_box_ = fz_empty_rect;
};

}  // namespace postroom::pdfscan
