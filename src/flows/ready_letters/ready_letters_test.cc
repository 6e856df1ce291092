// Varied: what scanner, check and storage say, and the step after which the process ends. Whatever happens, the
// repeat brings the letter to where one run would have: one file at one place, and a row that agrees with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/log.h"
#include "flows/ready_letters/letter_filing.h"
#include "flows/ready_letters/letter_rescan.h"
#include "flows/ready_letters/letter_scan.h"
#include "flows/ready_letters/testing.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::Postage;
using ports::Bucket;
using ports::ScanVerdict;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ReadyLetterWorld;
using enum NotificationStatus;

class ReadyLettersTest : public ::testing::Test {
 protected:
  ReadyLettersTest() {
    set_log_sink([this](std::string_view line) { log_ += std::string(line) + "\n"; });
  }
  ~ReadyLettersTest() override { set_log_sink(nullptr); }

  std::string name(const Notification& letter, std::optional<Postage> postage = {}) {
    return letters::pdf_file_name(letter.reference, postage.value_or(*letter.postage), letter.created_at);
  }
  std::string scan_key(const Notification& letter) { return "letters-scan/" + name(letter); }
  std::string day_key(const Notification& letter, std::optional<Postage> postage = {}) {
    return "letters-pdf/2026-03-02/" + name(letter, postage);
  }
  std::string original(const Notification& letter) {
    return "letters-precompiled-originals-backup/" + letter.id.text() + ".pdf";
  }
  // Scan, then whatever tasks follow.
  Result<void> run(const Notification& letter) {
    POSTROOM_CHECK(w_.scan.scan(letter.id));
    return w_.filing.sanitise(letter.id);
  }
  const Notification& at(const Notification& letter) { return w_.notifications.at(letter.id); }
  std::vector<std::string> causes(const Notification& letter) {
    std::vector<std::string> out;
    const auto events = w_.notifications.events(letter.id);
    for (const auto& event : *events) out.push_back(event.cause);
    return out;
  }

  std::string log_;
  ReadyLetterWorld w_;
};

TEST_F(ReadyLettersTest, AV1_a_clean_file_goes_on_to_its_check) {
  const Notification letter = w_.put();
  ASSERT_TRUE(w_.scan.scan(letter.id));
  EXPECT_EQ(at(letter).status, pending_virus_check);
  EXPECT_THAT(w_.keys(), ElementsAre(scan_key(letter)));
  const auto tasks = w_.tasks.rows();
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].task.kind, ports::kSanitiseLetter);
  EXPECT_EQ(tasks[0].task.queue, ports::kLettersQueue);
  EXPECT_THAT(causes(letter), ElementsAre("scan.clean"));
}

TEST_F(ReadyLettersTest, AV1_an_infected_file_is_set_aside_and_logged_as_an_error) {
  const Notification letter = w_.put();
  w_.scanner.report = ports::ScanReport(ScanVerdict::infected, "Eicar-Test-Signature");
  ASSERT_TRUE(w_.scan.scan(letter.id));
  EXPECT_EQ(at(letter).status, virus_scan_failed);
  EXPECT_EQ(at(letter).billable_units, 0);
  EXPECT_THAT(w_.keys(), ElementsAre("letters-scan/FAILURE/" + name(letter)));
  EXPECT_TRUE(w_.tasks.rows().empty());
  EXPECT_EQ(w_.notifications.events(letter.id)->at(0).detail, "Eicar-Test-Signature");
  EXPECT_NE(log_.find("Eicar-Test-Signature"), std::string::npos);
  EXPECT_NE(log_.find("error"), std::string::npos);
}

