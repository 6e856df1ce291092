// Method: letters are rendered and read back by programs that are not ours (qpdf, poppler's tools). Positions are
// compared with the zones of the print house. Tools and fonts are those of tools/setup.
#include "adapters/harfbuzz/letter_renderer.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "adapters/harfbuzz/testing.h"
#include "base/text.h"
#include "core/pdf/letter_geometry.h"

namespace postroom::harfbuzz {
namespace {

using testing::a_heading;
using testing::a_line;
using testing::a_list;
using testing::a_paragraph;
using testing::a_two_page_letter;
using testing::an_empty_letter;

// Removed at the end of the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(BytesView content) {
    int descriptor = mkstemp(path_.data());
    if (descriptor >= 0) close(descriptor);
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/postroom-letter-XXXXXX";
};

struct CommandResult {
  int status;
  std::string output;
};

CommandResult run(const std::string& command) {
  CommandResult result{-1, {}};
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  for (std::size_t size = 0; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    result.output.append(buffer, size);
  result.status = pclose(pipe);
  return result;
}

bool has_tool(const std::string& tool) { return run("command -v " + tool).status == 0; }

#define NEEDS_TOOL(tool, package) \
  ASSERT_TRUE(has_tool(tool)) << tool << " is not installed: run tools/setup, or install " package

struct WordBox {
  double left, top, right, bottom;
  std::string text;
};

double attribute(const std::string& line, const std::string& name) {
  auto at = line.find(name + "=\"");
  return at == std::string::npos ? -1 : std::strtod(line.c_str() + at + name.size() + 2, nullptr);
}

// Words of one page, in points from the top left corner.
std::vector<WordBox> words_on(const std::string& path, int page) {
  auto number = std::to_string(page);
  auto output = run("pdftotext -bbox -f " + number + " -l " + number + " " + path + " -").output;
  std::vector<WordBox> words;
  for (const std::string& line : split(output, '\n')) {
    auto start = line.find("<word ");
    auto text = line.find("\">");
    if (start == std::string::npos || text == std::string::npos) continue;
    words.push_back({attribute(line, "xMin"), attribute(line, "yMin"), attribute(line, "xMax"),
                     attribute(line, "yMax"), line.substr(text + 2, line.find("</word>") - text - 2)});
  }
  return words;
}

const WordBox* find_word(const std::vector<WordBox>& words, std::string_view text) {
  for (const WordBox& word : words)
    if (word.text == text) return &word;
  return nullptr;
}

class LetterRendererTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto created = HarfbuzzLetterRenderer::create();
    if (created) renderer_ = std::move(*created);
  }
  static void TearDownTestSuite() { renderer_.reset(); }
  void SetUp() override {
    ASSERT_TRUE(renderer_) << "no letter font: run tools/setup, or install fonts-liberation2";
  }

  static ports::RenderedLetter render(const ports::LetterInput& letter) {
    auto rendered = renderer_->render(letter);
    EXPECT_TRUE(rendered) << rendered.error().message;
    return rendered ? std::move(*rendered) : ports::RenderedLetter{};
  }
  static std::string text_of(const ports::LetterInput& letter) {
    TemporaryFile file(render(letter).pdf);
    return run("pdftotext " + file.path() + " -").output;
  }

  static std::unique_ptr<HarfbuzzLetterRenderer> renderer_;
};
std::unique_ptr<HarfbuzzLetterRenderer> LetterRendererTest::renderer_;

ports::LetterInput a_letter_of(const std::vector<std::string>& paragraphs) {
  auto letter = an_empty_letter();
  for (const std::string& text : paragraphs) letter.blocks.emplace_back(a_paragraph(text));
  return letter;
}

ports::LetterInput a_letter_of_pages(int pages) {
  auto letter = an_empty_letter();
  for (int page = 1; page <= pages; ++page) {
    if (page > 1) letter.blocks.emplace_back(ports::LetterPageBreak{});
    letter.blocks.emplace_back(a_paragraph("On page " + std::to_string(page)));
  }
  return letter;
}

