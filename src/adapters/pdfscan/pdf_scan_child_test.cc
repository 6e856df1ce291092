// Varied: processes that die, hang, talk nonsense or are missing; files made to take time or memory; what the
// sandbox refuses.
#include "adapters/pdfscan/pdf_scan_child.h"

#include <gtest/gtest.h>

#include "adapters/pdfscan/testing.h"

namespace postroom::pdfscan {
namespace {

using testing::made;
using testing::made_stream;

class StandIn {
 public:
  // A program that counts its starts and then does what `script` says.
  explicit StandIn(const std::string& script) : file_("#!/bin/sh\necho x >> $0.starts\n" + script + "\n") {
    std::filesystem::permissions(file_.path(), std::filesystem::perms::owner_all);
  }
  ScanOptions options() const {
    return {.program = file_.path(), .allowance = {}, .time_max = std::chrono::milliseconds{1500}};
  }
  auto starts() const { return std::filesystem::file_size(file_.path() + ".starts") / 2; }

 private:
  testing::TemporaryFile file_;
};

TEST(PdfScanChild, TriesTwiceWhenTheProcessBreaks) {
  for (const char* script : {"kill -9 $$", "kill -SEGV $$", "exit 1", "exit 7", "exec sleep 30"}) {
    StandIn program(script);
    auto facts = PdfScanChild(program.options()).look("x", {});
    ASSERT_FALSE(facts) << script;
    EXPECT_EQ(facts.error().kind, ErrorKind::invalid_input) << script;
    EXPECT_EQ(program.starts(), 2U) << script;
  }
  StandIn second(R"([ $(wc -l < $0.starts) = 2 ] || exit 9; printf '{"version":1,"ok":true,"bytes":3}\npng')");
  auto image = PdfScanChild(second.options()).page_image("x", {});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(*image, "png");
}

TEST(PdfScanChild, AnotherReleaseOrNonsenseIsInternal) {
  for (const char* script :
       {"exit 5", "echo hello", R"(printf '{"version":1,"ok":true,"bytes":30}\nshort')",
        R"(printf '{"version":9,"ok":true,"bytes":0}\n')", R"(printf '{"version":1,"ok":true,"bytes":2}\n{}')"}) {
    StandIn program(script);
    auto facts = PdfScanChild(program.options()).look("x", {});
    ASSERT_FALSE(facts) << script;
    EXPECT_EQ(facts.error().kind, ErrorKind::internal) << script;
    EXPECT_EQ(program.starts(), 1U) << script;
  }
}

TEST(PdfScanChild, WithoutTheProgramOrItsSandboxItIsLater) {
  auto facts = PdfScanChild({.program = "/nonexistent/postroom-pdfscan"}).look("x", {});
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().kind, ErrorKind::retry_later);
  StandIn unlocked("exit 6");
  facts = PdfScanChild(unlocked.options()).look("x", {});
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().kind, ErrorKind::retry_later);
}

TEST(PdfScanChild, LooksBesideTheRunningProgram) {
  EXPECT_EQ(std::filesystem::path(default_scan_program()).filename(), "postroom-pdfscan");
  EXPECT_EQ(std::filesystem::path(default_scan_program()).parent_path(),
            std::filesystem::read_symlink("/proc/self/exe").parent_path());
}

TEST(PdfScanChild, RefusesWhatIsTooLarge) {
  auto facts = testing::scanner().look(Bytes(kPdfBytesMax + 1, 'x'), {});
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().kind, ErrorKind::invalid_input);
}

TEST(PdfScanChild, FilesThatEatTimeAreRefused) {
  // Thirty forms, each drawing the next one ten times.
  testing::OnePage one{.content = "/X5 Do", .resources = "/XObject<</X5 5 0 R>>"};
  for (int i = 5; i < 35; ++i) {
    std::string next = std::to_string(i + 1);
    std::string content = i == 34 ? "0 0 5 5 re f" : "";
    for (int k = 0; k < 10 && i < 34; ++k) content += "/X" + next + " Do ";
    one.more.push_back(made_stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 500 800]/Resources<</XObject<</X" + next + " " + next + " 0 R>>>>",
        content));
  }
  auto facts = testing::scanner({.cpu_seconds = 1, .memory_megabytes = 200}).look(made(one), {});
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().kind, ErrorKind::invalid_input);
}

TEST(PdfScanChild, FilesThatEatMemoryAreRefused) {
  // 168 MB of zeros as a picture, which packed twice take a few kilobytes.
  std::string twice = testing::deflated(testing::deflated(std::string(168'000'000, '\0')));
  Bytes pdf = made({.content = "500 0 0 500 0 0 cm /Im Do",
                    .resources = "/XObject<</Im 5 0 R>>",
                    .more = {made_stream("/Type/XObject/Subtype/Image/Width 8000/Height 7000/BitsPerComponent 8"
                                         "/ColorSpace/DeviceRGB/Filter[/FlateDecode/FlateDecode]",
                                         twice)}});
  ASSERT_LT(pdf.size(), 100'000U);
  auto small = testing::scanner({.cpu_seconds = 10, .memory_megabytes = 100});
  auto rewritten = small.rewrite(pdf, {});
  ASSERT_FALSE(rewritten);
  EXPECT_EQ(rewritten.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(rewritten.error().message.find("100 MB"), std::string::npos) << rewritten.error().message;
  // Drawing takes only as many pixels as the page has.
  EXPECT_TRUE(small.page_image(pdf, {}));
}

TEST(PdfScanChild, SandboxRefusesEverythingButComputing) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers call what the sandbox refuses";
#endif
  std::string report = testing::output_of(testing::scan_program() + " --self-test 2>/dev/null | cat");
  EXPECT_EQ(report.find("ALLOWED"), std::string::npos) << report;
  for (const char* name :
       {"socket", "unix socket", "read a file", "write a file", "look at a file", "execute", "fork", "trace",
        "kill", "executable memory", "write to standard error", "raise limits", "much memory"})
    EXPECT_NE(report.find(std::string(name) + ": refused"), std::string::npos) << name << "\n" << report;
}

}  // namespace
}  // namespace postroom::pdfscan
