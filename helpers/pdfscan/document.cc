#include "document.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "adapters/pdfscan/wire.h"

namespace postroom::pdfscan {
namespace {

constexpr std::size_t kHeaderWithin = 1024;  // readers look no further for %PDF-

// What MuPDF, and other readers, take when there is none.
constexpr std::array<double, 4> kDefaultMediaBox{0, 0, 612, 792};

std::array<double, 4> media_box(fz_context* ctx, pdf_obj* box) {
  if (pdf_array_len(ctx, box) != 4) return kDefaultMediaBox;
  std::array<double, 4> sides{};
  for (int i = 0; i < 4; ++i) sides[static_cast<std::size_t>(i)] = pdf_array_get_real(ctx, box, i);
  if (sides[0] > sides[2]) std::swap(sides[0], sides[2]);
  if (sides[1] > sides[3]) std::swap(sides[1], sides[3]);
  if (!(sides[2] - sides[0] > 0) || !(sides[3] - sides[1] > 0)) return kDefaultMediaBox;
  return sides;
}

double user_unit(fz_context* ctx, pdf_obj* page) {
  double unit = pdf_dict_get_real(ctx, page, PDF_NAME(UserUnit));
  return unit > 0 ? unit : 1;
}

int rotation(fz_context* ctx, pdf_obj* rotate) {
  if (!pdf_is_number(ctx, rotate)) return 0;
  double angle = pdf_to_real(ctx, rotate);
  if (std::abs(angle) > 1e6 || std::fmod(angle, 90) != 0) return kRotationInvalid;
  return (static_cast<int>(angle) % 360 + 360) % 360;
}

void read_object(fz_context* ctx, pdf_document* document, int number) {
  fz_try(ctx) pdf_cache_object(ctx, document, number);
  fz_catch(ctx) fz_rethrow_if(ctx, FZ_ERROR_MEMORY);
}

// An object that does not parse makes MuPDF search the whole file anew and forget what it had read. That must be
// over before anybody holds on to an object.
void read_objects(fz_context* ctx, pdf_document* document) {
  for (int i = 1; i < pdf_xref_len(ctx, document); ++i) read_object(ctx, document, i);
}

}  // namespace

Document::~Document() {
  if (pdf_) pdf_drop_document(context(), pdf_);
}

void Document::open(BytesView bytes) {
  fz_context* ctx = context();
  if (bytes.substr(0, kHeaderWithin).find("%PDF-") == BytesView::npos)
    refuse(ctx, "The file is no PDF: send a PDF");
  fz_stream* stream = fz_open_memory(ctx, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  pdf_ = pdf_open_document_with_stream(ctx, stream);
  fz_drop_stream(ctx, stream);
  if (pdf_needs_password(ctx, pdf_) && !pdf_authenticate_password(ctx, pdf_, ""))
    refuse(ctx, "The PDF needs a password to be read: save it without one");
  read_objects(ctx, pdf_);
  pdf_obj* root = pdf_dict_getp(ctx, pdf_trailer(ctx, pdf_), "Root/Pages");
  walk(root, {}, 0);
  if (pages_.empty()) refuse(ctx, "The PDF has no pages: make it again");
}

void Document::walk(pdf_obj* node, Inherited inherited, int depth) {
  fz_context* ctx = context();
  if (pages_.size() >= static_cast<std::size_t>(kPageCountMax) || !pdf_is_dict(ctx, node)) return;
  if (++nodes_ > kTreeNodesMax || depth > kTreeDepthMax)
    refuse(ctx, "The PDF's pages are nested too deep: make it again");
  int number = pdf_to_num(ctx, node);
  if (number != 0 && std::find(path_.begin(), path_.end(), number) != path_.end()) return;
  auto take = [&](pdf_obj*& place, pdf_obj* key) {
    if (pdf_obj* own = pdf_dict_get(ctx, node, key); own && !pdf_is_null(ctx, own)) place = own;
  };
  take(inherited.media_box, PDF_NAME(MediaBox));
  take(inherited.rotate, PDF_NAME(Rotate));
  take(inherited.resources, PDF_NAME(Resources));
  pdf_obj* kids = pdf_dict_get(ctx, node, PDF_NAME(Kids));
  if (!pdf_is_array(ctx, kids) || pdf_name_eq(ctx, pdf_dict_get(ctx, node, PDF_NAME(Type)), PDF_NAME(Page))) {
    pages_.push_back({node, inherited});
    return;
  }
  path_.push_back(number);
  int count = pdf_array_len(ctx, kids);
  for (int i = 0; i < count; ++i) walk(pdf_array_get(ctx, kids, i), inherited, depth + 1);
  path_.pop_back();
}

Geometry Document::geometry(int index) const {
  fz_context* ctx = context();
  const Found& page = pages_[static_cast<std::size_t>(index)];
  auto box = media_box(ctx, page.inherited.media_box);
  double unit = user_unit(ctx, page.object) * kMillimetresAPoint;
  return {(box[2] - box[0]) * unit, (box[3] - box[1]) * unit, rotation(ctx, page.inherited.rotate)};
}

void Document::flatten_tree() {
  fz_context* ctx = context();
  pdf_obj* tree = pdf_add_new_dict(ctx, pdf_, 4);
  pdf_obj* kids = pdf_new_array(ctx, pdf_, page_count());
  for (auto& page : pages_) {
    // A page that stands in the tree twice must not be changed twice.
    pdf_obj* copy = pdf_copy_dict(ctx, pdf_resolve_indirect_chain(ctx, page.object));
    auto box = media_box(ctx, page.inherited.media_box);
    fz_rect rect{static_cast<float>(box[0]), static_cast<float>(box[1]), static_cast<float>(box[2]),
                 static_cast<float>(box[3])};
    pdf_dict_put_rect(ctx, copy, PDF_NAME(MediaBox), rect);
    pdf_dict_put_rect(ctx, copy, PDF_NAME(CropBox), rect);
    int angle = rotation(ctx, page.inherited.rotate);
    pdf_dict_put_int(ctx, copy, PDF_NAME(Rotate), angle == kRotationInvalid ? 0 : angle);
    if (pdf_is_dict(ctx, page.inherited.resources))
      pdf_dict_put(ctx, copy, PDF_NAME(Resources), page.inherited.resources);
    else
      pdf_dict_put_drop(ctx, copy, PDF_NAME(Resources), pdf_new_dict(ctx, pdf_, 1));
    pdf_dict_put(ctx, copy, PDF_NAME(Type), PDF_NAME(Page));
    pdf_dict_del(ctx, copy, PDF_NAME(Kids));
    pdf_dict_put(ctx, copy, PDF_NAME(Parent), tree);
    pdf_obj* reference = pdf_add_object_drop(ctx, pdf_, copy);
    pdf_array_push(ctx, kids, reference);
    page.object = pdf_array_get(ctx, kids, pdf_array_len(ctx, kids) - 1);
    page.inherited.media_box = pdf_dict_get(ctx, page.object, PDF_NAME(MediaBox));
    pdf_drop_obj(ctx, reference);
  }
  pdf_dict_put(ctx, tree, PDF_NAME(Type), PDF_NAME(Pages));
  pdf_dict_put_drop(ctx, tree, PDF_NAME(Kids), kids);
  pdf_dict_put_int(ctx, tree, PDF_NAME(Count), page_count());
  pdf_dict_putp(ctx, pdf_trailer(ctx, pdf_), "Root/Pages", tree);
  pdf_drop_obj(ctx, tree);
}

fz_matrix display_matrix(fz_context* ctx, pdf_page* page, fz_rect* displayed) {
  fz_rect box;
  fz_matrix matrix;
  pdf_page_transform(ctx, page, &box, &matrix);
  if (displayed) *displayed = fz_transform_rect(box, matrix);
  return matrix;
}

fz_rect to_points(const pdf::Box& box) {
  auto points = [](double millimetres) { return static_cast<float>(millimetres / kMillimetresAPoint); };
  return {points(box.left), points(box.top), points(box.right), points(box.bottom)};
}

pdf::Box to_millimetres(fz_rect rect) {
  return {rect.x0 * kMillimetresAPoint, rect.y0 * kMillimetresAPoint, rect.x1 * kMillimetresAPoint,
          rect.y1 * kMillimetresAPoint};
}

}  // namespace postroom::pdfscan