// All the kinds of content at once.
ports::LetterInput a_rich_letter() {
  auto letter = a_two_page_letter();
  letter.blocks.emplace_back(ports::LetterQrCode{"https://www.example.gov.uk/pay?account=441099237"});
  auto list = a_list(true, {"one", "two"});
  list.items[0].nested.push_back(a_list(false, {"inner"}));
  letter.blocks.emplace_back(std::move(list));
  letter.blocks.emplace_back(a_paragraph("Ελλάδα Україна y\u0302 \u2713 \u05E9\u05DC\u05D5\u05DD"));
  return letter;
}

TEST_F(LetterRendererTest, PassesQpdfsCheck) {
  NEEDS_TOOL("qpdf", "qpdf");
  for (const auto& letter : {a_two_page_letter(), a_rich_letter(), an_empty_letter(), a_letter_of_pages(10)}) {
    TemporaryFile file(render(letter).pdf);
    auto result = run("qpdf --check " + file.path());
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_NE(result.output.find("PDF Version: 1.7"), std::string::npos);
    EXPECT_EQ(result.output.find("WARNING"), std::string::npos) << result.output;
  }
}

TEST_F(LetterRendererTest, CM6_EmbedsAndSubsetsEveryFontWithUnicodeMaps) {
  NEEDS_TOOL("pdffonts", "poppler-utils");
  TemporaryFile file(render(a_rich_letter()).pdf);
  auto lines = split(run("pdffonts " + file.path()).output, '\n');
  ASSERT_GE(lines.size(), 4u);
  for (std::size_t i = 2; i < lines.size() && !lines[i].empty(); ++i)
    EXPECT_NE(lines[i].find("Identity-H       yes yes yes"), std::string::npos) << lines[i];
}

TEST_F(LetterRendererTest, CM2_UsesNoColourOperatorButK) {
  NEEDS_TOOL("qpdf", "qpdf");
  TemporaryFile file(render(a_rich_letter()).pdf);
  auto plain = run("qpdf --qdf --object-streams=disable " + file.path() + " -").output;
  EXPECT_NE(plain.find("\n0 0 0 1 k\n"), std::string::npos);
  for (const char* other : {" rg\n", " RG\n", " g\n", " G\n", " K\n", " cs\n", " sc\n", " scn\n"})
    EXPECT_EQ(plain.find(other), std::string::npos) << other;
}

TEST_F(LetterRendererTest, TextReadsInTheOrderOfTheLetter) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  TemporaryFile file(render(a_two_page_letter()).pdf);
  auto text = run("pdftotext -raw " + file.path() + " -").output;
  std::size_t position = 0;
  for (const char* part :
       {"MS A RESIDENT\n14 EXAMPLE STREET\nLITTLE TESTING\nEXAMPLESHIRE\nEX1 2AB\n", "Council Tax Team\n",
        "council.tax@example.gov.uk\n", "1 July 2026\n", "Your council tax bill for 2026 to 2027\n",
        "Dear Ms Resident\n", "What you need to pay\n", "£1,892.40",
        "• your account number, which is 4410 9923 7\n", "Page 1 of 2\n", "If you want to pay by Direct Debit\n",
        "1. Go to www.example.gov.uk/direct-debit\n", "Siân Ŵyn-Jones\nHead of Revenues\n", "Page 2 of 2\n"}) {
    auto found = text.find(part, position);
    ASSERT_NE(found, std::string::npos) << part << "\nafter byte " << position << " of\n" << text;
    position = found;
  }
}

TEST_F(LetterRendererTest, CharactersOfWelshAndTypographySurvive) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  auto text = text_of(a_letter_of({"ŵ ŷ Ŵ Ŷ ê € £ “quoted” ‘single’ – — … • é ß Ø Œ ™ ½", "Ελλάδα Україна"}));
  EXPECT_NE(text.find("ŵ ŷ Ŵ Ŷ ê € £ “quoted” ‘single’ – — … • é ß Ø Œ ™ ½"), std::string::npos) << text;
  EXPECT_NE(text.find("Ελλάδα Україна"), std::string::npos) << text;
}

