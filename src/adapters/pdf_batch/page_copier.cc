#include "adapters/pdf_batch/page_copier.h"

// qpdf's headers ask every user which smart pointers they expect; 4 is std::shared_ptr only.
#define POINTERHOLDER_TRANSITION 4
#include <deque>
#include <exception>
#include <map>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <set>

namespace postroom::pdf_batch {
namespace {

// All that paper shows of a page (ISO 32000-1, table 30). Others, as Annots or B, lead back to other pages.
constexpr const char* kPageEntries[] = {"/Resources", "/MediaBox", "/CropBox", "/Contents",
                                        "/Rotate",    "/Group",    "/UserUnit"};

// Outside the body of letters, inside what office printers reach.
constexpr double kMarkLeft = 42.5;
constexpr double kMarkBottom = 16;
constexpr int kMarkSize = 6;
constexpr const char* kMarkFont = "/PostroomMark";

void add_mark(QPDF& document, QPDFObjectHandle page, std::string_view mark) {
  auto resources = page.getKey("/Resources");
  resources = resources.isDictionary() ? resources.shallowCopy() : QPDFObjectHandle::newDictionary();
  auto fonts = resources.getKey("/Font");
  fonts = fonts.isDictionary() ? fonts.shallowCopy() : QPDFObjectHandle::newDictionary();
  // One of the fonts that every reader and printer has.
  fonts.replaceKey(kMarkFont, QPDFObjectHandle::parse("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"));
  resources.replaceKey("/Font", fonts);
  page.replaceKey("/Resources", resources);
  const auto box = page.getKey("/MediaBox").getArrayAsRectangle();
  QPDFPageObjectHelper helper(page);
  // Whatever state the page's own content leaves behind must not move the mark.
  helper.addPageContents(QPDFObjectHandle::newStream(&document, "q\n"), true);
  helper.addPageContents(
      QPDFObjectHandle::newStream(
          &document, fmt::format("\nQ\nq 0 0 0 1 k BT {} {} Tf {:.1f} {:.1f} Td ({}) Tj ET Q\n", kMarkFont,
                                 kMarkSize, box.llx + kMarkLeft, box.lly + kMarkBottom, mark)),
      false);
}

class Copier {
 public:
  Copier(PdfFile& out, int parent) : out_(out), parent_(parent) {}

  Result<CopiedPage> page(QPDFObjectHandle page) {
    CopiedPage copied{.object = out_.reserve(), .media_box = ""};
    std::string body = fmt::format("<< /Type /Page /Parent {} 0 R", parent_);
    for (const char* entry : kPageEntries) {
      QPDFObjectHandle value = page.getKey(entry);
      if (!value.isNull()) body += fmt::format(" {} {}", entry, text_of(value));
    }
    POSTROOM_CHECK(out_.object(copied.object, body + " >>"));
    POSTROOM_CHECK(pending());
    copied.media_box = page.getKey("/MediaBox").unparseResolved();
    return copied;
  }

 private:
  // The objects that were referred to and have not been written.
  Result<void> pending() {
    while (!waiting_.empty()) {
      auto [handle, number] = std::move(waiting_.front());
      waiting_.pop_front();
      if (handle.isStream()) {
        const auto data = handle.getRawStreamData();
        POSTROOM_CHECK(out_.stream(number, entries_of(handle.getDict(), true),
                                   BytesView(reinterpret_cast<const char*>(data->getBuffer()), data->getSize())));
      } else {
        POSTROOM_CHECK(out_.object(number, direct_text_of(handle)));
      }
    }
    return {};
  }

  std::string text_of(QPDFObjectHandle value) {
    if (!value.isIndirect()) return direct_text_of(value);
    const bool leads_away =
        value.isDictionary() && (value.isDictionaryOfType("/Page") || value.isDictionaryOfType("/Pages") ||
                                 value.isDictionaryOfType("/Catalog"));
    if (leads_away || value.isNull()) return "null";
    auto [known, is_new] = numbers_.try_emplace(value.getObjGen(), 0);
    if (is_new) {
      known->second = out_.reserve();
      waiting_.emplace_back(value, known->second);
    }
    return fmt::format("{} 0 R", known->second);
  }

  // How deep this goes is limited by qpdf's parser.
  std::string direct_text_of(QPDFObjectHandle value) {
    if (value.isDictionary()) return "<< " + entries_of(value, false) + " >>";
    if (!value.isArray()) return value.unparseResolved();
    std::string out = "[";
    for (int i = 0; i < value.getArrayNItems(); ++i) {
      if (i > 0) out += ' ';
      out += text_of(value.getArrayItem(i));
    }
    return out + "]";
  }

  std::string entries_of(QPDFObjectHandle dictionary, bool of_stream) {
    std::string out;
    for (const std::string& key : dictionary.getKeys()) {
      if (of_stream && key == "/Length") continue;
      if (!out.empty()) out += ' ';
      out += QPDFObjectHandle::newName(key).unparse() + ' ' + text_of(dictionary.getKey(key));
    }
    return out;
  }

  PdfFile& out_;
  int parent_;
  std::map<QPDFObjGen, int> numbers_;
  std::deque<std::pair<QPDFObjectHandle, int>> waiting_;
};

}  // namespace

Result<std::vector<CopiedPage>> copy_pages(PdfFile& out, BytesView pdf, int parent, std::string_view mark) {
  try {
    QPDF document;
    document.setSuppressWarnings(true);
    // A file that needs mending may not look on paper as its sender saw it.
    document.setAttemptRecovery(false);
    document.processMemoryFile("letter", pdf.data(), pdf.size());
    QPDFPageDocumentHelper(document).flattenAnnotations(an_print, an_invisible | an_hidden);
    document.pushInheritedAttributesToPage();
    Copier copier(out, parent);
    std::vector<CopiedPage> pages;
    for (const QPDFObjectHandle& page : document.getAllPages()) {
      if (pages.empty() && !mark.empty()) add_mark(document, page, mark);
      POSTROOM_TRY(copied, copier.page(page));
      pages.push_back(std::move(copied));
    }
    if (pages.empty()) return fail(ErrorKind::corrupt, "has no page");
    return pages;
  } catch (const std::exception& error) {
    return fail(ErrorKind::corrupt, fmt::format("is no readable PDF: {}", error.what()));
  }
}

}  // namespace postroom::pdf_batch
