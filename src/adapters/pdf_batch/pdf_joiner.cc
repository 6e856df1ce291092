#include "adapters/pdf_batch/pdf_joiner.h"

#include <fmt/format.h>

// qpdf's headers ask every user which smart pointers they expect; 4 is std::shared_ptr only.
#define POINTERHOLDER_TRANSITION 4
#include <exception>
#include <list>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

namespace postroom::pdf_batch {

Result<Bytes> QpdfJoiner::join(std::span<const BytesView> parts) {
  try {
    // All stay open until the end: a page's streams are read when the whole is written.
    std::list<QPDF> documents;
    for (BytesView part : parts) {
      QPDF& document = documents.emplace_back();
      document.setSuppressWarnings(true);
      // A file that needs mending may not look on paper as its maker saw it.
      document.setAttemptRecovery(false);
      document.processMemoryFile("letter", part.data(), part.size());
    }
    if (documents.empty()) return fail(ErrorKind::corrupt, "there is nothing to join");
    QPDFPageDocumentHelper whole(documents.front());
    for (auto other = std::next(documents.begin()); other != documents.end(); ++other) {
      for (auto& page : QPDFPageDocumentHelper(*other).getAllPages()) whole.addPage(page, false);
    }
    QPDFWriter writer(documents.front());
    writer.setOutputMemory();
    writer.setDeterministicID(true);
    writer.setObjectStreamMode(qpdf_o_preserve);
    writer.setStreamDataMode(qpdf_s_preserve);
    writer.write();
    const std::shared_ptr<Buffer> out = writer.getBufferSharedPointer();
    return Bytes(reinterpret_cast<const char*>(out->getBuffer()), out->getSize());
  } catch (const std::exception& error) {
    return fail(ErrorKind::corrupt, fmt::format("cannot join the pages of PDFs: {}", error.what()));
  }
}

}  // namespace postroom::pdf_batch