TEST_F(LetterRendererTest, TP1_AddressStandsInTheWindow) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  auto letter = a_letter_of({"Body"});
  letter.address_lines = {"Line one",
                          "Line two",
                          "Line three",
                          "Line four",
                          "Line five",
                          "Straße six",
                          "POSTCODE" + std::string(60, 'W')};
  TemporaryFile file(render(letter).pdf);
  int found = 0;
  for (const WordBox& word : words_on(file.path(), 1)) {
    bool in_address = word.bottom < pdf::mm(80) && word.left < pdf::mm(120) && word.text != "NOTIFY";
    if (!in_address) continue;
    ++found;
    EXPECT_GE(word.left, pdf::mm(24.6) - 0.1) << word.text;
    EXPECT_LE(word.right, pdf::mm(24.6 + 85) + 0.5) << word.text;
    EXPECT_GE(word.top, pdf::mm(39.5)) << word.text;
    // Poppler's boxes end at the descent, capitals well above it.
    EXPECT_LE(word.bottom, pdf::mm(66.3) + 0.5) << word.text;
    EXPECT_EQ(word.text, to_upper(word.text));
  }
  EXPECT_EQ(found, 13);
  EXPECT_NE(find_word(words_on(file.path(), 1), "STRASSE"), nullptr);
}

TEST_F(LetterRendererTest, TP1_BodyStandsInItsZoneOnEveryPage) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  TemporaryFile file(render(a_two_page_letter()).pdf);
  for (int page = 1; page <= 2; ++page) {
    for (const WordBox& word : words_on(file.path(), page)) {
      EXPECT_GE(word.left, word.text == "NOTIFY" ? pdf::mm(1.7) : pdf::mm(15) - 0.1) << word.text;
      EXPECT_LE(word.right, pdf::mm(200) + 0.2) << word.text;
      EXPECT_LE(word.bottom, pdf::mm(292)) << word.text;
      bool in_body = word.top > pdf::mm(page == 1 ? 90 : 5) && word.bottom < pdf::mm(284);
      if (in_body) {
        EXPECT_GE(word.top, pdf::mm(page == 1 ? 104 : 15) - 0.1) << word.text;
        EXPECT_LE(word.right, pdf::mm(152.5) + 0.5) << word.text;
        EXPECT_LE(word.bottom, pdf::mm(282) + 0.1) << word.text;
      }
    }
  }
  auto first = words_on(file.path(), 1);
  const WordBox* month = find_word(first, "July");
  ASSERT_NE(month, nullptr);
  EXPECT_NEAR(month->top, pdf::mm(104), 2);
  const WordBox* team = find_word(first, "council.tax@example.gov.uk");
  ASSERT_NE(team, nullptr);
  EXPECT_NEAR(team->left, pdf::mm(128.8), 1);
  EXPECT_NEAR(team->bottom, pdf::mm(82.2), 2);
  const WordBox* page = find_word(first, "Page");
  ASSERT_NE(page, nullptr);
  EXPECT_GE(page->top, pdf::mm(282));
}

TEST_F(LetterRendererTest, TP2_BodyIsSetInTwelveAndAHalfPoints) {
  NEEDS_TOOL("qpdf", "qpdf");
  TemporaryFile file(render(a_two_page_letter()).pdf);
  auto plain = run("qpdf --qdf --object-streams=disable " + file.path() + " -").output;
  for (const char* type :
       {"/F0 12.5 Tf", "/F1 12.5 Tf", "/F1 20 Tf", "/F1 14 Tf", "/F0 8 Tf", "/F0 10 Tf", "/F0 6 Tf"})
    EXPECT_NE(plain.find(type), std::string::npos) << type;
  EXPECT_NE(plain.find("/MediaBox [\n    0\n    0\n    595.276\n    841.89\n  ]"), std::string::npos);
}

