// The stand-in is only worth something if it refuses what the real service would. Varied: one member of a good
// order at a time, the headers of a call, and credentials.
#include "fakes/dvla_house.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/bytes.h"
#include "fakes/small_pdf.h"

namespace postroom::fakes {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kId = "0d6a3c1e-aaaa-4000-8000-00000000000b";

json::object a_good_order() {
  const auto custom = [](const char* key, std::string value) {
    return json::object{{"key", key}, {"value", value}};
  };
  return {{"id", kId},
          {"standardParams",
           json::object{{"jobType", "NOTIFY"},
                        {"templateReference", "NOTIFY"},
                        {"businessIdentifier", "ABCDEFGHIJKLMNOP"},
                        {"recipientName", "A Person"},
                        {"address", json::object{{"unstructuredAddress", json::object{{"line1", "1 High Street"},
                                                                                      {"postcode", "LS1 4AP"}}}}},
                        {"despatchMethod", "FIRST"}}},
          {"customParams", json::array{custom("pdfContent", to_base64(small_pdf(3))),
                                       custom("organisationIdentifier", ""), custom("serviceIdentifier", kId)}},
          {"callbackParams",
           json::object{{"target", "https://api.example/notifications/letter/status?token=a.b"},
                        {"retryParams", json::object{{"enabled", true}, {"maxRetryWindow", 10800}}}}}};
}

json::object& standard(json::object& order) { return order.at("standardParams").as_object(); }
void set_address(json::object& order, const char* form, json::object content) {
  standard(order)["address"] = json::object{{form, std::move(content)}};
}

std::vector<std::string> faults_of(const json::object& order) {
  DvlaJob job;
  return read_dvla_order(write_json(order), job);
}

TEST(DvlaOrder, HT7_AGoodOrderIsReadWhole) {
  DvlaJob job;
  EXPECT_THAT(read_dvla_order(write_json(a_good_order()), job), IsEmpty());
  EXPECT_EQ(job.id.text(), kId);
  EXPECT_EQ(job.reference, "ABCDEFGHIJKLMNOP");
  EXPECT_EQ(job.despatch_method, "FIRST");
  EXPECT_EQ(job.address_form, "unstructuredAddress");
  EXPECT_EQ(job.sheets, 2);
}

TEST(DvlaOrder, HT7_FormsOfAddressThatAreGood) {
  auto order = a_good_order();
  set_address(order, "bfpoAddress", {{"line1", "A"}, {"bfpoNumber", 12}});
  EXPECT_THAT(faults_of(order), IsEmpty());
  standard(order).erase("despatchMethod");
  EXPECT_THAT(faults_of(order), IsEmpty());
  standard(order)["despatchMethod"] = "INTERNATIONAL_EU";
  set_address(order, "internationalAddress", {{"line1", "A"}, {"country", "France"}});
  EXPECT_THAT(faults_of(order), IsEmpty());
}

TEST(DvlaOrder, HT7_OneWrongMemberIsEnough) {
  struct Row {
    const char* fault;
    std::function<void(json::object&)> change;
  };
  const std::string long_line(46, 'x');
  const Row rows[] = {
      {"id is no UUID", [](auto& o) { o["id"] = "1"; }},
      {"the order has extra", [](auto& o) { o["extra"] = 1; }},
      {"standardParams is no object", [](auto& o) { o.erase("standardParams"); }},
      {"jobType is not NOTIFY", [](auto& o) { standard(o)["jobType"] = "OTHER"; }},
      {"businessIdentifier is no reference",
       [](auto& o) { standard(o)["businessIdentifier"] = "abcdefghijklmnop"; }},
      {"recipientName is empty", [](auto& o) { standard(o)["recipientName"] = ""; }},
      {"recipientName is longer than 255", [](auto& o) { standard(o)["recipientName"] = std::string(256, 'x'); }},
      {"there is no such despatchMethod", [](auto& o) { standard(o)["despatchMethod"] = "SECOND"; }},
      {"does not fit the method", [](auto& o) { standard(o)["despatchMethod"] = "INTERNATIONAL_ROW"; }},
      {"exactly one form", [](auto& o) { standard(o)["address"] = json::object{}; }},
      {"no such form of address", [](auto& o) { set_address(o, "address", {{"line1", "A"}}); }},
      {"line1 is longer than 45",
       [&](auto& o) { set_address(o, "unstructuredAddress", {{"line1", long_line}, {"postcode", "x"}}); }},
      {"postcode is longer than 10",
       [](auto& o) { set_address(o, "unstructuredAddress", {{"line1", "A"}, {"postcode", "12345678901"}}); }},
      {"postcode is no text", [](auto& o) { set_address(o, "unstructuredAddress", {{"line1", "A"}}); }},
      {"an address has 0 lines", [](auto& o) { set_address(o, "unstructuredAddress", {{"postcode", "x"}}); }},
      {"line3 comes after a gap",
       [](auto& o) { set_address(o, "unstructuredAddress", {{"line1", "A"}, {"line3", "B"}, {"postcode", "x"}}); }},
      {"bfpoNumber is no whole number",
       [](auto& o) { set_address(o, "bfpoAddress", {{"line1", "A"}, {"bfpoNumber", "12"}}); }},
      {"customParams is no array", [](auto& o) { o.erase("customParams"); }},
      {"customParams must have", [](auto& o) { o.at("customParams").as_array().pop_back(); }},
      {"the word for none", [](auto& o) { o.at("customParams").as_array()[1].as_object()["value"] = "None"; }},
      {"pdfContent is no base64", [](auto& o) { o.at("customParams").as_array()[0].as_object()["value"] = "***"; }},
      {"pdfContent is no PDF",
       [](auto& o) { o.at("customParams").as_array()[0].as_object()["value"] = to_base64("hello"); }},
      {"no address to report to",
       [](auto& o) { o.at("callbackParams").as_object()["target"] = "https://api.example/elsewhere"; }},
      {"retryParams must be enabled",
       [](auto& o) { o.at("callbackParams").at("retryParams").as_object()["enabled"] = false; }},
  };
  for (const Row& row : rows) {
    auto order = a_good_order();
    row.change(order);
    EXPECT_THAT(faults_of(order), Contains(HasSubstr(row.fault))) << row.fault;
  }
}

struct House : testing::Test {
  MovableClock clock{*parse_rfc3339("2026-10-06T09:00:00Z")};
  DvlaHouse house{{}, clock};
  std::string token;

