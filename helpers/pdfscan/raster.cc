#include "raster.h"

#include <algorithm>
#include <cmath>

#include "png.h"

namespace postroom::pdfscan {
namespace {

constexpr float kCheckScale = kCheckDpi / 72.0F;
constexpr fz_matrix kCheckMatrix{kCheckScale, 0, 0, kCheckScale, 0, 0};

// Rectangles of pixels, and the parts of a page that are in none of them.
struct Uncovered {
  explicit Uncovered(fz_irect page) : parts{page} {}

  void cover(fz_irect hole) {
    std::vector<fz_irect> left;
    for (const fz_irect& part : parts) {
      fz_irect common = fz_intersect_irect(part, hole);
      if (fz_is_empty_irect(common)) {
        left.push_back(part);
        continue;
      }
      add(left, {part.x0, part.y0, part.x1, common.y0});
      add(left, {part.x0, common.y0, common.x0, common.y1});
      add(left, {common.x1, common.y0, part.x1, common.y1});
      add(left, {part.x0, common.y1, part.x1, part.y1});
    }
    parts = std::move(left);
  }

  static void add(std::vector<fz_irect>& parts, fz_irect part) {
    if (part.x0 < part.x1 && part.y0 < part.y1) parts.push_back(part);
  }

  std::vector<fz_irect> parts;
};

bool is_white(fz_context* ctx, fz_pixmap* pixels) {
  const unsigned char* row = fz_pixmap_samples(ctx, pixels);
  int stride = fz_pixmap_stride(ctx, pixels);
  int height = fz_pixmap_height(ctx, pixels);
  std::size_t bytes = static_cast<std::size_t>(stride) * static_cast<std::size_t>(height);
  return std::all_of(row, row + bytes, [](unsigned char sample) { return sample == 255; });
}

// The box around pixels that are not white, of which there is one. `part` is where the pixels are on the page.
pdf::Box around_ink(fz_context* ctx, fz_pixmap* pixels, fz_irect part) {
  fz_irect ink{part.x1, part.y1, part.x0, part.y0};
  for (int y = part.y0; y < part.y1; ++y) {
    const unsigned char* row =
        fz_pixmap_samples(ctx, pixels) + static_cast<std::ptrdiff_t>(y - part.y0) * fz_pixmap_stride(ctx, pixels);
    for (int x = part.x0; x < part.x1; ++x) {
      const unsigned char* pixel = row + std::ptrdiff_t{x - part.x0} * 3;
      if (pixel[0] == 255 && pixel[1] == 255 && pixel[2] == 255) continue;
      ink = {std::min(ink.x0, x), std::min(ink.y0, y), std::max(ink.x1, x + 1), std::max(ink.y1, y + 1)};
    }
  }
  constexpr double kMillimetresAPixel = 25.4 / kCheckDpi;
  return {ink.x0 * kMillimetresAPixel, ink.y0 * kMillimetresAPixel, ink.x1 * kMillimetresAPixel,
          ink.y1 * kMillimetresAPixel};
}

fz_pixmap* draw(fz_context* ctx, fz_display_list* list, fz_matrix matrix, fz_irect area) {
  fz_pixmap* pixels = fz_new_pixmap_with_bbox(ctx, fz_device_rgb(ctx), area, nullptr, 0);
  fz_clear_pixmap_with_value(ctx, pixels, 255);
  fz_device* device = fz_new_draw_device(ctx, fz_identity, pixels);
  fz_run_display_list(ctx, list, device, matrix, fz_rect_from_irect(area), nullptr);
  fz_close_device(ctx, device);
  fz_drop_device(ctx, device);
  return pixels;
}

void paint(fz_pixmap* pixels, fz_context* ctx, const pdf::Box& box, double scale, bool tint) {
  int width = fz_pixmap_width(ctx, pixels);
  int height = fz_pixmap_height(ctx, pixels);
  auto at = [&](double millimetres, int most) {
    return static_cast<int>(std::clamp<double>(std::round(millimetres * scale), 0, most));
  };
  int right = at(box.right, width);
  int bottom = at(box.bottom, height);
  for (int y = at(box.top, height); y < bottom; ++y) {
    unsigned char* row =
        fz_pixmap_samples(ctx, pixels) + static_cast<std::ptrdiff_t>(y) * fz_pixmap_stride(ctx, pixels);
    for (int x = at(box.left, width); x < right; ++x) {
      unsigned char* pixel = row + std::ptrdiff_t{x} * 3;
      // Red, a fifth opaque.
      pixel[0] = tint ? static_cast<unsigned char>((pixel[0] * 4 + 255 + 2) / 5) : 255;
      pixel[1] = tint ? static_cast<unsigned char>((pixel[1] * 4 + 2) / 5) : 255;
      pixel[2] = tint ? static_cast<unsigned char>((pixel[2] * 4 + 2) / 5) : 255;
    }
  }
}

}  // namespace

fz_display_list* printed_page(fz_context* ctx, pdf_page* page) {
  fz_rect displayed;
  display_matrix(ctx, page, &displayed);
  fz_display_list* list = fz_new_display_list(ctx, displayed);
  fz_device* device = fz_new_list_device(ctx, list);
  pdf_run_page_contents_with_usage(ctx, page, device, fz_identity, "Print", nullptr);
  fz_close_device(ctx, device);
  fz_drop_device(ctx, device);
  return list;
}

std::vector<fz_irect> parts_outside(fz_rect displayed, const std::vector<pdf::Box>& allowed) {
  Uncovered uncovered(fz_round_rect(fz_transform_rect(displayed, kCheckMatrix)));
  auto whole = [](double millimetres, bool up) {
    double pixels = millimetres * kCheckDpi / 25.4;
    // A box that ends within a thousandth of a pixel ends with it.
    return static_cast<int>(up ? std::ceil(pixels - 1e-3) : std::floor(pixels + 1e-3));
  };
  for (const auto& box : allowed) {
    fz_irect hole{whole(box.left, true), whole(box.top, true), whole(box.right, false), whole(box.bottom, false)};
    if (hole.x0 < hole.x1 && hole.y0 < hole.y1) uncovered.cover(hole);
  }
  return std::move(uncovered.parts);
}

void find_ink(fz_context* ctx, fz_display_list* list, const std::vector<fz_irect>& parts,
              std::vector<pdf::Box>& places) {
  for (const fz_irect& part : parts) {
    fz_pixmap* pixels = draw(ctx, list, kCheckMatrix, part);
    if (!is_white(ctx, pixels)) places.push_back(around_ink(ctx, pixels, part));
    fz_drop_pixmap(ctx, pixels);
  }
}

void draw_png(Document& document, const ports::PdfImageRequest& request, Bytes& png) {
  fz_context* ctx = document.context();
  if (request.page > document.page_count()) refuse(ctx, "page: the PDF has fewer pages");
  pdf_page* page = pdf_load_page(ctx, document.get(), request.page - 1);
  fz_rect displayed;
  display_matrix(ctx, page, &displayed);
  float scale = static_cast<float>(request.dpi) / 72.0F;
  float longest = std::max(displayed.x1 - displayed.x0, displayed.y1 - displayed.y0);
  scale = std::min(scale, static_cast<float>(kPixelsMax) / longest);
  fz_matrix matrix = fz_scale(scale, scale);
  auto pixels_of = [&](float points) { return std::max(1, static_cast<int>(std::lround(points * scale))); };
  fz_irect area{0, 0, pixels_of(displayed.x1 - displayed.x0), pixels_of(displayed.y1 - displayed.y0)};
  fz_display_list* list = printed_page(ctx, page);
  fz_pixmap* pixels = draw(ctx, list, matrix, area);
  double pixels_a_millimetre = scale / kMillimetresAPoint;
  for (const auto& box : request.whiten) paint(pixels, ctx, box, pixels_a_millimetre, false);
  for (const auto& box : request.tint) paint(pixels, ctx, box, pixels_a_millimetre, true);
  png = write_png(fz_pixmap_samples(ctx, pixels), fz_pixmap_width(ctx, pixels), fz_pixmap_height(ctx, pixels),
                  request.dpi);
  fz_drop_pixmap(ctx, pixels);
  fz_drop_display_list(ctx, list);
  fz_drop_page(ctx, &page->super);
}

}  // namespace postroom::pdfscan