TEST_F(LetterRendererTest, TP9_TagIsWhiteOnTheFirstPageOnlyAndInItsBox) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  auto letter = a_two_page_letter();
  TemporaryFile file(render(letter).pdf);
  auto first = words_on(file.path(), 1);
  const WordBox* tag = find_word(first, "NOTIFY");
  ASSERT_NE(tag, nullptr);
  EXPECT_NEAR(tag->left, pdf::mm(1.8), 0.5);
  EXPECT_GE(tag->top, 0);
  EXPECT_LE(tag->right, pdf::mm(15.191));
  EXPECT_LE(tag->bottom, pdf::mm(6.149));
  EXPECT_EQ(find_word(words_on(file.path(), 2), "NOTIFY"), nullptr);
  letter.notify_tag = false;
  EXPECT_EQ(text_of(letter).find("NOTIFY"), std::string::npos);
}

TEST_F(LetterRendererTest, TP9_TagCannotBeSeen) {
  NEEDS_TOOL("pdftoppm", "poppler-utils");
  TemporaryFile file(render(a_two_page_letter()).pdf);
  // The corner of the page as grey pixels behind a short header: all white.
  auto picture = run("pdftoppm -gray -r 72 -f 1 -l 1 -x 0 -y 0 -W 45 -H 20 " + file.path()).output;
  ASSERT_EQ(picture.substr(0, 3), "P5\n");
  EXPECT_EQ(picture.substr(picture.size() - 45 * 20), std::string(45 * 20, '\xFF'));
}

TEST_F(LetterRendererTest, TP7_PageNumbersInWelsh) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  auto letter = a_two_page_letter();
  letter.language = ports::LetterLanguage::welsh;
  auto text = text_of(letter);
  EXPECT_NE(text.find("Tudalen 1 o 2"), std::string::npos);
  EXPECT_NE(text.find("Tudalen 2 o 2"), std::string::npos);
  EXPECT_EQ(text.find("Page 1"), std::string::npos);
}

TEST_F(LetterRendererTest, TP14_TenPagesPassElevenNameCountAndLimit) {
  EXPECT_EQ(render(a_letter_of_pages(10)).page_count, 10);
  auto refused = renderer_->render(a_letter_of_pages(11));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(refused.error().message.find("11"), std::string::npos);
  EXPECT_NE(refused.error().message.find("10"), std::string::npos);
  auto unlimited = a_letter_of_pages(11);
  unlimited.page_limit.reset();
  EXPECT_EQ(render(unlimited).page_count, 11);
}

TEST_F(LetterRendererTest, TP10_WelshThenEnglishInOneDocumentNumberedApart) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  std::vector<ports::LetterInput> parts{a_letter_of_pages(2), a_letter_of_pages(3)};
  parts[0].language = ports::LetterLanguage::welsh;
  parts[0].blocks.emplace_back(a_paragraph("Croeso Україна"));
  parts[1].notify_tag = false;
  auto rendered = renderer_->render_parts(parts);
  ASSERT_TRUE(rendered) << rendered.error().message;
  EXPECT_EQ(rendered->page_count, 5);
  EXPECT_EQ(rendered->part_page_counts, (std::vector<int>{2, 3}));
  TemporaryFile file(rendered->pdf);
  auto text = run("pdftotext -raw " + file.path() + " -").output;
  std::size_t position = 0;
  for (const char* part :
       {"Tudalen 1 o 2", "Croeso Україна", "Tudalen 2 o 2", "MS A RESIDENT", "Page 1 of 3", "Page 3 of 3"}) {
    auto found = text.find(part, position);
    ASSERT_NE(found, std::string::npos) << part << " in\n" << text;
    position = found;
  }
  EXPECT_EQ(text.find("NOTIFY"), text.rfind("NOTIFY")) << "exactly one tag";
  EXPECT_NE(text.find("NOTIFY"), std::string::npos);
}

