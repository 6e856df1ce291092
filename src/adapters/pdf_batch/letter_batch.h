// The writer of a batch: takes letters one by one, as a zip's writer does, and makes one PDF of them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "adapters/pdf_batch/pdf_file.h"
#include "adapters/pdf_batch/sheets.h"
#include "ports/zip_writer.h"

namespace postroom::pdf_batch {

// Must outlive the writers.
struct BatchTools {
  ports::LetterRenderer& renderer;
  // The sender's name of a letter, by reference. Letters of one sender come together.
  std::function<Result<std::string>(std::string_view reference)> sender_of;
};

// Memory is one letter and some bytes for each page. For printing on both sides: a letter, a separator or the count
// sheet with an odd number of pages is followed by a blank one, so that each begins on a front. The same letters in
// the same order give the same bytes, as long as their senders keep their names. Not thread-safe.
class LetterBatchWriter final : public ports::ZipWriter {
 public:
  static Result<std::unique_ptr<ports::ZipWriter>> create(const std::string& path, BatchTools tools);

  void set_name(std::string_view name) override { name_ = name; }
  // `name` is that of the letter's file. corrupt when `content` is no PDF that can be printed: the batch is of no
  // use then.
  Result<void> add(std::string_view name, BytesView content) override;
  // invalid_input without letters.
  Result<std::uint64_t> finish() override;
  std::uint64_t size() const override { return file_->size(); }

 private:
  struct Part : BatchPart {
    std::size_t first_page = 0;  // place in pages_
  };

  LetterBatchWriter(std::unique_ptr<PdfFile> file, BatchTools tools);
  // Objects of the pages of `pdf`, and of a blank one where they are odd.
  Result<std::vector<int>> append(BytesView pdf, std::string_view mark);

  std::unique_ptr<PdfFile> file_;
  BatchTools tools_;
  std::string name_;
  int root_ = 0;            // of the page tree
  std::vector<int> pages_;  // objects of the letters' pages
  std::vector<Part> parts_;
  std::unordered_set<std::string> names_;
};

}  // namespace postroom::pdf_batch