TEST_F(ReadyLettersTest, AV2_whatever_the_scanner_cannot_say_waits) {
  const Notification letter = w_.put();
  for (ErrorKind kind : {ErrorKind::retry_later, ErrorKind::rejected}) {
    w_.scanner.report = fail(kind, "INSTREAM size limit exceeded.");
    EXPECT_EQ(w_.scan.scan(letter.id).error().kind, ErrorKind::retry_later);
  }
  w_.ports.scanner = nullptr;
  EXPECT_EQ(w_.scan.scan(letter.id).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(at(letter).status, pending_virus_check);
  EXPECT_THAT(w_.keys(), ElementsAre(scan_key(letter)));
  EXPECT_TRUE(w_.tasks.rows().empty()) << "nothing opens the file";
}

TEST_F(ReadyLettersTest, AV1_T20_retries_used_up_set_the_file_aside) {
  const Notification letter = w_.put();
  ASSERT_TRUE(w_.scan.give_up(letter.id, "the scanner is away"));
  EXPECT_EQ(at(letter).status, technical_failure);
  EXPECT_THAT(w_.keys(), ElementsAre("letters-scan/ERROR/" + name(letter)));
  EXPECT_NE(log_.find("the scanner is away"), std::string::npos);
  const Notification other = w_.put();
  ASSERT_TRUE(w_.filing.give_up(other.id, "no pdfscan"));
  EXPECT_EQ(at(other).status, technical_failure);
  EXPECT_TRUE(w_.has("letters-scan/ERROR/" + name(other)));
  EXPECT_FALSE(w_.has(scan_key(other)));
}

TEST_F(ReadyLettersTest, SA13_T10_a_checked_letter_takes_over_what_its_file_says) {
  const Notification letter = w_.put();
  w_.pdf.pages = 3;
  ASSERT_TRUE(run(letter));
  const Notification& filed = at(letter);
  EXPECT_EQ(filed.status, created);
  EXPECT_EQ(filed.billable_units, 2);
  EXPECT_EQ(filed.to, "Ada Reader\n7 Mill Lane\nSW1A 1AA");
  EXPECT_EQ(filed.normalised_to, "adareader7milllanesw1a1aa");
  EXPECT_EQ(filed.postage, Postage::second);
  EXPECT_FALSE(filed.international);
  EXPECT_EQ(filed.updated_at, w_.clock.now());
  EXPECT_THAT(w_.keys(), ElementsAre(day_key(letter), original(letter)));
  EXPECT_EQ(w_.content(day_key(letter)), w_.pdf.rewritten);
  EXPECT_EQ(w_.content(original(letter)), w_.kPdf);
  EXPECT_THAT(causes(letter), ElementsAre("scan.clean", "checks.passed"));
  ASSERT_EQ(w_.noticed.size(), 1u);
}

TEST_F(ReadyLettersTest, SA13_T11_a_test_letter_is_delivered_and_counted) {
  const Notification letter = w_.put([](Notification& n) { n.key_type = accounts::KeyType::test; });
  ASSERT_TRUE(w_.scan.scan(letter.id));
  EXPECT_EQ(w_.tasks.rows().at(0).task.queue, ports::kResearchQueue);
  ASSERT_TRUE(w_.filing.sanitise(letter.id));
  EXPECT_EQ(at(letter).status, delivered);
  EXPECT_EQ(at(letter).billable_units, 1);
  EXPECT_THAT(w_.keys(), ElementsAre(original(letter), "test-letters/" + name(letter)));
}

TEST_F(ReadyLettersTest, SA14_abroad_the_address_decides_the_postage_and_the_name) {
  const struct {
    std::optional<Postage> asked;
    std::string last_line;
    bool international_service;
    std::optional<Postage> result;  // none: refused
  } kRows[] = {{Postage::first, "SW1A 1AA", true, Postage::first},
               {Postage::second, "SW1A 1AA", false, Postage::second},
               {Postage::first, "Germany", true, Postage::europe},
               {Postage::economy, "Japan", true, Postage::rest_of_world},
               {Postage::first, "Germany", false, std::nullopt}};
  for (const auto& row : kRows) {
    w_.set_international(row.international_service);
    w_.pdf.address = {"Ada Reader", "7 Mill Lane", row.last_line};
    const Notification letter = w_.put([&](Notification& n) { n.postage = row.asked; });
    ASSERT_TRUE(run(letter)) << row.last_line;
    if (!row.result) {
      EXPECT_EQ(at(letter).status, validation_failed);
      EXPECT_EQ(w_.care.faults[letter.id].code, "cant-send-international-letters");
      continue;
    }
    EXPECT_EQ(at(letter).postage, row.result) << row.last_line;
    EXPECT_EQ(at(letter).international, row.result > Postage::economy);
    EXPECT_TRUE(w_.has(day_key(letter, row.result)));
    EXPECT_FALSE(w_.has(scan_key(letter)));
    EXPECT_EQ(LetterFiles(w_.blobs, w_.calendar).find(at(letter))->blob.key,
              day_key(letter, row.result).substr(std::string("letters-pdf/").size()));
  }
}

TEST_F(ReadyLettersTest, SA13_T13_a_refused_file_is_kept_with_its_fault) {
  const Notification letter = w_.put();
  w_.pdf.pages = 11;
  ASSERT_TRUE(run(letter));
  EXPECT_EQ(at(letter).status, validation_failed);
  EXPECT_EQ(at(letter).billable_units, 0);
  EXPECT_EQ(at(letter).to, "Provided as PDF");
  EXPECT_THAT(w_.keys(), ElementsAre("letters-invalid-pdf/" + name(letter), original(letter)));
  EXPECT_EQ(w_.content("letters-invalid-pdf/" + name(letter)), w_.kPdf) << "as it came";
  EXPECT_EQ(w_.care.faults[letter.id],
            (ports::LetterFault{.code = "letter-too-long", .pages = {}, .page_count = 11}));
  EXPECT_EQ(*LetterFiles(w_.blobs, w_.calendar).read(at(letter)), w_.kPdf);
}

TEST_F(ReadyLettersTest, X94_X95_whoever_does_not_wait_is_left_alone) {
  const Notification cancelled_one = w_.put();
  ASSERT_TRUE(w_.scan.scan(cancelled_one.id));
  w_.notifications.at(cancelled_one.id).status = cancelled;
  ASSERT_TRUE(w_.filing.sanitise(cancelled_one.id));
  EXPECT_EQ(at(cancelled_one).status, cancelled);
  EXPECT_THAT(w_.keys(), IsEmpty());

  const Notification twice = w_.put();
  ASSERT_TRUE(run(twice));
  const Notification after = at(twice);
  w_.pdf.pages = 5;
  ASSERT_TRUE(w_.scan.scan(twice.id));
  ASSERT_TRUE(w_.filing.sanitise(twice.id));
  EXPECT_EQ(at(twice), after);
}

TEST_F(ReadyLettersTest, X94_cancelled_while_it_is_filed_stays_cancelled) {
  const Notification letter = w_.put();
  ASSERT_TRUE(w_.scan.scan(letter.id));
  w_.pdf.on_rewrite = [&] { w_.notifications.at(letter.id).status = cancelled; };
  ASSERT_TRUE(w_.filing.sanitise(letter.id));
  EXPECT_EQ(at(letter).status, cancelled);
  EXPECT_THAT(w_.keys(), IsEmpty()) << "no copy is left behind";
}

// Ends the process after step k: every call to storage or store from there on fails. Then everything is well again
// and the task repeats.
TEST_F(ReadyLettersTest, SA13_every_cut_is_mended_by_the_repeat) {
  const struct {
    const char* what;
    std::function<void(ReadyLetterWorld&)> script;
    NotificationStatus end;
  } kCases[] = {
      {"passes", [](ReadyLetterWorld&) {}, created},
      {"abroad", [](ReadyLetterWorld& w) { w.set_international(true), w.pdf.address.back() = "France"; }, created},
      {"refused", [](ReadyLetterWorld& w) { w.pdf.pages = 11; }, validation_failed},
      {"infected", [](ReadyLetterWorld& w) { w.scanner.report = ports::ScanReport(ScanVerdict::infected, "X"); },
       virus_scan_failed},
  };
  for (const auto& row : kCases) {
    std::vector<std::string> whole;
    Notification whole_row;
    int steps = 0;
    for (int cut = -1; cut < 0 || cut <= steps; ++cut) {
      ReadyLetterWorld w;
      row.script(w);
      const Notification letter = w.put();
      auto attempt = [&] {
        auto scanned = w.scan.scan(letter.id);
        if (scanned && w.notifications.at(letter.id).status != virus_scan_failed)
          (void)w.filing.sanitise(letter.id);
      };
      if (cut >= 0) w.faults.allow(cut);
      attempt();
      w.faults.heal();
      if (cut >= 0) attempt();
      const Notification& end = w.notifications.at(letter.id);
      ASSERT_EQ(end.status, row.end) << row.what << " cut " << cut;
      auto keys = w.keys();
      if (cut < 0) {
        steps = w.faults.calls();
        ASSERT_GE(steps, 3);
        whole = keys;
        whole_row = end;
        continue;
      }
      EXPECT_EQ(keys, whole) << row.what << " cut " << cut;
      EXPECT_EQ(end.billable_units, whole_row.billable_units) << row.what << " cut " << cut;
      EXPECT_EQ(end.to, whole_row.to) << row.what << " cut " << cut;
      EXPECT_EQ(end.postage, whole_row.postage) << row.what << " cut " << cut;
    }
  }
}

TEST_F(ReadyLettersTest, SA13_a_row_that_cannot_be_changed_now_is_changed_by_the_repeat) {
  for (int pages : {1, 11}) {
    const Notification letter = w_.put();
    w_.pdf.pages = pages;
    ASSERT_TRUE(w_.scan.scan(letter.id));
    w_.care.pass_fault.count = w_.care.fail_fault.count = 1;
    EXPECT_FALSE(w_.filing.sanitise(letter.id));
    EXPECT_EQ(at(letter).status, pending_virus_check);
    EXPECT_TRUE(w_.has(scan_key(letter))) << "the source goes last";
    w_.care.pass_fault.count = w_.care.fail_fault.count = 0;
    ASSERT_TRUE(w_.filing.sanitise(letter.id));
    EXPECT_EQ(at(letter).status, pages == 1 ? created : validation_failed);
    EXPECT_FALSE(w_.has(scan_key(letter)));
  }
}

TEST_F(ReadyLettersTest, T20_every_cut_of_giving_up_is_mended) {
  for (bool by_scan : {true, false}) {
    int steps = 0;
    for (int cut = -1; cut < 0 || cut <= steps; ++cut) {
      ReadyLetterWorld w;
      const Notification letter = w.put();
      auto give_up = [&] {
        (void)(by_scan ? w.scan.give_up(letter.id, "away") : w.filing.give_up(letter.id, "away"));
      };
      if (cut >= 0) w.faults.allow(cut);
      give_up();
      w.faults.heal();
      if (cut >= 0) give_up();
      if (cut < 0) steps = w.faults.calls();
      EXPECT_EQ(w.notifications.at(letter.id).status, technical_failure) << cut;
      EXPECT_THAT(w.keys(), ElementsAre("letters-scan/ERROR/" + name(letter))) << cut;
    }
  }
}

TEST_F(ReadyLettersTest, SA13_created_without_a_file_gets_it) {
  const Notification letter = w_.put();
  ASSERT_TRUE(run(letter));
  w_.remove(day_key(letter));
  ASSERT_TRUE(w_.filing.sanitise(letter.id)) << "from the original";
  EXPECT_EQ(w_.content(day_key(letter)), w_.pdf.rewritten);
}

TEST_F(ReadyLettersTest, SR6_letters_that_could_not_be_checked_are_checked_again) {
  const Notification given_up = w_.put(), waiting = w_.put(), infected = w_.put(), lost = w_.put();
  ASSERT_TRUE(w_.scan.give_up(given_up.id, "away"));
  ASSERT_TRUE(w_.scan.give_up(lost.id, "away"));
  w_.remove("letters-scan/ERROR/" + name(lost));
  w_.notifications.at(infected.id).status = virus_scan_failed;
  const std::vector<std::string> references{given_up.reference, waiting.reference, infected.reference,
                                            lost.reference, "AAAABBBBCCCCDDDD"};
  auto summary = w_.rescan.rescan(references);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->asked_again, 2);
  EXPECT_THAT(summary->left_alone, ElementsAre(infected.reference));
  EXPECT_THAT(summary->without_file, ElementsAre(lost.reference));
  EXPECT_THAT(summary->unknown, ElementsAre("AAAABBBBCCCCDDDD"));
  EXPECT_EQ(at(given_up).status, pending_virus_check);
  EXPECT_EQ(w_.tasks.rows().size(), 2u);
  ASSERT_TRUE(run(given_up));
  EXPECT_EQ(at(given_up).status, created);
  EXPECT_FALSE(w_.has("letters-scan/ERROR/" + name(given_up)));
  EXPECT_FALSE(w_.has(scan_key(given_up)));
}