TEST_F(LetterRendererTest, TP14_LimitCountsAllParts) {
  std::vector<ports::LetterInput> parts{a_letter_of_pages(5), a_letter_of_pages(5)};
  EXPECT_TRUE(renderer_->render_parts(parts));
  parts[1] = a_letter_of_pages(6);
  auto refused = renderer_->render_parts(parts);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("11"), std::string::npos);
  EXPECT_EQ(renderer_->render_parts({}).error().kind, ErrorKind::invalid_input);
}

TEST_F(LetterRendererTest, EvenWithoutALimitNoLetterHasThousandsOfPages) {
  auto letter = a_letter_of_pages(1001);
  letter.page_limit.reset();
  EXPECT_EQ(renderer_->render(letter).error().kind, ErrorKind::invalid_input);
}

TEST_F(LetterRendererTest, TP15_PageBreaks) {
  auto letter = a_letter_of({"Hello"});
  letter.blocks.emplace_back(ports::LetterPageBreak{});
  EXPECT_EQ(render(letter).page_count, 1) << "nothing follows the break";
  letter.blocks.emplace_back(a_paragraph("Bye"));
  EXPECT_EQ(render(letter).page_count, 2);
  auto only_breaks = an_empty_letter();
  for (int i = 0; i < 5; ++i) only_breaks.blocks.emplace_back(ports::LetterPageBreak{});
  EXPECT_EQ(render(only_breaks).page_count, 1);
}

TEST_F(LetterRendererTest, ACharacterInNoFontIsAnErrorThatNamesIt) {
  auto refused = renderer_->render(a_letter_of({"a\U0001F9FFb"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(refused.error().message.find("\U0001F9FF"), std::string::npos);
  EXPECT_NE(refused.error().message.find("U+1F9FF"), std::string::npos);
}

TEST_F(LetterRendererTest, RefusesAddressesThatDoNotFitTheWindowAndOverlongCodes) {
  auto letter = a_letter_of({"x"});
  letter.address_lines.assign(8, "line");
  EXPECT_EQ(renderer_->render(letter).error().kind, ErrorKind::invalid_input);
  letter.address_lines.clear();
  EXPECT_EQ(renderer_->render(letter).error().kind, ErrorKind::invalid_input);
  letter = an_empty_letter();
  letter.blocks.emplace_back(ports::LetterQrCode{std::string(504, 'x')});
  EXPECT_TRUE(renderer_->render(letter));
  letter.blocks.emplace_back(ports::LetterQrCode{std::string(505, 'x')});
  EXPECT_NE(renderer_->render(letter).error().message.find("504"), std::string::npos);
}

TEST_F(LetterRendererTest, SameInputSameBytesWhateverCameBeforeAndInEveryThread) {
  auto letter = a_rich_letter();
  Bytes expected = render(letter).pdf;
  render(a_letter_of({"something else", "entirely"}));
  EXPECT_EQ(render(letter).pdf, expected);
  auto other = HarfbuzzLetterRenderer::create();
  ASSERT_TRUE(other);
  EXPECT_EQ((*other)->render(letter)->pdf, expected);
  std::vector<Bytes> results(4);
  std::vector<std::jthread> threads;
  for (Bytes& result : results) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) result = render(letter).pdf;
    });
  }
  threads.clear();
  for (const Bytes& result : results) EXPECT_EQ(result, expected);
}

TEST_F(LetterRendererTest, TheStructureTellsHeadingsParagraphsListsAndPicturesInOrder) {
  NEEDS_TOOL("pdfinfo", "poppler-utils");
  auto letter = a_letter_of({"Text"});
  letter.blocks.emplace_back(a_heading("Part"));
  letter.blocks.emplace_back(a_list(false, {"item"}));
  letter.blocks.emplace_back(ports::LetterQrCode{"payload"});
  TemporaryFile file(render(letter).pdf);
  auto tree = run("pdfinfo -struct-text " + file.path()).output;
  std::size_t position = 0;
  for (const char* part : {"Document", "P (block)", "MS A RESIDENT", "P (block)", "Council Tax Team", "1 July 2026",
                           "H1", "Your council tax bill", "P (block)", "Text", "H2", "Part", "L (block)", "LI",
                           "Lbl", "•", "LBody", "item", "Figure"}) {
    auto found = tree.find(part, position);
    ASSERT_NE(found, std::string::npos) << part << " in\n" << tree;
    position = found;
  }
  // Page numbers and the tag are not part of the letter.
  EXPECT_EQ(tree.find("Page 1"), std::string::npos) << tree;
  EXPECT_EQ(tree.find("NOTIFY"), std::string::npos) << tree;
}

