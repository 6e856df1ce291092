#include "adapters/sms_http/answer_rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_path.h"
#include "base/text.h"

namespace postroom::sms_http {
namespace {

bool status_matches(int status, std::string_view wanted) {
  const std::string text = std::to_string(status);
  if (text.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (wanted[i] != 'x' && wanted[i] != text[i]) return false;
  }
  return true;
}

bool is_status(std::string_view text) {
  return text.size() == 3 && is_ascii_digit(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_ascii_digit(c) || c == 'x'; });
}

}  // namespace

Result<AnswerRule::Condition> AnswerRule::parse_condition(std::string_view text) {
  auto ill = [&] {
    return fail(ErrorKind::invalid_input,
                fmt::format("'{}' is no condition: write status=200|2xx, json:path=value or body:text", text));
  };
  if (text.starts_with("body:")) {
    std::string wanted(trim(text.substr(5)));
    if (wanted.empty()) return ill();
    return Condition{.kind = Kind::body, .path = {}, .values = {std::move(wanted)}};
  }
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return ill();
  const std::string_view left = trim(text.substr(0, equals));
  std::vector<std::string> values;
  for (const std::string& value : split(text.substr(equals + 1), '|')) values.emplace_back(trim(value));
  if (left == "status") {
    if (!std::all_of(values.begin(), values.end(), is_status)) return ill();
    return Condition{.kind = Kind::status, .path = {}, .values = std::move(values)};
  }
  if (!left.starts_with("json:") || left.size() == 5) return ill();
  return Condition{.kind = Kind::json, .path = std::string(left.substr(5)), .values = std::move(values)};
}

Result<AnswerRule> AnswerRule::parse(std::string_view text) {
  AnswerRule rule;
  for (const std::string& part : split(text, ';')) {
    if (trim(part).empty()) continue;
    POSTROOM_TRY(condition, parse_condition(trim(part)));
    rule.conditions_.push_back(std::move(condition));
  }
  return rule;
}

std::optional<json::value> AnswerRule::document_of(const ports::HttpResponse& answer) const {
  const bool is_needed = std::any_of(conditions_.begin(), conditions_.end(),
                                     [](const Condition& condition) { return condition.kind == Kind::json; });
  if (!is_needed) return std::nullopt;
  auto document = parse_json(answer.body);
  return document ? std::optional(std::move(*document)) : std::nullopt;
}

bool AnswerRule::holds(const Condition& condition, const ports::HttpResponse& answer,
                       const std::optional<json::value>& document) {
  switch (condition.kind) {
    case Kind::status:
      return std::any_of(condition.values.begin(), condition.values.end(),
                         [&](const std::string& wanted) { return status_matches(answer.status, wanted); });
    case Kind::body: return answer.body.find(condition.values.front()) != std::string::npos;
    case Kind::json: break;
  }
  if (!document) return false;
  auto value = json_text_at(*document, condition.path);
  return value && std::find(condition.values.begin(), condition.values.end(), *value) != condition.values.end();
}

bool AnswerRule::all_hold(const ports::HttpResponse& answer) const {
  const auto document = document_of(answer);
  return std::all_of(conditions_.begin(), conditions_.end(),
                     [&](const Condition& condition) { return holds(condition, answer, document); });
}

bool AnswerRule::any_holds(const ports::HttpResponse& answer) const {
  const auto document = document_of(answer);
  return std::any_of(conditions_.begin(), conditions_.end(),
                     [&](const Condition& condition) { return holds(condition, answer, document); });
}

}  // namespace postroom::sms_http
