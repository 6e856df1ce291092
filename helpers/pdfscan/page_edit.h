// Changes to single pages. All throw as MuPDF does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "document.h"

namespace postroom::pdfscan {

class PageEditor {
 public:
  explicit PageEditor(Document& document) : document_(document) {}

  // Takes characters and pixels in the boxes out of the first page.
  void redact(const std::vector<pdf::Box>& boxes);
  // Makes what annotations and fields show when printed part of the page, and removes them. Those of the first page
  // that touch one of `unwanted` are only removed.
  void flatten_annotations(const std::vector<pdf::Box>& unwanted);
  void flatten_annotations() { flatten_annotations(nothing_); }
  void whiten(const pdf::Box& box);
  // Lays the first page of another PDF over the first page, top left corner on top left corner.
  void stamp(Document& stamp);
  void tint(int index, const std::vector<pdf::Box>& boxes);

 private:
  void flatten_page(int index, const std::vector<pdf::Box>& unwanted);
  void flatten_annotation(pdf_annot* annotation, pdf_obj* page, fz_buffer* drawing);
  // Puts `drawing` on top of a page's own content, whatever that leaves open.
  void append(int index, fz_buffer* drawing);
  const char* add_xobject(pdf_obj* page, pdf_obj* form);

  Document& document_;
  const std::vector<pdf::Box> nothing_;
  std::vector<bool> whole_;  // pages whose content is one balanced stream
  std::string name_;
  int names_ = 0;
};

}  // namespace postroom::pdfscan