  int post(std::string path, std::string body, ports::HttpHeaders more = {}) {
    ports::HttpRequest request{.method = "POST", .url = "https://print-house.example" + path};
    request.headers = {{"Accept", "application/json"}};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.headers.insert(request.headers.end(), more.begin(), more.end());
    request.body = std::move(body);
    auto answer = house.send(request);
    if (answer && answer->status == 200 && path.ends_with("/authenticate"))
      token = parse_json(answer->body)->at("id-token").as_string();
    return answer ? answer->status : 0;
  }
  int log_in() {
    return post("/thirdparty-access/v1/authenticate", R"({"userName":"postroom","password":"first-Password-1"})");
  }
  int order(ports::HttpHeaders headers) {
    return post("/print-request/v1/print/jobs", write_json(a_good_order()), std::move(headers));
  }
};

TEST_F(House, HT3_HT6_TakesALetterOnce) {
  EXPECT_EQ(log_in(), 200);
  EXPECT_EQ(order({{"Authorization", token}, {"X-API-Key", "key-1"}}), 202);
  EXPECT_EQ(order({{"Authorization", token}, {"X-API-Key", "key-1"}}), 409);
  EXPECT_THAT(house.problems(), IsEmpty());
}

TEST_F(House, HT6_CallsThatAreNotAsTheyMustBe) {
  log_in();
  EXPECT_EQ(order({{"Authorization", token}}), 401);
  EXPECT_EQ(order({{"Authorization", token}, {"X-API-Key", "other"}}), 401);
  EXPECT_EQ(order({{"Authorization", "Bearer " + token}, {"X-API-Key", "key-1"}}), 400);
  EXPECT_EQ(post("/thirdparty-access/v1/authenticate", "{}", {{"X-API-Key", "key-1"}}), 400);
  EXPECT_EQ(post("/thirdparty-access/v1/authenticate", R"({"userName":"postroom","password":"x"})"), 401);
  EXPECT_EQ(post("/elsewhere", "{}"), 404);
  clock.advance(1h);
  EXPECT_EQ(order({{"Authorization", token}, {"X-API-Key", "key-1"}}), 401);
  EXPECT_EQ(house.problems().size(), 7u);
  EXPECT_THAT(house.jobs(), IsEmpty());
}

TEST_F(House, RM5_ReportsOnEachLetterUntilItIsTold) {
  log_in();
  order({{"Authorization", token}, {"X-API-Key", "key-1"}});
  for (int i = 0; i < 2; ++i) {
    const auto reports = house.due_reports(clock.now());
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].url, "https://api.example/notifications/letter/status?token=a.b");
    EXPECT_THAT(reports[0].body, HasSubstr(R"({"key":"totalSheets","value":"2"})"));
    EXPECT_THAT(reports[0].body, HasSubstr(R"({"key":"postageClass","value":"1ST"})"));
    EXPECT_THAT(reports[0].body, HasSubstr(R"("transitionDate":"2026-10-06T09:00:00Z")"));
  }
  house.mark_reported(*NotificationId::parse(kId));
  EXPECT_THAT(house.due_reports(clock.now()), IsEmpty());
}

}  // namespace
}  // namespace postroom::fakes
