// Method: batches of real letters are read back by qpdf, and by poppler's pdftotext where it is installed.
#include "adapters/pdf_batch/letter_batch.h"

#define POINTERHOLDER_TRANSITION 4
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include "adapters/harfbuzz/letter_renderer.h"
#include "adapters/pdf_batch/page_copier.h"

namespace postroom::pdf_batch {
namespace {

constexpr std::string_view kName = "2026-11-25.second.001.dEktSj8gq4ZoXE620Ru1.pdf";

ports::LetterRenderer& renderer() {
  static const auto made = harfbuzz::HarfbuzzLetterRenderer::create().value();
  return *made;
}

std::string reference(int number) { return fmt::format("REF{:013}", number); }
std::string file_name(int number) { return fmt::format("NOTIFY.{}.D.2.C.20261125120000.PDF", reference(number)); }

// A letter with that many pages, each saying which it is.
Bytes letter(int number, int pages) {
  ports::LetterInput input;
  input.address_lines = {"A Person", "1 High Street", "LS1 4AP"};
  input.date = "25 November 2026";
  input.subject = "Letter " + std::to_string(number);
  for (int page = 1; page <= pages; ++page) {
    if (page > 1) input.blocks.emplace_back(ports::LetterPageBreak{});
    input.blocks.emplace_back(
        ports::LetterParagraph{{{{{.text = fmt::format("text {} of {}", page, number), .bold = false}}}}});
  }
  return renderer().render(input).value().pdf;
}

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return out;
  char buffer[4096];
  for (std::size_t size = 0; (size = ::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, size);
  ::pclose(pipe);
  return out;
}

class LetterBatch : public ::testing::Test {
 protected:
  LetterBatch() { std::filesystem::create_directories(folder_); }
  ~LetterBatch() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name = "batch.pdf") const { return folder_ + "/" + name; }
  BatchTools tools() {
    return {renderer(), [this](std::string_view reference) -> Result<std::string> {
              const auto found = senders_.find(std::string(reference));
              return found == senders_.end() ? "Council" : found->second;
            }};
  }
  std::unique_ptr<ports::ZipWriter> batch(const std::string& name = "batch.pdf") {
    auto made = LetterBatchWriter::create(path(name), tools()).value();
    made->set_name(kName);
    return made;
  }
  // What each page says, front to back; a blank one is empty.
  std::vector<std::string> texts(const std::string& name = "batch.pdf") {
    std::vector<std::string> out;
    const std::string all = output_of("pdftotext -layout " + path(name) + " -");
    std::size_t start = 0;
    for (std::size_t end = all.find('\f'); end != std::string::npos; end = all.find('\f', start)) {
      std::string text = all.substr(start, end - start);
      out.push_back(text.find_first_not_of(" \n") == std::string::npos ? "" : std::move(text));
      start = end + 1;
    }
    return out;
  }
  std::string check(const std::string& name = "batch.pdf") { return output_of("qpdf --check " + path(name)); }
  Bytes content(const std::string& name = "batch.pdf") {
    std::ifstream in(path(name), std::ios::binary);
    return Bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  }

