// Rules about an HTTP answer, as a setting says them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "ports/http_client.h"

namespace postroom::sms_http {

// Conditions separated by semicolons:
//   status=200|201|2xx     the status is one of these
//   json:a.b=0|ok          the JSON body has that member with one of these values; a number is a member of a list
//   body:text              the body contains the text
// Immutable.
class AnswerRule {
 public:
  // invalid_input says which condition does not read. Nothing but blanks: no condition.
  static Result<AnswerRule> parse(std::string_view text);
  bool is_empty() const { return conditions_.empty(); }
  bool all_hold(const ports::HttpResponse& answer) const;
  bool any_holds(const ports::HttpResponse& answer) const;

 private:
  enum class Kind { status, json, body };
  struct Condition {
    Kind kind = Kind::status;
    std::string path;  // json
    std::vector<std::string> values;
  };
  static Result<Condition> parse_condition(std::string_view text);
  static bool holds(const Condition& condition, const ports::HttpResponse& answer,
                    const std::optional<json::value>& document);
  std::optional<json::value> document_of(const ports::HttpResponse& answer) const;

  std::vector<Condition> conditions_;
};

}  // namespace postroom::sms_http
