// Varied: contents of fields, lines and names. Held: the layout that the print house expects.
#include "core/letters/record.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace postroom::letters {
namespace {

Record a_record() {
  return {.organisation = "500",
          .reference = "ABCDEFGHIJKLMNOP",
          .contact_lines = {"Council", "1 Road", "AB1 2CD"},
          .address_lines = {"A. Name", "2 Street", "Town", "EF3 4GH"},
          .postcode = "EF3 4GH",
          .body = "1 February 2018<cr><cr><h1>Hello<normal><cr><cr>Text<cr><cr>"};
}

std::vector<std::string> fields_of(const Record& record) {
  const auto line = record_line(record);
  EXPECT_TRUE(line) << (line ? "" : line.error().message);
  const auto fields = record_fields(*line);
  EXPECT_TRUE(fields) << *line;
  return {fields->begin(), fields->end()};
}

TEST(Record, LG1_exact_line) {
  EXPECT_EQ(
      record_line(a_record()).value(),
      "140|500|001||ABCDEFGHIJKLMNOP|||Council|1 Road|AB1 2CD||||||||A. Name||2 Street|Town||||EF3 4GH|||||||||"
      "1 February 2018<cr><cr><h1>Hello<normal><cr><cr>Text<cr><cr>");
}

TEST(Record, LG1_has_34_fields_each_in_its_place) {
  Record record = a_record();
  record.organisation = "001";
  record.contact_lines = {"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11", "c12"};
  record.address_lines = {"name", "a2", "a3", "a4", "a5", "a6", "EF3 4GH"};
  const auto fields = fields_of(record);
  const std::vector<std::string> expected = {"140", "001", "001",  "",         "ABCDEFGHIJKLMNOP",
                                             "",    "",    "c1",   "c2",       "c3",
                                             "c4",  "c5",  "c6",   "c7",       "c8",
                                             "c9",  "c10", "name", "",         "a2",
                                             "a3",  "a4",  "a5",   "a6",       "EF3 4GH",
                                             "",    "",    "",     "",         "",
                                             "",    "",    "",     record.body};
  EXPECT_EQ(fields, expected);
}

TEST(Record, LG1_values_are_cleaned) {
  struct Case {
    std::string_view value, expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"a|b", "ab"},
           {"|||", ""},
           {"<CR>x", "x"},
           {"x<cr>", "x"},
           {"<H1>a<Normal>b", "ab"},
           {"<op><bul><tab>x<p><np>", "x"},
           {"<b>x", "x"},
           {"<c<cr>r>x", "x"},
           {"<c|r>x", "x"},
           {"<|cr|>x", "x"},
           {"<c<c<cr>r>r>y", "y"},
           {"a < b > c", "a < b > c"},
           {"<crx>", "<crx>"},
           {"<cr", "<cr"},
           {"cr>", "cr>"},
           {"<>", "<>"},
           {"1 High\nStreet", "1 High Street"},
           {"1 High\r\nStreet", "1 High Street"},
           {"1\rHigh", "1 High"},
           {"1\xC2\x85High\xE2\x80\xA8Street\xE2\x80\xA9x", "1 High Street x"},
           {"tab\tand\x01 more", "tab and  more"},
           {"Æ “quoted” – é", "Æ “quoted” – é"},
       }) {
    EXPECT_EQ(trim(clean_record_text(c.value)), c.expected) << c.value;
    Record record = a_record();
    record.address_lines = {"Name", std::string(c.value), "EF3 4GH"};
    const auto fields = fields_of(record);
    EXPECT_EQ(fields[19], c.expected) << c.value;
    EXPECT_EQ(fields[24], "EF3 4GH");
  }
}

TEST(Record, LG1_long_hostile_text_is_cleaned_in_linear_time) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "<c";
  for (int i = 0; i < 200'000; ++i) text += "r>";
  EXPECT_EQ(clean_record_text(text), "");
}

TEST(Record, LG1_contact_lines_have_no_blank_before_punctuation) {
  Record record = a_record();
  record.contact_lines = {"  Council ,  ", "Road , Town .", "", ",x"};
  const auto fields = fields_of(record);
  EXPECT_EQ(fields[7], "Council,");
  EXPECT_EQ(fields[8], "Road, Town.");
  EXPECT_EQ(fields[9], "");
  EXPECT_EQ(fields[10], ",x");
}

