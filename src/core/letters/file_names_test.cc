// Varied: keys and names of both eras, in both cases. Held: what is read from them, and the names we give.
#include "core/letters/file_names.h"

#include <gtest/gtest.h>

namespace postroom::letters {
namespace {

using accounts::KeyType;
using notifications::NotificationStatus;
using notifications::Postage;

UtcTime at(std::string_view text) { return parse_rfc3339(text).value(); }
Date day(std::string_view text) { return parse_date(text).value(); }

TEST(FileNames, RF1_references_are_16_capitals_and_digits) {
  SeededRandom random(7);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(is_reference(make_reference(random)));
  EXPECT_NE(make_reference(random), make_reference(random));
  EXPECT_FALSE(is_reference("abcdefghijklmnop"));
  EXPECT_FALSE(is_reference("ABCDEFGHIJKLMNO"));
  EXPECT_FALSE(is_reference("ABCDEFGHIJKLMNOPQ"));
  EXPECT_FALSE(is_reference("ABCDEFGHIJKLMNO-"));
}

TEST(FileNames, RF2_reference_of_a_key) {
  EXPECT_EQ(reference_of_key("2018-02-02/NOTIFY.ABCDEFGHIJKLMNOP.D.2.C.C.20180202143015.PDF"), "ABCDEFGHIJKLMNOP");
  EXPECT_EQ(reference_of_key("notify.abcdefghijklmnop.d.2.c.20180202143015.pdf"), "ABCDEFGHIJKLMNOP");
  EXPECT_EQ(reference_of_key("NOTIFY.ABC"), "ABC");
  EXPECT_EQ(reference_of_key("README"), "");
  EXPECT_EQ(reference_of_key(""), "");
}

TEST(FileNames, RF3_pdf_names_for_each_postage) {
  const UtcTime created = at("2018-02-02T14:30:15.999Z");
  EXPECT_EQ(pdf_file_name("ABCDEFGHIJKLMNOP", Postage::first, created),
            "NOTIFY.ABCDEFGHIJKLMNOP.D.1.C.20180202143015.PDF");
  EXPECT_EQ(pdf_file_name("ABCDEFGHIJKLMNOP", Postage::second, created),
            "NOTIFY.ABCDEFGHIJKLMNOP.D.2.C.20180202143015.PDF");
  EXPECT_EQ(pdf_file_name("ABCDEFGHIJKLMNOP", Postage::economy, created),
            "NOTIFY.ABCDEFGHIJKLMNOP.D.ECONOMY.C.20180202143015.PDF");
  EXPECT_EQ(pdf_file_name("ABCDEFGHIJKLMNOP", Postage::europe, created),
            "NOTIFY.ABCDEFGHIJKLMNOP.D.E.C.20180202143015.PDF");
  EXPECT_EQ(pdf_file_name("abcdefghijklmnop", Postage::rest_of_world, created),
            "NOTIFY.ABCDEFGHIJKLMNOP.D.N.C.20180202143015.PDF");
}

TEST(FileNames, RF3_reads_both_forms) {
  const auto old_form = parse_pdf_file_name("2018-02-02/NOTIFY.ABCDEFGHIJKLMNOP.D.2.C.N.20180202143015.PDF");
  ASSERT_TRUE(old_form);
  EXPECT_EQ(old_form->reference, "ABCDEFGHIJKLMNOP");
  EXPECT_EQ(old_form->postage, Postage::second);
  EXPECT_EQ(old_form->crown, false);
  EXPECT_EQ(old_form->time, at("2018-02-02T14:30:15Z"));
  EXPECT_EQ(parse_pdf_file_name("NOTIFY.ABCDEFGHIJKLMNOP.D.2.C.C.20180202143015.PDF")->crown, true);

  const auto new_form = parse_pdf_file_name("notify.abcdefghijklmnop.d.economy.c.20210318000000.pdf");
  ASSERT_TRUE(new_form);
  EXPECT_EQ(new_form->postage, Postage::economy);
  EXPECT_FALSE(new_form->crown);
  for (const char* bad :
       {"", "NOTIFY", "NOTIFY.ABCDEFGHIJKLMNOP.D.2.C.20180202143015.PDF.bak", "NOTIFY.ABC.D.2.C.20180202143015.PDF",
        "NOTIFY.ABCDEFGHIJKLMNOP.S.2.C.20180202143015.PDF", "NOTIFY.ABCDEFGHIJKLMNOP.D.3.C.20180202143015.PDF",
        "NOTIFY.ABCDEFGHIJKLMNOP.D.2.C.X.20180202143015.PDF", "NOTIFY.ABCDEFGHIJKLMNOP.D.2.C.20181302143015.PDF"})
    EXPECT_FALSE(parse_pdf_file_name(bad)) << bad;
}

TEST(FileNames, RF4_prefix_and_place) {
  EXPECT_EQ(pdf_prefix("2018-02-02/", "ABCDEFGHIJKLMNOP"), "2018-02-02/NOTIFY.ABCDEFGHIJKLMNOP.");
  const TimeZone zone = TimeZone::load("Europe/London").value();
  const auto where = [&](NotificationStatus status, KeyType key) {
    const PdfLocation l = pdf_location(status, key, at("2018-07-02T16:31:00Z"), {.zone = zone});
    return std::pair{l.place, l.folder};
  };
  EXPECT_EQ(where(NotificationStatus::validation_failed, KeyType::test),
            std::pair(PdfPlace::invalid_letters, std::string()));
  EXPECT_EQ(where(NotificationStatus::created, KeyType::test), std::pair(PdfPlace::test_letters, std::string()));
  EXPECT_EQ(where(NotificationStatus::pending_virus_check, KeyType::test),
            std::pair(PdfPlace::letters_scan, std::string()));
  EXPECT_EQ(where(NotificationStatus::virus_scan_failed, KeyType::test),
            std::pair(PdfPlace::letters_scan, std::string("FAILURE/")));
  EXPECT_EQ(where(NotificationStatus::pending_virus_check, KeyType::normal),
            std::pair(PdfPlace::letters_scan, std::string()));
  EXPECT_EQ(where(NotificationStatus::created, KeyType::normal),
            std::pair(PdfPlace::letters_pdf, std::string("2018-07-03/")));
}

TEST(FileNames, X73_X74_pdf_keys_in_any_case_but_nothing_behind) {
  EXPECT_TRUE(is_pdf_key("a/b.pdf"));
  EXPECT_TRUE(is_pdf_key("a/b.PDF"));
  EXPECT_FALSE(is_pdf_key("a/b.PDF.bak"));
  EXPECT_FALSE(is_pdf_key("pdf"));
}

const std::vector<std::string> kVectorKeys{"2019-03-21/NOTIFY.AAAABBBBCCCCDDDD.D.2.C.C.20190321091500.PDF",
                                           "2019-03-21/NOTIFY.EEEEFFFFGGGGHHHH.D.2.C.C.20190321101500.PDF"};

TEST(FileNames, CO8_hash_vector_depends_on_the_order) {
  EXPECT_EQ(zip_keys_hash(kVectorKeys), "lHl_TajiPV2cz_63B253");
  const std::vector<std::string> reversed(kVectorKeys.rbegin(), kVectorKeys.rend());
  EXPECT_EQ(zip_keys_hash(reversed), "xt1UN7H085I8RbOgVmVs");
}

TEST(FileNames, CO8_zip_names) {
  ZipNameParts parts{
      .run_day = day("2019-03-21"), .postage = Postage::second, .number = 7, .keys_hash = "lHl_TajiPV2cz_63B253"};
  EXPECT_EQ(zip_name(parts), "NOTIFY.2019-03-21.2.007.lHl_TajiPV2cz_63B253.ZIP");
  parts.service_id = ServiceId::parse("01234567-89ab-cdef-0123-456789abcdef");
  EXPECT_EQ(zip_name(parts),
            "NOTIFY.2019-03-21.2.007.lHl_TajiPV2cz_63B253.01234567-89ab-cdef-0123-456789abcdef.ZIP");
  parts.organisation_id = Uuid::parse("ffffffff-89ab-cdef-0123-456789abcdef");
  parts.number = 1000;
  EXPECT_EQ(zip_name(parts),
            "NOTIFY.2019-03-21.2.1000.lHl_TajiPV2cz_63B253.01234567-89ab-cdef-0123-456789abcdef."
            "ffffffff-89ab-cdef-0123-456789abcdef.ZIP");
  EXPECT_EQ(run_day_of_zip(zip_name(parts)), day("2019-03-21"));
  EXPECT_EQ(run_day_of_zip("notify.2019-03-21.x.zip"), day("2019-03-21"));
  EXPECT_FALSE(run_day_of_zip("NOTIFY.20180111175007.ZIP"));
  EXPECT_FALSE(run_day_of_zip("NOTIFY.2019-03-21"));
}

TEST(FileNames, FT7_record_of_a_sent_zip) {
  EXPECT_EQ(zip_record_key(day("2018-01-11"), "NOTIFY.20180111175007.ZIP"),
            "2018-01-11/zips_sent/NOTIFY.20180111175007.ZIP.TXT");
  EXPECT_EQ(zip_record(std::vector<std::string>{"a/b.PDF", "c.PDF"}), R"(["a/b.PDF","c.PDF"])");
  EXPECT_EQ(zip_record({}), "[]");
}

TEST(FileNames, AK2_AK7_X72_zip_of_a_record) {
  EXPECT_EQ(zip_of_record("2018-01-11/zips_sent/NOTIFY.20180111175007.ZIP.TXT"), "NOTIFY.20180111175007.ZIP");
  EXPECT_EQ(zip_of_record("NOTIFY.20180111175007.ZIP.txt"), "NOTIFY.20180111175007.ZIP");
  EXPECT_EQ(zip_of_record("notify.a.zip.txt"), "NOTIFY.A.ZIP");
  EXPECT_EQ(zip_of_record("NOTIFY.XTXT.TXT"), "NOTIFY.XTXT");  // only the suffix goes, not its letters
  EXPECT_FALSE(zip_of_record("2018-01-11/NOTIFY.ABCDEFGHIJKLMNOP.D.2.C.20180202143015.PDF"));
  EXPECT_FALSE(zip_of_record("a/.TXT"));
}

}  // namespace
}  // namespace postroom::letters
