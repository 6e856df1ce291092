// Varies kinds of errors; each has its status and class, and bodies have the layout of their place.
#include "api/v2/errors.h"

#include <gtest/gtest.h>

#include "api/public_api.h"
#include "base/json.h"
#include "base/log.h"
#include "case_file.h"

namespace postroom::api {
namespace {

json::object read(const http::Response& response) {
  auto document = parse_json(response.body);
  EXPECT_TRUE(document && document->is_object());
  EXPECT_TRUE(response.body.ends_with("}\n"));
  return document->get_object();
}

TEST(Errors, QrCodesThatAreTooLongShowTheirData) {
  flows::Refusal refusal{.kind = flows::RefusalKind::validation,
                         .messages = {"too long"},
                         .qr_code = flows::QrCodeTooLong{.data = "q", .bytes = 505, .bytes_max = 504}};
  json::object body = read(v2::error_response(refusal));
  EXPECT_EQ(write_json(body["errors"]),
            R"([{"error":"ValidationError","message":"too long","data":"q","num_bytes":505,"max_bytes":504}])");
}

TEST(Errors, LimitsSayWhenToTryAgain) {
  flows::Refusal refusal{.kind = flows::RefusalKind::too_many_requests, .messages = {"slow down"}};
  refusal.retry_after = std::chrono::milliseconds{1200};
  http::Response response = v2::error_response(refusal);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.header("Retry-After"), "2");
}

TEST(Errors, InternalDetailsStayInside) {
  set_log_sink([](std::string_view) {});
  http::Response response = v2::error_response(Error{ErrorKind::corrupt, "row 5 of secrets"});
  set_log_sink(nullptr);
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secrets"), std::string::npos);
}

TEST(Errors, ServerRefusalsHaveBothLayouts) {
  for (int status : {400, 404, 408, 413, 431, 500, 501, 503}) {
    json::object body = read(public_api_refusal(status, {}));
    EXPECT_EQ(body["result"], "error");
    EXPECT_EQ(body["status_code"], status);
    EXPECT_EQ(body["errors"].as_array().size(), 1u);
  }
  EXPECT_EQ(read(public_api_refusal(413, {}))["errors"].as_array()[0].as_object()["error"],
            "RequestEntityTooLarge");
}

// The judge of the case file must notice what is wrong, or all rows would pass for nothing.
TEST(Errors, CaseFileJudgeNotices) {
  json::object row =
      parse_json(R"({"name":"x","method":"GET","path":"/","auth":null,"body":null,"expect":{"status":400,
    "errors":[{"error":"ValidationError"}],"mentions":["id"],"response":{"a.b":1}}})")
          ->as_object();
  api_cases::Case one(row, [](std::string_view, std::string_view) { return std::nullopt; });
  EXPECT_TRUE(
      one.judge({400, R"({"status_code":400,"errors":[{"error":"ValidationError","message":"id"}],"a":{"b":1}})"})
          .empty());
  for (std::string_view body :
       {R"({"status_code":401,"errors":[{"error":"ValidationError","message":"id"}],"a":{"b":1}})",
        R"({"status_code":400,"errors":[{"error":"Other","message":"id"}],"a":{"b":1}})",
        R"({"status_code":400,"errors":[{"error":"ValidationError","message":"x"}],"a":{"b":1}})",
        R"({"status_code":400,"errors":[{"error":"ValidationError","message":"id"}],"a":{"b":2}})", ""}) {
    EXPECT_FALSE(one.judge({400, std::string(body)}).empty()) << body;
  }
  EXPECT_FALSE(one.judge({200, ""}).empty());
}

}  // namespace
}  // namespace postroom::api