TEST_F(LetterRendererTest, TitleAndLanguagesAreSaid) {
  NEEDS_TOOL("qpdf", "qpdf");
  std::vector<ports::LetterInput> parts{a_letter_of_pages(1), a_letter_of_pages(1)};
  parts[0].language = ports::LetterLanguage::welsh;
  parts[0].subject = "Tŷ";
  TemporaryFile file(renderer_->render_parts(parts)->pdf);
  auto plain = run("qpdf --qdf --object-streams=disable " + file.path() + " -").output;
  EXPECT_NE(plain.find("/Title <feff00540177>"), std::string::npos);
  EXPECT_NE(plain.find("/Lang (cy)"), std::string::npos);
  EXPECT_NE(plain.find("/Lang (en-GB)"), std::string::npos);
  EXPECT_NE(plain.find("/Marked true"), std::string::npos);
}

std::shared_ptr<const pdf::Picture> a_logo(bool transparent) {
  return std::make_shared<const pdf::Picture>(
      pdf::Picture{.width = 100,
                   .height = 50,
                   .ratio = 2,
                   .transparent = transparent,
                   .entries = "/Type/XObject/Subtype/Form/BBox[0 0 100 50]/Resources<<>>",
                   .content = "0 0 0 1 k 0 0 100 50 re f",
                   .mask_entries = {},
                   .mask = {}});
}

TEST_F(LetterRendererTest, TP8_LogoIsOnTheFirstPageOfEachPartAndStoredOnce) {
  NEEDS_TOOL("qpdf", "qpdf");
  std::vector<ports::LetterInput> parts{a_letter_of_pages(2), a_letter_of_pages(2)};
  for (auto& part : parts) {
    part.logo = a_logo(true);
    part.logo_name = "Exampleton";
  }
  TemporaryFile file(renderer_->render_parts(parts)->pdf);
  EXPECT_EQ(run("qpdf --check " + file.path()).status, 0);
  auto plain = run("qpdf --qdf --object-streams=disable " + file.path() + " -").output;
  auto count = [&](std::string_view text) {
    int found = 0;
    for (auto at = plain.find(text); at != std::string::npos; at = plain.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("/Logo Do"), 2);
  EXPECT_EQ(count("/Subtype /Form"), 1);
  EXPECT_EQ(count("/S /Transparency"), 2);
  EXPECT_EQ(count("/Alt (Exampleton)"), 2);
}

TEST_F(LetterRendererTest, LettersWithAndWithoutALogoDoNotMix) {
  auto letter = a_letter_of({"x"});
  Bytes without = render(letter).pdf;
  letter.logo = a_logo(false);
  EXPECT_NE(render(letter).pdf.find("/Logo "), std::string::npos);
  letter.logo = nullptr;
  EXPECT_EQ(render(letter).pdf, without);
}

TEST_F(LetterRendererTest, AMarkThatTheFirstFontLacksTakesItsLetterAlong) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  ASSERT_GE(renderer_->fonts().families(), 2U) << "run tools/setup, or install fonts-dejavu-core";
  // Liberation Sans has no combining horn above; DejaVu Sans has it, and the letter.
  EXPECT_NE(text_of(a_letter_of({"a\u033Fb"})).find("a\u033Fb"), std::string::npos);
}

TEST_F(LetterRendererTest, JoinedLettersCopyAsTheLettersThatWereTyped) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  ASSERT_GE(renderer_->fonts().families(), 2U) << "run tools/setup, or install fonts-dejavu-core";
  auto text = text_of(a_letter_of({"مرحبا"}));
  EXPECT_NE(text.find("مرحبا"), std::string::npos) << text;
}