  std::map<std::string, std::string> senders_;
  std::string folder_ = fmt::format("/tmp/postroom-batch-{}", ::getpid());
};

TEST_F(LetterBatch, each_letter_begins_on_a_front_and_the_count_sheet_lies_on_top) {
  auto writer = batch();
  ASSERT_TRUE(writer->add(file_name(1), letter(1, 1)));
  ASSERT_TRUE(writer->add(file_name(2), letter(2, 2)));
  ASSERT_TRUE(writer->add(file_name(3), letter(3, 3)));
  const auto size = writer->finish();
  ASSERT_TRUE(size) << size.error().message;
  EXPECT_EQ(*size, std::filesystem::file_size(path()));
  EXPECT_NE(check().find("No syntax or stream encoding errors found"), std::string::npos) << check();

  const auto pages = texts();
  ASSERT_EQ(pages.size(), 10U);
  EXPECT_NE(pages[0].find("Count sheet: Second class"), std::string::npos) << pages[0];
  EXPECT_NE(pages[0].find("25 November 2026"), std::string::npos);
  EXPECT_NE(pages[0].find("DO NOT POST"), std::string::npos);
  EXPECT_NE(pages[0].find("Letters: 3"), std::string::npos);
  EXPECT_NE(pages[0].find("Sheets of letters: 4"), std::string::npos);
  EXPECT_NE(pages[0].find("First letter: " + reference(1)), std::string::npos);
  EXPECT_NE(pages[0].find("Last letter: " + reference(3)), std::string::npos);
  EXPECT_EQ(pages[1], "");
  EXPECT_NE(pages[2].find("text 1 of 1"), std::string::npos);
  EXPECT_NE(pages[2].find("1 " + reference(1)), std::string::npos) << pages[2];
  EXPECT_EQ(pages[3], "");
  EXPECT_NE(pages[6].find("3 " + reference(3)), std::string::npos) << pages[6];
  EXPECT_EQ(pages[8].find(reference(3)), std::string::npos) << "the first page alone is marked";
  EXPECT_NE(pages[4].find("text 1 of 2"), std::string::npos);
  EXPECT_NE(pages[5].find("text 2 of 2"), std::string::npos);
  EXPECT_NE(pages[6].find("text 1 of 3"), std::string::npos);
  EXPECT_NE(pages[8].find("text 3 of 3"), std::string::npos);
  EXPECT_EQ(pages[9], "");
}

TEST_F(LetterBatch, separators_stand_between_senders_only) {
  senders_ = {{reference(1), "Housing"}, {reference(2), "Housing"}, {reference(3), "Tâx ŵ office"}};
  auto writer = batch();
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(writer->add(file_name(i), letter(i, 1)));
  ASSERT_TRUE(writer->finish());
  const auto pages = texts();
  ASSERT_EQ(pages.size(), 12U);
  EXPECT_NE(pages[0].find("Separators: 2"), std::string::npos);
  EXPECT_NE(pages[2].find("SEPARATOR"), std::string::npos);
  EXPECT_NE(pages[2].find("Housing"), std::string::npos);
  EXPECT_NE(pages[2].find("Letters: 2"), std::string::npos);
  EXPECT_NE(pages[4].find("text 1 of 1"), std::string::npos);
  EXPECT_NE(pages[8].find("Tâx ŵ office"), std::string::npos) << pages[8];
  EXPECT_NE(pages[8].find("2 of 2"), std::string::npos);
  EXPECT_NE(pages[10].find("text 1 of 3"), std::string::npos);
}

TEST_F(LetterBatch, the_same_letters_give_the_same_bytes) {
  for (const char* name : {"a.pdf", "b.pdf"}) {
    auto writer = batch(name);
    for (int i = 1; i <= 3; ++i) ASSERT_TRUE(writer->add(file_name(i), letter(i, i)));
    ASSERT_TRUE(writer->finish());
  }
  EXPECT_EQ(content("a.pdf"), content("b.pdf"));
}

TEST_F(LetterBatch, a_sender_that_no_font_can_write_does_not_hold_up_letters) {
  senders_ = {{reference(1), "Office \U000F1234"}, {reference(2), "Council"}};
  auto writer = batch();
  for (int i = 1; i <= 2; ++i) ASSERT_TRUE(writer->add(file_name(i), letter(i, 1)));
  const auto size = writer->finish();
  ASSERT_TRUE(size) << size.error().message;
  EXPECT_NE(texts()[2].find("Office ????"), std::string::npos) << texts()[2];
}

TEST_F(LetterBatch, what_is_no_pdf_is_refused_by_name) {
  const Bytes whole = letter(1, 1);
  for (const Bytes& bad : {Bytes(), Bytes("%PDF-1.7 nonsense"), whole.substr(0, whole.size() / 2)}) {
    auto writer = batch();
    const auto added = writer->add(file_name(7), bad);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().kind, ErrorKind::corrupt);
    EXPECT_NE(added.error().message.find(file_name(7)), std::string::npos);
  }
  EXPECT_FALSE(std::filesystem::exists(path())) << "a batch that was not finished stays";
}

