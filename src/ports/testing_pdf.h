// Stand-ins for what looks into PDFs and stamps them.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "ports/letter_stamper.h"
#include "ports/pdf_scanner.h"

namespace postroom::ports::testing {

// Answers as told, without looking at the bytes; keeps what it was asked. Not thread-safe.
class ScriptedPdfScanner : public PdfScanner {
 public:
  std::deque<Result<pdf::Facts>> facts;  // of one look() after the other; the last is repeated
  Result<Bytes> rewritten = Bytes("%PDF-1.7 rewritten");
  Result<Bytes> image = Bytes("\x89PNG");
  std::vector<pdf::Look> looks;
  std::vector<PdfRewrite> rewrites;

  Result<pdf::Facts> look(BytesView, const pdf::Look& look) override {
    looks.push_back(look);
    if (facts.empty()) return fail(ErrorKind::invalid_input, "The file is no PDF");
    Result<pdf::Facts> answer = facts.front();
    if (facts.size() > 1) facts.pop_front();
    return answer;
  }
  Result<Bytes> rewrite(BytesView, const PdfRewrite& changes) override {
    rewrites.push_back(changes);
    return rewritten;
  }
  Result<Bytes> page_image(BytesView, const PdfImageRequest&) override { return image; }
  Result<Bytes> tint(BytesView pdf, const PdfZoneTint&) override { return Bytes(pdf); }
};

// The stamp is a line of text that says what would be on it.
class PlainLetterStamper : public LetterStamper {
 public:
  std::vector<LetterStamp> stamps;
  Result<void> answer;  // an error to give instead

  Result<Bytes> stamp(const LetterStamp& stamp) override {
    stamps.push_back(stamp);
    if (!answer) return tl::unexpected(answer.error());
    Bytes text = stamp.notify_tag ? "NOTIFY" : "";
    for (const std::string& line : stamp.address_lines) text += "|" + line;
    return text;
  }
};

}  // namespace postroom::ports::testing