TEST(LetterFonts, SettingNamesFilesForOneOrBothWeights) {
  auto files = parse_letter_fonts(" /a/R.ttf + /a/B.ttf ,/b/Both.ttc");
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].regular, "/a/R.ttf");
  EXPECT_EQ((*files)[0].bold, "/a/B.ttf");
  EXPECT_EQ((*files)[1].regular, "/b/Both.ttc");
  EXPECT_EQ((*files)[1].bold, "");
  EXPECT_FALSE((*files)[1].optional);
  EXPECT_EQ(parse_letter_fonts("")->size(), default_letter_fonts().size());
  for (const char* wrong : {"a+b+c", "+b", "a+", ",", "a,,b"}) {
    auto refused = parse_letter_fonts(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_NE(refused.error().message.find("REGULAR.ttf+BOLD.ttf"), std::string::npos);
  }
}

TEST(LetterFonts, OneFileServesForBothWeightsAndIsEmbeddedOnce) {
  NEEDS_TOOL("pdffonts", "poppler-utils");
  auto renderer = HarfbuzzLetterRenderer::create({{default_letter_fonts().front().regular, "", "x", false}});
  ASSERT_TRUE(renderer) << renderer.error().message << ": run tools/setup";
  TemporaryFile file((*renderer)->render(a_two_page_letter())->pdf);
  auto fonts = run("pdffonts " + file.path()).output;
  EXPECT_NE(fonts.find("LiberationSans"), std::string::npos);
  EXPECT_EQ(fonts.find("LiberationSans"), fonts.rfind("LiberationSans")) << fonts;
}

TEST_F(LetterRendererTest, APlainLetterIsSmall) {
  EXPECT_LT(render(a_letter_of({"Short and English."})).pdf.size(), 22'000u);
}

TEST_F(LetterRendererTest, AnEmptyLetterAndEmptyPartsAreFine) {
  ports::LetterInput bare{.address_lines = {"A"}, .contact_lines = {}, .date = "", .subject = "", .blocks = {}};
  EXPECT_EQ(render(bare).page_count, 1);
  bare.blocks.emplace_back(ports::LetterParagraph{});
  bare.blocks.emplace_back(ports::LetterList{});
  bare.blocks.emplace_back(a_paragraph(""));
  auto list = a_list(true, {""});
  list.items[0].lines.clear();
  bare.blocks.emplace_back(std::move(list));
  bare.contact_lines.assign(100, "line");
  EXPECT_EQ(render(bare).page_count, 1);
}

TEST_F(LetterRendererTest, DeepListsStayOnThePage) {
  auto list = a_list(false, {"deep"});
  for (int i = 0; i < 200; ++i) {
    auto outer = a_list(true, {"level"});
    outer.items[0].nested.push_back(std::move(list));
    list = std::move(outer);
  }
  auto letter = an_empty_letter();
  letter.blocks.emplace_back(std::move(list));
  EXPECT_GT(render(letter).page_count, 1);
}

TEST(HarfbuzzLetterRenderer, AMissingFontNamesFileAndPackage) {
  auto missing = HarfbuzzLetterRenderer::create({{"/nowhere/A.ttf", "/nowhere/B.ttf", "fonts-liberation2", false}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_NE(missing.error().message.find("/nowhere/A.ttf"), std::string::npos);
  EXPECT_NE(missing.error().message.find("fonts-liberation2"), std::string::npos);
  TemporaryFile no_font("this is not a font");
  EXPECT_EQ(HarfbuzzLetterRenderer::create({{no_font.path(), no_font.path(), "x", false}}).error().kind,
            ErrorKind::corrupt);
  EXPECT_EQ(HarfbuzzLetterRenderer::create({}).error().kind, ErrorKind::invalid_input);
}

}  // namespace
}  // namespace postroom::harfbuzz