TEST_F(LetterBatch, letters_come_once_and_a_batch_is_never_empty) {
  auto writer = batch();
  EXPECT_EQ(writer->finish().error().kind, ErrorKind::invalid_input);
  ASSERT_TRUE(writer->add(file_name(1), letter(1, 1)));
  EXPECT_EQ(writer->add(file_name(1), letter(1, 1)).error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(writer->add("noname", letter(1, 1)).error().kind, ErrorKind::invalid_input);
}

// A page as other programs write it: inherited entries, shared objects, a link back to its own page.
Bytes foreign_pdf() {
  QPDF pdf;
  pdf.emptyPDF();
  pdf.getRoot().replaceKey("/Secret", QPDFObjectHandle::parse("(of the whole document)"));
  auto content = QPDFObjectHandle::newStream(&pdf, "BT /F1 24 Tf 50 700 Td (foreign text) Tj ET\n");
  auto page = pdf.makeIndirectObject(QPDFObjectHandle::parse(
      "<< /Type /Page /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"));
  page.replaceKey("/Contents", content);
  auto note =
      pdf.makeIndirectObject(QPDFObjectHandle::parse("<< /Type /Annot /Subtype /Link /Rect [0 0 10 10] /F 4 >>"));
  note.replaceKey("/P", page);
  page.replaceKey("/Annots", QPDFObjectHandle::newArray({note}));
  pdf.addPage(page, false);
  pdf.getRoot().getKey("/Pages").replaceKey("/MediaBox", QPDFObjectHandle::parse("[0 0 595 842]"));
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setObjectStreamMode(qpdf_o_generate);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return Bytes(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
}

TEST_F(LetterBatch, pages_of_other_programs_are_copied_alone) {
  auto writer = batch();
  ASSERT_TRUE(writer->add(file_name(1), foreign_pdf()));
  ASSERT_TRUE(writer->finish());
  EXPECT_NE(check().find("No syntax or stream encoding errors found"), std::string::npos) << check();
  const auto pages = texts();
  ASSERT_EQ(pages.size(), 4U);
  EXPECT_NE(pages[2].find("foreign text"), std::string::npos) << pages[2];
  EXPECT_EQ(content().find("Secret"), std::string::npos);
  EXPECT_EQ(content().find("/Annot"), std::string::npos);
}

Bytes locked(const Bytes& plain, const char* user_password) {
  QPDF pdf;
  pdf.processMemoryFile("letter", plain.data(), plain.size());
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setR6EncryptionParameters(user_password, "owner", true, true, true, true, true, true, qpdf_r3p_full, true);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return Bytes(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
}

TEST_F(LetterBatch, a_letter_with_a_password_is_refused) {
  EXPECT_EQ(batch()->add(file_name(1), locked(letter(1, 1), "user")).error().kind, ErrorKind::corrupt);
}

TEST_F(LetterBatch, a_letter_that_opens_without_a_password_is_written_in_the_clear) {
  auto writer = batch();
  ASSERT_TRUE(writer->add(file_name(1), locked(letter(1, 1), "")));
  ASSERT_TRUE(writer->finish());
  EXPECT_NE(check().find("No syntax or stream encoding errors found"), std::string::npos) << check();
  EXPECT_NE(texts()[2].find("text 1 of 1"), std::string::npos);
}

// Kilobytes of this process's memory, as the kernel calls them.
std::int64_t memory(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::int64_t kilobytes = 0;
  while (status >> word)
    if (word == name + ":" && status >> kilobytes) return kilobytes;
  return 0;
}

TEST_F(LetterBatch, memory_does_not_grow_with_the_letters) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers keep freed memory; the release build measures";
#endif
  const Bytes pdf = letter(1, 2);
  const auto make = [&](int letters) {
    auto writer = batch();
    for (int i = 1; i <= letters; ++i) ASSERT_TRUE(writer->add(file_name(i), pdf));
    ASSERT_TRUE(writer->finish());
  };
  make(20);
  const std::int64_t before = memory("VmRSS");
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak counts from here
  make(2000);
  EXPECT_GT(std::filesystem::file_size(path()), 16'000'000U);
  EXPECT_LT(memory("VmHWM") - before, 8 * 1024);
}

TEST_F(LetterBatch, an_unwritable_folder_is_named) {
  const auto made = LetterBatchWriter::create(folder_ + "/absent/batch.pdf", tools());
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("absent"), std::string::npos);
}

}  // namespace
}  // namespace postroom::pdf_batch
