#include "adapters/pdf_batch/letter_batch.h"

#include "adapters/pdf_batch/page_copier.h"
#include "core/letters/file_names.h"

namespace postroom::pdf_batch {

Result<std::unique_ptr<ports::ZipWriter>> LetterBatchWriter::create(const std::string& path, BatchTools tools) {
  POSTROOM_TRY(file, PdfFile::create(path));
  return std::unique_ptr<ports::ZipWriter>(new LetterBatchWriter(std::move(file), std::move(tools)));
}

LetterBatchWriter::LetterBatchWriter(std::unique_ptr<PdfFile> file, BatchTools tools)
    : file_(std::move(file)), tools_(std::move(tools)), root_(file_->reserve()) {}

Result<std::vector<int>> LetterBatchWriter::append(BytesView pdf, std::string_view mark) {
  POSTROOM_TRY(pages, copy_pages(*file_, pdf, root_, mark));
  std::vector<int> objects;
  for (const CopiedPage& page : pages) objects.push_back(page.object);
  if (objects.size() % 2 == 1) {
    objects.push_back(file_->reserve());
    POSTROOM_CHECK(
        file_->object(objects.back(), fmt::format("<< /Type /Page /Parent {} 0 R /MediaBox {} /Resources << >> >>",
                                                  root_, pages.back().media_box)));
  }
  return objects;
}

Result<void> LetterBatchWriter::add(std::string_view name, BytesView content) {
  const std::string reference = letters::reference_of_key(name);
  if (!letters::is_reference(reference))
    return fail(ErrorKind::invalid_input, fmt::format("'{}' is no name of a letter's file", name));
  if (!names_.emplace(name).second) return fail(ErrorKind::invalid_input, fmt::format("{} was added before", name));
  POSTROOM_TRY(sender, tools_.sender_of(reference));
  // By this a person finds a spoiled letter's reference, and sees where a jam began.
  auto pages = append(content, fmt::format("{} {}", names_.size(), reference));
  if (!pages) return fail_in(name, std::move(pages).error());
  if (parts_.empty() || parts_.back().sender != sender) {
    Part& part = parts_.emplace_back();
    part.sender = std::move(sender);
    part.first_reference = reference;
    part.first_page = pages_.size();
  }
  Part& part = parts_.back();
  ++part.letters;
  part.sheets += static_cast<int>(pages->size() / 2);
  part.last_reference = reference;
  pages_.insert(pages_.end(), pages->begin(), pages->end());
  return {};
}

Result<std::uint64_t> LetterBatchWriter::finish() {
  if (parts_.empty()) return fail(ErrorKind::invalid_input, "there are no letters to print");
  const std::vector<BatchPart> parts(parts_.begin(), parts_.end());
  std::string kids;
  std::size_t count = 0;
  const auto lay = [&](auto from, auto to) {
    for (; from != to; ++from, ++count) kids += fmt::format(" {} 0 R", *from);
  };
  POSTROOM_TRY(top, count_sheet(tools_.renderer, name_, parts));
  POSTROOM_TRY(top_pages, append(top, ""));
  lay(top_pages.begin(), top_pages.end());
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_.size() > 1) {
      POSTROOM_TRY(sheet, separator(tools_.renderer, name_, parts, i));
      POSTROOM_TRY(sheet_pages, append(sheet, ""));
      lay(sheet_pages.begin(), sheet_pages.end());
    }
    const std::size_t end = i + 1 < parts_.size() ? parts_[i + 1].first_page : pages_.size();
    lay(pages_.begin() + static_cast<std::ptrdiff_t>(parts_[i].first_page),
        pages_.begin() + static_cast<std::ptrdiff_t>(end));
  }
  POSTROOM_CHECK(file_->object(root_, fmt::format("<< /Type /Pages /Count {} /Kids [{}] >>", count, kids)));
  const int catalog = file_->reserve(), information = file_->reserve();
  // What a print dialogue offers first: both sides, no shrinking, which would move addresses out of the window.
  POSTROOM_CHECK(file_->object(
      catalog, fmt::format("<< /Type /Catalog /Pages {} 0 R /ViewerPreferences << /Duplex /DuplexFlipLongEdge "
                           "/PrintScaling /None /PickTrayByPDFSize true >> >>",
                           root_)));
  POSTROOM_CHECK(file_->object(information, fmt::format("<< /Title <{}> /Producer (postroom) >>", to_hex(name_))));
  return file_->finish(catalog, information, name_);
}

}  // namespace postroom::pdf_batch
