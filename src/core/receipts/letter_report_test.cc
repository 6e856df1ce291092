// Varied: one member at a time of a report that is otherwise right.
#include "core/receipts/letter_report.h"

#include <gtest/gtest.h>

#include <functional>

namespace postroom::receipts {
namespace {

using Kind = LetterReportFault::Kind;
constexpr std::string_view kId = "0d6a3c1e-aaaa-4000-8000-00000000000b";
const NotificationId kLetter = *NotificationId::parse(kId);

json::object a_report() {
  return {{"id", "1"},
          {"time", "2026-04-01T00:00:00Z"},
          {"data",
           {{"despatchProperties",
             {{{"key", "totalSheets"}, {"value", "2"}},
              {{"key", "postageClass"}, {"value", "2ND"}},
              {{"key", "mailingProduct"}, {"value", "MM"}}}},
            {"jobId", kId},
            {"jobStatus", "DESPATCHED"},
            {"transitionDate", "2026-03-31T23:30:00Z"}}},
          {"metadata", {{"correlationId", "x"}}}};
}

json::object& data_of(json::object& report) { return report["data"].as_object(); }
json::array& properties_of(json::object& report) { return data_of(report)["despatchProperties"].as_array(); }
void set_property(json::object& report, std::string_view key, std::string_view value) {
  for (json::value& item : properties_of(report)) {
    if (item.as_object()["key"].as_string() == key) item.as_object()["value"] = value;
  }
}

TEST(LetterReport, ADespatchIsRead) {
  auto report = read_letter_report(a_report(), kLetter);
  ASSERT_TRUE(report);
  EXPECT_EQ(*report,
            (LetterReport{kLetter, true, *parse_rfc3339("2026-03-31T23:30:00Z"), 2, letters::CostClass::sorted}));
  EXPECT_EQ(*letter_report_from_payload(to_payload(*report)), *report);
}

TEST(LetterReport, SortedIsSecondClassMailmarkOnly) {
  struct Row {
    const char *postage, *product;
    bool is_sorted;
  };
  const Row rows[] = {{"2ND", "MM", true},
                      {"2ND", "MM ECONOMY", true},
                      {"2ND", "MM UNSORTED", false},
                      {"2ND", "UNSORTED", false},
                      {"2ND", "UNSORTEDE", false},
                      {"2ND", "UNCODED", false},
                      {"1ST", "UNCODED", false},
                      {"1ST", "MM", false},
                      {"1ST", "MM ECONOMY", false},
                      {"INTERNATIONAL", "INT EU", false},
                      {"INTERNATIONAL", "INT ROW", false}};
  for (const Row& row : rows) {
    json::object report = a_report();
    set_property(report, "postageClass", row.postage);
    set_property(report, "mailingProduct", row.product);
    auto read = read_letter_report(report, kLetter);
    ASSERT_TRUE(read) << row.product;
    EXPECT_EQ(read->cost_class == letters::CostClass::sorted, row.is_sorted) << row.postage << " " << row.product;
  }
}

TEST(LetterReport, ARejectionNeedsNoProperties) {
  json::object report = a_report();
  data_of(report)["jobStatus"] = "REJECTED";
  auto read = read_letter_report(report, kLetter);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->is_despatched);
  data_of(report).erase("despatchProperties");
  ASSERT_TRUE(read_letter_report(report, kLetter));
  EXPECT_EQ(*letter_report_from_payload(to_payload(*read)), *read);
}

TEST(LetterReport, MembersBeyondTheSchemaAreAllowed) {
  json::object report = a_report();
  report["more"] = 1;
  for (const char* member : {"specVersion", "type", "source"}) report[member] = "x";
  report["dataContentType"] = "application/json";
  for (const char* member : {"jobType", "templateReference", "comment"}) data_of(report)[member] = "x";
  properties_of(report).push_back({{"key", "other"}, {"value", ""}, {"note", 1}});
  EXPECT_TRUE(read_letter_report(report, kLetter));
}

TEST(LetterReport, SchemaFaultsNameTheirMember) {
  struct Row {
    const char* message;
    std::function<void(json::object&)> change;
  };
  const Row rows[] = {
      {"id is a required property", [](json::object& r) { r.erase("id"); }},
      {"id is not a string", [](json::object& r) { r["id"] = 1; }},
      {"time is a required property", [](json::object& r) { r.erase("time"); }},
      {"time is not a date and time of RFC 3339", [](json::object& r) { r["time"] = "2026-04-01"; }},
      {"source is not a string", [](json::object& r) { r["source"] = 1; }},
      {"dataContentType text/plain is not one of [application/json]",
       [](json::object& r) { r["dataContentType"] = "text/plain"; }},
      {"metadata is a required property", [](json::object& r) { r.erase("metadata"); }},
      {"metadata correlationId is a required property", [](json::object& r) { r["metadata"] = json::object{}; }},
      {"data is a required property", [](json::object& r) { r.erase("data"); }},
      {"data is not an object", [](json::object& r) { r["data"] = 1; }},
      {"data jobId is a required property", [](json::object& r) { data_of(r).erase("jobId"); }},
      {"data jobId is not a valid UUID", [](json::object& r) { data_of(r)["jobId"] = "x"; }},
      {"data jobStatus PRINTED is not one of [DESPATCHED, REJECTED]",
       [](json::object& r) { data_of(r)["jobStatus"] = "PRINTED"; }},
      {"data transitionDate is a required property", [](json::object& r) { data_of(r).erase("transitionDate"); }},
      {"data transitionDate is not a date and time of RFC 3339",
       [](json::object& r) { data_of(r)["transitionDate"] = "yesterday"; }},
      {"data despatchProperties is a required property",
       [](json::object& r) { data_of(r).erase("despatchProperties"); }},
      {"data despatchProperties is not an array", [](json::object& r) { data_of(r)["despatchProperties"] = 1; }},
      {"data despatchProperties has fewer than 3 items", [](json::object& r) { properties_of(r).pop_back(); }},
      {"data despatchProperties has the same item twice",
       [](json::object& r) { properties_of(r).push_back(json::value(properties_of(r).front())); }},
      {"data despatchProperties has an item that is not an object",
       [](json::object& r) { properties_of(r).push_back(1); }},
      {"data key is a required property",
       [](json::object& r) { properties_of(r).push_back(json::object{{"value", ""}}); }},
      {"data value is not a string",
       [](json::object& r) { properties_of(r).push_back({{"key", "k"}, {"value", 1}}); }},
      {"data postageClass 3RD is not one of [1ST, 2ND, INTERNATIONAL]",
       [](json::object& r) { set_property(r, "postageClass", "3RD"); }},
      // What the schema lets through and the despatch record cannot do without.
      {"data transitionDate is not of the form YYYY-MM-DDTHH:MM:SSZ",
       [](json::object& r) { data_of(r)["transitionDate"] = "2026-03-31T23:30:00.5Z"; }},
      {"data transitionDate is not of the form YYYY-MM-DDTHH:MM:SSZ",
       [](json::object& r) { data_of(r)["transitionDate"] = "2026-03-31T23:30:00+01:00"; }},
      {"data totalSheets is not a whole number", [](json::object& r) { set_property(r, "totalSheets", "two"); }},
      {"data totalSheets is not a whole number", [](json::object& r) { set_property(r, "totalSheets", "-1"); }},
      {"data totalSheets is not a whole number",
       [](json::object& r) { set_property(r, "totalSheets", "99999999999"); }},
      {"data despatchProperties lacks the key totalSheets",
       [](json::object& r) { properties_of(r)[0] = {{"key", "k"}, {"value", "v"}}; }},
  };
  for (const Row& row : rows) {
    json::object report = a_report();
    row.change(report);
    auto read = read_letter_report(report, kLetter);
    ASSERT_FALSE(read) << row.message;
    EXPECT_EQ(read.error().kind, Kind::validation);
    EXPECT_EQ(read.error().messages, Faults{row.message});
  }
  EXPECT_EQ(read_letter_report(json::array{}, kLetter).error().messages, Faults{"The report is not a JSON object"});
}

TEST(LetterReport, AllFaultsAreReported) {
  EXPECT_EQ(read_letter_report(json::object{}, kLetter).error().messages.size(), 4u);
}

TEST(LetterReport, AnotherLettersReportIsRefusedBeforeItsDateIsRead) {
  json::object report = a_report();
  data_of(report)["jobId"] = "7d1c3f0e-2a4b-4c5d-8e6f-0123456789ab";
  data_of(report)["transitionDate"] = "2026-03-31T23:30:00.5Z";
  EXPECT_EQ(read_letter_report(report, kLetter).error().kind, Kind::other_letter);
  data_of(report)["jobStatus"] = "PRINTED";
  EXPECT_EQ(read_letter_report(report, kLetter).error().kind, Kind::validation);
}

TEST(LetterReport, IdsAreComparedAsIds) {
  json::object report = a_report();
  data_of(report)["jobId"] = "0D6A3C1E-AAAA-4000-8000-00000000000B";
  EXPECT_TRUE(read_letter_report(report, kLetter));
}

TEST(LetterReport, DamagedPayloadsAreCorrupt) {
  for (const char* payload : {"", "[]", "{}", R"({"letter":"x","at":"2026-01-01"})"}) {
    EXPECT_EQ(letter_report_from_payload(payload).error().kind, ErrorKind::corrupt) << payload;
  }
}

}  // namespace
}  // namespace postroom::receipts
