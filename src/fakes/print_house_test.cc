// The stub print house on a temporary folder: what it takes, what it refuses, what it answers.
#include "fakes/print_house.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "adapters/zip/zip_reader.h"
#include "adapters/zip/zip_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "fakes/print_house_pdf.h"
#include "fakes/small_pdf.h"

namespace postroom::fakes {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Bytes pdf_of(int pages) { return small_pdf(pages); }

std::string letter_name(std::string_view reference) {
  return fmt::format("NOTIFY.{}.D.2.C.20180202143015.PDF", reference);
}

constexpr std::string_view kA = "AAAAAAAAAAAAAAAA";
constexpr std::string_view kB = "BBBBBBBBBBBBBBBB";
constexpr std::string_view kZip = "NOTIFY.2018-02-02.2.001.lHl_TajiPV2cz_63B253.ZIP";

class PrintHouseTest : public testing::Test {
 protected:
  PrintHouseTest() {
    std::string pattern = (fs::temp_directory_path() / "postroom-house-XXXXXX").string();
    options_.root = ::mkdtemp(pattern.data());
    options_.open_zip = zip::StrictZipReader::open;
    set_log_sink([this](std::string_view line) { log_ += line; });
  }
  ~PrintHouseTest() override {
    set_log_sink(nullptr);
    fs::remove_all(options_.root);
  }

  void deliver(std::string_view zip_name, const std::vector<std::pair<std::string, Bytes>>& entries) {
    fs::create_directories(path("notify"));
    auto writer = zip::StoredZipWriter::create(path(fmt::format("notify/{}", zip_name)));
    ASSERT_TRUE(writer);
    for (const auto& [name, content] : entries) ASSERT_TRUE((*writer)->add(name, content));
    ASSERT_TRUE((*writer)->finish());
  }
  PrintHouseReport run() {
    auto house = PrintHouse::open(options_, clock_);
    EXPECT_TRUE(house) << house.error().message;
    auto report = (*house)->run_once();
    EXPECT_TRUE(report) << report.error().message;
    return *report;
  }
  std::string path(std::string_view name) const { return fmt::format("{}/{}", options_.root, name); }
  std::string text(std::string_view name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  PrintHouseOptions options_;
  MovableClock clock_{*parse_rfc3339("2018-02-02T17:55:07Z")};
  std::string log_;
};

TEST_F(PrintHouseTest, RS4_PrintsAcknowledgesAndAnswers) {
  deliver(kZip, {{letter_name(kA), pdf_of(1)}, {letter_name(kB), pdf_of(3)}});
  PrintHouseReport report = run();
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.zips, 1);
  EXPECT_EQ(report.sheets, 3);
  ASSERT_EQ(report.letters.size(), 2U);
  EXPECT_EQ(report.letters[1].pages, 3);
  EXPECT_EQ(report.letters[1].zip_name, kZip);
  EXPECT_THAT(report.response_files, ElementsAre("NOTIFY-20180202175507-RSP.TXT"));
  EXPECT_EQ(text("NOTIFY-20180202175507-RSP.TXT"),
            "AAAAAAAAAAAAAAAA|Sent|1|Sorted\nBBBBBBBBBBBBBBBB|Sent|2|Sorted\n");
  EXPECT_THAT(report.acknowledgement_files, ElementsAre("NOTIFY.20180202175507.ACK.txt"));
  EXPECT_EQ(text("root/dispatch/NOTIFY.20180202175507.ACK.txt"), fmt::format("{}|20180202175507\n", kZip));
  EXPECT_TRUE(fs::exists(path(fmt::format("done/{}", kZip))));
  EXPECT_TRUE(fs::is_empty(path("notify")));
}

std::string record(std::string_view reference, std::string_view body = "text") {
  return fmt::format("140|500|001||{}|||||||||||||Ann||1 Road|||||LS1 4AP|||||||||{}\n", reference, body);
}

TEST_F(PrintHouseTest, LG5_PrintsRecordFiles) {
  const std::string name = "Notify-201802021740-rq.txt";
  fs::create_directories(path("notify"));
  std::ofstream(path("notify/" + name)) << record(kA) << record(kB, std::string(6000, 'x'));
  options_.failing_references = {std::string(kA)};
  PrintHouseReport report = run();
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.zips, 1);
  EXPECT_EQ(text("NOTIFY-20180202175507-RSP.TXT"),
            "AAAAAAAAAAAAAAAA|Failed|1|Sorted\nBBBBBBBBBBBBBBBB|Sent|2|Sorted\n");
  EXPECT_EQ(text("root/dispatch/NOTIFY.20180202175507.ACK.txt"), name + "|20180202175507\n");
  EXPECT_TRUE(fs::exists(path("done/" + name)));
}

