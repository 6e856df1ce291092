// Method: real letters are joined and read back by qpdf, and by poppler's pdftotext.
#include "adapters/pdf_batch/pdf_joiner.h"

#define POINTERHOLDER_TRANSITION 4
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <qpdf/QPDF.hh>

#include "adapters/harfbuzz/letter_renderer.h"

namespace postroom::pdf_batch {
namespace {

Bytes letter(const std::string& text, int pages) {
  static const auto renderer = harfbuzz::HarfbuzzLetterRenderer::create().value();
  ports::LetterInput input;
  input.address_lines = {"A Person", "1 High Street", "LS1 4AP"};
  input.date = "25 November 2026";
  input.subject = text;
  for (int page = 1; page <= pages; ++page) {
    if (page > 1) input.blocks.emplace_back(ports::LetterPageBreak{});
    input.blocks.emplace_back(
        ports::LetterParagraph{{{{{.text = text + " " + std::to_string(page), .bold = false}}}}});
  }
  return renderer->render(input).value().pdf;
}

std::size_t pages_of(BytesView pdf) {
  QPDF document;
  document.setAttemptRecovery(false);
  document.processMemoryFile("joined", pdf.data(), pdf.size());
  EXPECT_FALSE(document.anyWarnings());
  return document.getAllPages().size();
}

std::string text_of(BytesView pdf) {
  const auto path = std::filesystem::temp_directory_path() / ("joined-" + std::to_string(::getpid()) + ".pdf");
  std::ofstream(path, std::ios::binary) << pdf;
  std::string out;
  FILE* pipe = ::popen(("pdftotext " + path.string() + " - 2>&1").c_str(), "r");
  char buffer[4096];
  for (std::size_t size = 0; pipe != nullptr && (size = ::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    out.append(buffer, size);
  if (pipe != nullptr) ::pclose(pipe);
  std::filesystem::remove(path);
  return out;
}

TEST(QpdfJoiner, TP11_pages_follow_in_order_and_nothing_between) {
  QpdfJoiner joiner;
  const Bytes first = letter("Alpha", 1), second = letter("Beta", 3);
  auto joined = joiner.join(std::vector<BytesView>{first, second});
  ASSERT_TRUE(joined);
  EXPECT_EQ(pages_of(*joined), 4u);
  const std::string text = text_of(*joined);
  EXPECT_LT(text.find("Alpha 1"), text.find("Beta 1"));
  EXPECT_LT(text.find("Beta 1"), text.find("Beta 3"));
  EXPECT_NE(text.find("Beta 3"), std::string::npos);
  EXPECT_EQ(joiner.join(std::vector<BytesView>{first, second}), joined) << "the same bytes each time";
}

TEST(QpdfJoiner, WhatIsNoPdfIsSaid) {
  QpdfJoiner joiner;
  const Bytes good = letter("Alpha", 1);
  for (const Bytes& bad : {Bytes(), Bytes("no PDF"), good.substr(0, good.size() / 2)})
    EXPECT_EQ(joiner.join(std::vector<BytesView>{good, bad}).error().kind, ErrorKind::corrupt);
  EXPECT_FALSE(joiner.join({}));
}

}  // namespace
}  // namespace postroom::pdf_batch
