// Rows of tests/data/public-api-cases.json: made into requests, and judged.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace postroom::api_cases {

// What the rows' {{names}} stand for in the world at hand: "tpl.NAME", "n.NAME", "service_id", "secret" (of the
// normal key), "secret.KEY", "reply_to", "sender", "sender_number", "letter_token", "inbound_pair"
// ("user:password"); nothing when the world has none.
using Names = std::function<std::optional<std::string>(std::string_view name, std::string_view service)>;

struct CaseRequest {
  std::string method;
  std::string target;  // path and query as they go on the wire
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int repeat = 1;  // send that often; only the last answer counts
};

struct CaseAnswer {
  int status = 0;
  std::string body;
};

class Case {
 public:
  // The row must outlive the case.
  Case(const json::object& row, Names names) : row_(row), names_(std::move(names)) {}

  std::string name() const;
  // `now` is real time: tokens are made with it.
  CaseRequest request(UtcTime now) const;
  // What is wrong with an answer; empty when it is as expected.
  std::vector<std::string> judge(const CaseAnswer& answer) const;

 private:
  std::string service() const;
  std::string fill(std::string_view text) const;
  std::string value_of(std::string_view token) const;
  json::value fill(const json::value& value) const;
  std::optional<std::string> authorization() const;
  std::string token(const json::object& auth) const;
  void judge_errors(const json::object& expect, const json::object* body, std::vector<std::string>& faults) const;
  void judge_members(const json::object& expect, const json::object* body, std::vector<std::string>& faults) const;

  const json::object& row_;
  Names names_;
  mutable UtcTime now_;
};

// The whole file. Throws std::runtime_error when it does not read.
json::array read_case_file(const std::string& path);

}  // namespace postroom::api_cases