TEST(Record, LG1_addresses) {
  struct Case {
    std::vector<std::string> lines;
    std::optional<std::string> postcode;
    std::vector<std::string> expected;  // fields 18 to 25
  };
  for (const Case& c : std::initializer_list<Case>{
           {{"N", "S", "AB1 2CD"}, "AB1 2CD", {"N", "", "S", "", "", "", "", "AB1 2CD"}},
           {{"N", "2", "3", "4", "5", "6", "AB1 2CD"}, "AB1 2CD", {"N", "", "2", "3", "4", "5", "6", "AB1 2CD"}},
           {{"N", "S", "France"}, std::nullopt, {"N", "", "S", "France", "", "", "", ""}},
           {{"N", "2", "3", "4", "5", "6", "France"}, std::nullopt, {"N", "", "2", "3", "4", "5", "6, France", ""}},
           {{"N", "S", "AB1 2CD", "BFPO 1"}, "AB1 2CD", {"N", "", "S", "AB1 2CD", "BFPO 1", "", "", "AB1 2CD"}},
       }) {
    Record record = a_record();
    record.address_lines = c.lines;
    record.postcode = c.postcode;
    const auto fields = fields_of(record);
    EXPECT_EQ(std::vector<std::string>(fields.begin() + 17, fields.begin() + 25), c.expected);
  }
}

TEST(Record, LG1_refused) {
  Record record = a_record();
  record.reference = "ABCDEFGHIJKLMNOPQ";
  const auto too_long = record_line(record);
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(too_long.error().message.find("17"), std::string::npos);
  record.reference.clear();
  EXPECT_FALSE(record_line(record));
  record = a_record();
  record.address_lines = {"AB1 2CD"};
  record.postcode = "AB1 2CD";
  EXPECT_FALSE(record_line(record));
  record = a_record();
  record.organisation.clear();
  EXPECT_FALSE(record_line(record));
}

TEST(Record, LG1_a_body_never_breaks_the_line) {
  Record record = a_record();
  record.body = "a|b\nc\r";
  EXPECT_EQ(fields_of(record)[33], "a b c ");
}

TEST(Record, LG7_reference_is_column_5) {
  EXPECT_EQ(reference_of_record(record_line(a_record()).value()), "ABCDEFGHIJKLMNOP");
  for (std::string_view line : {"", "140|500|001||ABCDEFGHIJKLMNOP", "x"}) EXPECT_EQ(reference_of_record(line), "");
  EXPECT_EQ(reference_of_record(record_line(a_record()).value() + "|x"), "");
}

TEST(Record, LG3_lines_of_a_file) {
  struct Case {
    std::string_view file;
    std::vector<std::string_view> lines;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", {}}, {"a\n", {"a"}}, {"a\nb\n", {"a", "b"}}, {"a", {"a"}}, {"a\n\nb\n", {"a", "", "b"}}}) {
    EXPECT_EQ(record_lines(c.file), c.lines) << c.file;
  }
}

TEST(Record, LG5_file_names) {
  EXPECT_EQ(record_file_name(parse_rfc3339("2018-01-02T03:04:59.999Z").value()), "Notify-201801020304-rq.txt");
  EXPECT_EQ(record_file_name(parse_rfc3339("2018-07-02T16:30:00Z").value()), "Notify-201807021630-rq.txt");
  for (auto [name, is_one] :
       std::initializer_list<std::pair<std::string_view, bool>>{{"Notify-201801020304-rq.txt", true},
                                                                {"NOTIFY-201801020304-RQ.TXT", true},
                                                                {"notify-201801020304-rq.txt", true},
                                                                {"Notify-201801020304-rs.txt", false},
                                                                {"Notify-20180102030-rq.txt", false},
                                                                {"Notify-2018010203041-rq.txt", false},
                                                                {"Notify-20180102030x-rq.txt", false},
                                                                {"NOTIFY.20180111175007.ZIP", false},
                                                                {"", false}}) {
    EXPECT_EQ(is_record_file_name(name), is_one) << name;
  }
}

TEST(Record, LG3_LG6_keys) {
  const auto job = *JobId::parse("3a5c199d-e694-4019-8496-aa0f3ab69e8e");
  EXPECT_EQ(job_records_key(job), "jobs/3a5c199d-e694-4019-8496-aa0f3ab69e8e-dvla-job.text");
  EXPECT_EQ(api_records_key(parse_rfc3339("2018-01-02T17:40:00.5Z").value()),
            "api/2018-01-02T174000.500000Z-dvla-notifications.txt");
  EXPECT_EQ(joined_records_key("Notify-201801020304-rq.txt"), "joined/Notify-201801020304-rq.txt");
}

}  // namespace
}  // namespace postroom::letters