TEST_F(PrintHouseTest, LG1_RefusesFaultyRecordFiles) {
  struct Case {
    std::string content, fault;
  };
  int minute = 10;
  for (const Case& c : std::initializer_list<Case>{
           {"", "is empty"},
           {"a|b\n", "line 1 has not 34 fields"},
           {record(kA) + record(kA), "line 2 has a reference that was there before"},
           {record("short"), "16 capitals"},
           {record(kA, ""), "no text"},
           {record(kA, "x\r"), "carriage return"},
           {record(kA, "\xff"), "UTF-8"},
           {record(kA).substr(0, record(kA).size() - 1), "ends within a line"},
       }) {
    const std::string name = fmt::format("Notify-2018020217{}-rq.txt", minute++);
    fs::create_directories(path("notify"));
    std::ofstream(path("notify/" + name)) << c.content;
    PrintHouseReport report = run();
    EXPECT_EQ(report.zips_refused, 1) << c.fault;
    EXPECT_THAT(report.problems, testing::Contains(HasSubstr(c.fault)));
    EXPECT_TRUE(fs::exists(path("refused/" + name)));
  }
}

TEST_F(PrintHouseTest, QuietRunWritesNothing) {
  PrintHouseReport report = run();
  EXPECT_EQ(report.zips, 0);
  EXPECT_THAT(report.response_files, IsEmpty());
  EXPECT_TRUE(fs::is_empty(path("root/dispatch")));
}

TEST_F(PrintHouseTest, LeavesPartialFilesAlone) {
  fs::create_directories(path("notify"));
  std::ofstream(path("notify/NOTIFY.X.ZIP.part")) << "half";
  PrintHouseReport report = run();
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_TRUE(fs::exists(path("notify/NOTIFY.X.ZIP.part")));
}

TEST_F(PrintHouseTest, AK6_P14_AcknowledgementsNeverOverwriteEachOther) {
  deliver("NOTIFY.A.ZIP", {{letter_name(kA), pdf_of(1)}});
  deliver("NOTIFY.B.ZIP", {{letter_name(kB), pdf_of(1)}});
  EXPECT_THAT(run().acknowledgement_files,
              ElementsAre("NOTIFY.20180202175507.ACK.txt", "NOTIFY.20180202175508.ACK.txt"));
}

TEST_F(PrintHouseTest, AK6_AcknowledgesByTheNameOfTheZip) {
  options_.acknowledgement_form = AcknowledgementForm::per_zip;
  deliver("NOTIFY.A.ZIP", {{letter_name(kA), pdf_of(1)}});
  EXPECT_THAT(run().acknowledgement_files, ElementsAre("NOTIFY.A.ZIP.ACK.TXT"));
  EXPECT_EQ(text("root/dispatch/NOTIFY.A.ZIP.ACK.TXT"), "NOTIFY.A.ZIP|20180202175507\n");
}

TEST_F(PrintHouseTest, P60_AcknowledgementsCarryLocalTime) {
  auto zone = TimeZone::load("Europe/London");
  ASSERT_TRUE(zone);
  options_.zone = &*zone;
  clock_.set(*parse_rfc3339("2018-07-02T23:30:00Z"));
  deliver("NOTIFY.A.ZIP", {{letter_name(kA), pdf_of(1)}});
  PrintHouseReport report = run();
  EXPECT_THAT(report.acknowledgement_files, ElementsAre("NOTIFY.20180703003000.ACK.txt"));
  EXPECT_THAT(report.response_files, ElementsAre("NOTIFY-20180702233000-RSP.TXT"));
}

TEST_F(PrintHouseTest, TroubleOnDemand) {
  options_.failing_references = {std::string(kA)};
  options_.miscounted_references = {std::string(kB)};
  options_.withhold_acknowledgements = true;
  options_.unsorted_percent = 100;
  deliver(kZip, {{letter_name(kA), pdf_of(2)}, {letter_name(kB), pdf_of(2)}});
  PrintHouseReport report = run();
  EXPECT_TRUE(report.letters[0].is_failed);
  EXPECT_EQ(text("NOTIFY-20180202175507-RSP.TXT"),
            "AAAAAAAAAAAAAAAA|Failed|1|Unsorted\nBBBBBBBBBBBBBBBB|Sent|2|Unsorted\n");
  EXPECT_TRUE(fs::is_empty(path("root/dispatch")));
}

TEST_F(PrintHouseTest, WithheldAnswersComeLaterEvenAfterARestart) {
  options_.withhold_responses = true;
  deliver("NOTIFY.A.ZIP", {{letter_name(kA), pdf_of(1)}});
  EXPECT_THAT(run().response_files, IsEmpty());
  options_.withhold_responses = false;
  clock_.advance(std::chrono::hours(20));
  EXPECT_THAT(run().response_files, ElementsAre("NOTIFY-20180203135507-RSP.TXT"));
  EXPECT_EQ(text("NOTIFY-20180203135507-RSP.TXT"), "AAAAAAAAAAAAAAAA|Sent|1|Sorted\n");
  EXPECT_THAT(run().response_files, IsEmpty()) << "answered once";
}