TEST_F(ReadyLettersTest, SR6_all_errors_at_once) {
  const Notification one = w_.put(), two = w_.put(), fine = w_.put();
  ASSERT_TRUE(w_.scan.give_up(one.id, "away"));
  ASSERT_TRUE(w_.filing.give_up(two.id, "away"));
  auto summary = w_.rescan.rescan_errors();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->asked_again, 2);
  EXPECT_EQ(w_.tasks.rows().size(), 2u);
  EXPECT_EQ(at(fine).status, pending_virus_check);
}

TEST_F(ReadyLettersTest, SR7_the_file_is_made_anew_from_the_original) {
  const Notification letter = w_.put();
  ASSERT_TRUE(run(letter));
  w_.pdf.rewritten = "%PDF made better";
  EXPECT_EQ(w_.filing.sanitise_again(at(letter)), 1);
  EXPECT_EQ(w_.content(day_key(letter)), "%PDF made better");
  EXPECT_EQ(at(letter).status, created);
  w_.pdf.pages = 12;
  EXPECT_EQ(w_.filing.sanitise_again(at(letter)).error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(w_.content(day_key(letter)), "%PDF made better");
  w_.remove(original(letter));
  EXPECT_EQ(w_.filing.sanitise_again(at(letter)).error().kind, ErrorKind::not_found);
  w_.notifications.at(letter.id).status = sending;
  EXPECT_EQ(w_.filing.sanitise_again(at(letter)).error().kind, ErrorKind::invalid_input);
}

}  // namespace
}  // namespace postroom::flows
