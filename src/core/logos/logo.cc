#include "core/logos/logo.h"

#include <fmt/format.h>

#include "base/text.h"
#include "core/logos/png_image.h"
#include "core/logos/svg_painter.h"
#include "core/logos/xml.h"
#include "core/pdf/deflate.h"

namespace postroom::logos {
namespace {

constexpr int kDeflateLevel = 9;

tl::unexpected<Error> refuse(std::string message) { return fail(ErrorKind::invalid_input, std::move(message)); }

Result<pdf::Picture> svg_picture(BytesView svg) {
  POSTROOM_TRY(root, parse_xml(svg));
  POSTROOM_TRY(painted, SvgPainter::paint(root));
  pdf::Deflater deflater(kDeflateLevel);
  return pdf::Picture{
      .width = painted.width,
      .height = painted.height,
      .ratio = painted.width / painted.height,
      .transparent = painted.transparent,
      .entries = fmt::format("/Type/XObject/Subtype/Form/BBox[0 0 {} {}]/Resources{}"
                             "/Filter/FlateDecode",
                             plain_number(painted.width, 6), plain_number(painted.height, 6), painted.resources),
      .content = deflater.compress(painted.content),
      .mask_entries = {},
      .mask = {}};
}

}  // namespace

Result<pdf::Picture> read_logo(BytesView file) {
  if (file.size() > kLogoBytesMax) {
    return refuse(
        fmt::format("The logo has {} bytes, at most {} are read; make it simpler", file.size(), kLogoBytesMax));
  }
  bool png = file.starts_with("\x89PNG");
  BytesView start = trim(file.starts_with("\xEF\xBB\xBF") ? file.substr(3) : file);
  if (!png && !start.starts_with('<')) return refuse("The logo is neither an SVG nor a PNG; hand in one of these");
  auto picture = png ? png_picture(file) : svg_picture(file);
  if (!picture) return picture;
  if (std::size_t size = picture->content.size() + picture->mask.size() + picture->entries.size();
      size > kPictureBytesMax) {
    return refuse(fmt::format("The logo needs {} bytes in every letter, at most {} are allowed; make it simpler",
                              size, kPictureBytesMax));
  }
  return picture;
}

}  // namespace postroom::logos