TEST_F(PrintHouseTest, PrintedTwiceIsReportedLoudlyAcrossRuns) {
  deliver("NOTIFY.A.ZIP", {{letter_name(kA), pdf_of(1)}});
  EXPECT_THAT(run().problems, IsEmpty());
  deliver("NOTIFY.B.ZIP", {{letter_name(kA), pdf_of(1)}, {letter_name(kB), pdf_of(1)}});
  EXPECT_THAT(run().problems,
              ElementsAre("PRINTED TWICE: AAAAAAAAAAAAAAAA in NOTIFY.B.ZIP was printed before from NOTIFY.A.ZIP"));
  EXPECT_THAT(log_, HasSubstr("print_house.printed_twice"));
  deliver("NOTIFY.A.ZIP", {{letter_name(kA), pdf_of(1)}});
  EXPECT_EQ(run().problems.size(), 1U) << "the same zip again is also twice";
}

TEST_F(PrintHouseTest, RefusesAZipWithAFaultWhole) {
  struct Case {
    std::string name;
    Bytes content;
    std::string fault;
  };
  Bytes pdf = pdf_of(1);
  std::vector<Case> cases = {
      {"letter.pdf", pdf, "is not NOTIFY.reference"},
      {"NOTIFY.AAAAAAAAAAAAAAAA.D.2.C.20180202143015.pdf", pdf, "is not NOTIFY.reference"},
      {letter_name("aaaaaaaaaaaaaaaa"), pdf, "is not NOTIFY.reference"},
      {letter_name(kA), "", "does not start with %PDF"},
      {letter_name(kA), "<html>", "does not start with %PDF"},
      {letter_name(kA), pdf.substr(0, pdf.size() - 6), "does not end with %%EOF"},
      {letter_name(kA), "%PDF-1.4\nnothing\n%%EOF", "is no readable PDF"},
      {letter_name(kA), pdf_of(0), "has no page"},
      {"NOTIFY.BBBBBBBBBBBBBBBB.D.1.C.20180202143015.PDF", pdf, "holds BBBBBBBBBBBBBBBB twice"},
  };
  for (const Case& c : cases) {
    deliver("NOTIFY.A.ZIP", {{letter_name(kB), pdf}, {c.name, c.content}});
    PrintHouseReport report = run();
    EXPECT_EQ(report.zips_refused, 1) << c.fault;
    EXPECT_EQ(report.zips, 0);
    EXPECT_THAT(report.problems, ElementsAre(HasSubstr(c.fault)));
    EXPECT_THAT(report.response_files, IsEmpty());
    EXPECT_TRUE(fs::exists(path("refused/NOTIFY.A.ZIP")));
  }
  EXPECT_TRUE(fs::is_empty(path("root/dispatch")));
}

TEST_F(PrintHouseTest, RefusesWhatIsNoZipOrBadlyNamedAndGoesOn) {
  fs::create_directories(path("notify"));
  std::ofstream(path("notify/NOTIFY.CUT.ZIP")) << "PK\x03\x04 half";
  deliver("other.zip", {{letter_name(kA), pdf_of(1)}});
  deliver("NOTIFY.EMPTY.ZIP", {});
  deliver("NOTIFY.GOOD.ZIP", {{letter_name(kB), pdf_of(1)}});
  PrintHouseReport report = run();
  EXPECT_EQ(report.zips_refused, 3);
  EXPECT_EQ(report.zips, 1);
  EXPECT_EQ(report.problems.size(), 3U);
}

TEST_F(PrintHouseTest, NeedsItsFolder) {
  options_.root += "/none";
  auto house = PrintHouse::open(options_, clock_);
  ASSERT_FALSE(house);
  EXPECT_EQ(house.error().kind, ErrorKind::invalid_input);
  options_.root = fs::path(options_.root).parent_path();
}

TEST(LetterName, RF3_BothPeriodsAndEveryClass) {
  for (std::string_view name :
       {"NOTIFY.ABCDEFGHIJ012345.D.2.C.C.20180202143015.PDF", "NOTIFY.ABCDEFGHIJ012345.D.1.C.N.20180202143015.PDF",
        "NOTIFY.ABCDEFGHIJ012345.D.E.C.20210318143015.PDF", "NOTIFY.ABCDEFGHIJ012345.D.N.C.20210318143015.PDF",
        "NOTIFY.ABCDEFGHIJ012345.D.ECONOMY.C.20250318143015.PDF"}) {
    EXPECT_EQ(reference_of_letter_name(name), "ABCDEFGHIJ012345") << name;
  }
  for (std::string_view name :
       {"", "NOTIFY", "NOTIFY.ABCDEFGHIJ01234.D.2.C.20180202143015.PDF",
        "NOTIFY.ABCDEFGHIJ012345.S.2.C.20180202143015.PDF", "NOTIFY.ABCDEFGHIJ012345.D.3.C.20180202143015.PDF",
        "NOTIFY.ABCDEFGHIJ012345.D.2.M.20180202143015.PDF", "NOTIFY.ABCDEFGHIJ012345.D.2.C.X.20180202143015.PDF",
        "NOTIFY.ABCDEFGHIJ012345.D.2.C.2018020214301.PDF", "NOTIFY.ABCDEFGHIJ012345.D.2.C.20180202143015.PDF.PDF",
        "2018-02-02/NOTIFY.ABCDEFGHIJ012345.D.2.C.20180202143015.PDF"}) {
    EXPECT_EQ(reference_of_letter_name(name), "") << name;
  }
}

}  // namespace
}  // namespace postroom::fakes
