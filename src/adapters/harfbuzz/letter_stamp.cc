#include "adapters/harfbuzz/letter_stamp.h"

#include <fmt/format.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include "adapters/harfbuzz/text_drawing.h"
#include "core/letters/letter_zones.h"
#include "core/pdf/deflate.h"
#include "core/pdf/letter_geometry.h"
#include "ports/letter_renderer.h"

namespace postroom::harfbuzz {
namespace {

// The last line stands this far above the window's bottom edge (points), so that tails of letters are in view.
constexpr double kAddressRise = 2;
constexpr int kDeflateLevel = 6;
constexpr std::string_view kTag = "NOTIFY";

// Letters and their accents as one character each, which fonts draw best.
std::string composed(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return std::string(text);
  std::string result;
  icu::StringByteSink<std::string> sink(&result);
  nfc->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr,
                     status);
  return U_FAILURE(status) ? std::string(text) : result;
}

// One stamp while it is made. Positions are points from the bottom left corner.
class StampPage {
 public:
  explicit StampPage(const FontSet& fonts) : shaper_(fonts), breaker_(shaper_), text_(fonts) {}

  // At most `width` points wide: type that would be wider is made smaller.
  Result<void> add_line(std::string_view text, const pdf::TypeSize& type, pdf::Ink ink, double x, double baseline,
                        double width) {
    POSTROOM_TRY(line, breaker_.add_whole(text, type));
    pdf::TypeSize fitting = type;
    if (line.width > width) fitting.size *= width / line.width;
    content_.set_ink(ink);
    content_.begin_line(x, baseline);
    text_.draw(content_, breaker_.pieces_of(line), fitting);
    content_.end_line();
    return {};
  }

  Result<Bytes> write(double width, double height) {
    constexpr std::size_t kBytesExpected = 16 * 1024;
    pdf::DocumentWriter document(kBytesExpected);
    int catalog = document.reserve();
    int tree = document.reserve();
    int information = document.reserve();
    int page = document.reserve();
    int contents = document.reserve();
    document.object(catalog, fmt::format("<</Type/Catalog/Pages {} 0 R>>", tree));
    document.object(information, "<</Producer(postroom)>>");
    // Each stamp has its own small subsets: it ends up in one file only.
    POSTROOM_TRY(fonts, text_.write_fonts(document, FontSubsets::own));
    Bytes box;
    pdf::append_number(box, width);
    box += ' ';
    pdf::append_number(box, height);
    document.object(
        page, fmt::format("<</Type/Page/Parent {} 0 R/MediaBox[0 0 {}]/Resources<<{}>>/Contents {} 0 R>>", tree,
                          box, fonts, contents));
    Bytes compressed = pdf::Deflater(kDeflateLevel).compress(content_.bytes());
    document.stream(contents, "/Filter/FlateDecode", compressed);
    document.object(tree, fmt::format("<</Type/Pages/Kids[{} 0 R]/Count 1>>", page));
    return std::move(document).finish(catalog, information, compressed);
  }

 private:
  Shaper shaper_;
  LineBreaker breaker_;
  pdf::ContentStream content_;
  TextDrawing text_;
};

}  // namespace

Result<Bytes> HarfbuzzLetterStamper::stamp(const ports::LetterStamp& stamp) {
  if (stamp.address_lines.size() > static_cast<std::size_t>(ports::kLetterAddressLinesMax)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("The window of the envelope shows {} lines, this address has {}; join some",
                            ports::kLetterAddressLinesMax, stamp.address_lines.size()));
  }
  const pdf::Box& window = letters::kAddressWindow;
  double page_height = pdf::mm(stamp.page_height);
  double window_width = pdf::mm(window.right - window.left);
  StampPage page(fonts_);
  double baseline = page_height - pdf::mm(window.bottom) + kAddressRise +
                    static_cast<double>(stamp.address_lines.size()) * pdf::kAddressType.leading;
  for (const std::string& line : stamp.address_lines) {
    baseline -= pdf::kAddressType.leading;
    POSTROOM_CHECK(page.add_line(composed(line), pdf::kAddressType, pdf::Ink::black, pdf::mm(window.left), baseline,
                                 window_width));
  }
  if (stamp.notify_tag) {
    POSTROOM_CHECK(page.add_line(kTag, pdf::kTagType, pdf::Ink::white, pdf::kTagLeft,
                                 page_height - pdf::kTagTop - pdf::kTagType.size, window_width));
  }
  return page.write(pdf::mm(stamp.page_width), page_height);
}

}  // namespace postroom::harfbuzz
