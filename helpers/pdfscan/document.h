// A PDF opened for reading and changing: its pages made independent of each other and of the page tree.
#pragma once

#include <vector>

#include "core/pdf/facts.h"
#include "engine.h"

namespace postroom::pdfscan {

// Page trees deeper than this, or with more nodes, are not read to their end.
inline constexpr int kTreeDepthMax = 64;
inline constexpr int kTreeNodesMax = 300'000;

// The rotation that stands for one that no page can have; such a page is no A4 page.
inline constexpr int kRotationInvalid = 45;

struct Geometry {
  double width = 0;  // of the MediaBox in millimetres, before rotation
  double height = 0;
  int rotation = 0;  // 0 to 359
};

class Document {
 public:
  explicit Document(Engine& engine) : engine_(engine) {}
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // These four throw as MuPDF does. `bytes` must live as long as the document.
  // Counts at most `pages_wanted` pages exactly, and up to kPageCountMax roughly.
  void open(BytesView bytes);
  int page_count() const { return static_cast<int>(pages_.size()); }
  // Puts the pages into one flat tree, each with all that it inherits and with its MediaBox as CropBox, so that
  // nothing is hidden by cropping.
  void flatten_tree();
  Geometry geometry(int index) const;

  fz_context* context() const { return engine_.context(); }
  pdf_document* get() const { return pdf_; }
  pdf_obj* page_object(int index) const { return pages_[static_cast<std::size_t>(index)].object; }

 private:
  struct Inherited {
    pdf_obj* media_box = nullptr;
    pdf_obj* rotate = nullptr;
    pdf_obj* resources = nullptr;
  };
  struct Found {
    pdf_obj* object = nullptr;  // lent by the document
    Inherited inherited;
  };

  void walk(pdf_obj* node, Inherited inherited, int depth);

  Engine& engine_;
  pdf_document* pdf_ = nullptr;
  std::vector<Found> pages_;
  std::vector<int> path_;  // object numbers from the root to the node in hand
  int nodes_ = 0;
};

// From a loaded page to the page as displayed: points from its top left corner.
fz_matrix display_matrix(fz_context* ctx, pdf_page* page, fz_rect* displayed);

// Millimetres as displayed to points as displayed.
fz_rect to_points(const pdf::Box& box);
pdf::Box to_millimetres(fz_rect rect);

}  // namespace postroom::pdfscan
