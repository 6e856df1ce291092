#include "case_file.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "auth/jwt.h"
#include "base/bytes.h"
#include "base/text.h"

namespace postroom::api_cases {
namespace {

constexpr std::string_view kUnknownId = "7d1c3f0e-2a4b-4c5d-8e6f-0123456789ab";
constexpr std::string_view kDefaultService = "live";
// Stands for the user and password that providers of received texts have.
constexpr std::string_view kConfiguredPair = "Basic (configured pair)";

const json::object* object_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

std::string repeated(std::string_view spec) {
  auto colon = spec.rfind(':');
  std::string out;
  int count = parse_int<int>(spec.substr(colon + 1)).value_or(0);
  for (int i = 0; i < count; ++i) out += spec.substr(0, colon);
  return out;
}

const json::value* member_at(const json::object& body, std::string_view path) {
  const json::object* object = &body;
  for (;;) {
    auto dot = path.find('.');
    const json::value* value = object->if_contains(path.substr(0, dot));
    if (value == nullptr || dot == std::string_view::npos) return value;
    if (!value->is_object()) return nullptr;
    object = &value->get_object();
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

json::array read_case_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  auto document = parse_json(text);
  if (!document || !document->is_array()) throw std::runtime_error("cannot read the cases in " + path);
  return std::move(document->get_array());
}

std::string Case::name() const { return get_string(row_, "name").value_or("?"); }

std::string Case::service() const {
  const json::object* auth = object_at(row_, "auth");
  if (auth == nullptr) return std::string(kDefaultService);
  return get_string(*auth, "service").value_or(std::string(kDefaultService));
}

std::string Case::value_of(std::string_view token) const {
  if (token == "uuid") return std::string(kUnknownId);
  if (token.starts_with("rep:")) return repeated(token.substr(4));
  if (token.starts_with("iso+")) {
    auto minutes = std::chrono::minutes{parse_int<int>(token.substr(4)).value_or(0)};
    return format_rfc3339(now_ + minutes);
  }
  std::string service_name = service();
  bool upper = token.starts_with("TPLUP.");
  bool hex = token.starts_with("TPLHEX.");
  std::string name(token);
  if (upper || hex) name = "tpl" + name.substr(name.find('.'));
  // "tpl:intl.sms_plain" and "reply_to:intl" name a service of their own.
  if (auto colon = name.find(':'); colon != std::string::npos) {
    auto dot = name.find('.', colon);
    service_name = name.substr(colon + 1, dot == std::string::npos ? dot : dot - colon - 1);
    name = name.substr(0, colon) + (dot == std::string::npos ? "" : name.substr(dot));
  }
  auto value = names_(name, service_name);
  if (!value) return "{{" + std::string(token) + "}}";
  if (upper) return to_upper(*value);
  if (hex) return replace_all(*value, "-", "");
  return *value;
}

std::string Case::fill(std::string_view text) const {
  std::string out;
  for (;;) {
    auto begin = text.find("{{");
    auto end = begin == std::string_view::npos ? begin : text.find("}}", begin);
    if (end == std::string_view::npos) return out.append(text);
    out += text.substr(0, begin);
    out += value_of(text.substr(begin + 2, end - begin - 2));
    text.remove_prefix(end + 2);
  }
}

json::value Case::fill(const json::value& value) const {
  if (value.is_string()) {
    std::string_view text = value.get_string();
    if (text.starts_with("{{epoch") && text.ends_with("}}")) {
      std::string_view offset = text.substr(7, text.size() - 9);
      if (offset.starts_with("+")) offset.remove_prefix(1);
      auto seconds = std::chrono::floor<std::chrono::seconds>(now_.time_since_epoch()).count();
      return seconds + parse_int<std::int64_t>(offset).value_or(0);
    }
    return json::value(fill(text));
  }
  if (value.is_array()) {
    json::array out;
    for (const auto& item : value.get_array()) out.push_back(fill(item));
    return out;
  }
  if (value.is_object()) {
    json::object out;
    for (const auto& member : value.get_object()) out[member.key()] = fill(member.value());
    return out;
  }
  return value;
}

std::string Case::token(const json::object& auth) const {
  const json::object empty;
  const json::object* found = object_at(auth, "jwt");
  const json::object& jwt = found != nullptr ? *found : empty;
  json::object header{{"typ", "JWT"}, {"alg", "HS256"}};
  json::object claims{{"iss", value_of("service_id")},
                      {"iat", std::chrono::floor<std::chrono::seconds>(now_.time_since_epoch()).count()}};
  if (const json::object* more = object_at(jwt, "claims")) {
    for (const auto& member : *more) claims[member.key()] = fill(member.value());
  }
  for (const std::string& name : get_strings(jwt, "drop")) claims.erase(name);
  if (const json::object* more = object_at(jwt, "header")) {
    for (const auto& member : *more) {
      if (member.value().is_null())
        header.erase(member.key());
      else
        header[member.key()] = member.value();
    }
  }
  if (auto algorithm = get_string(jwt, "alg")) header["alg"] = *algorithm;
  std::string key = get_string(auth, "key").value_or("normal");
  std::string secret = fill(get_string(jwt, "secret").value_or(names_("secret." + key, service()).value_or("")));
  std::string out = auth::make_token(header, claims, secret);
  if (get_string(jwt, "alg") == "none") out.erase(out.rfind('.') + 1);
  if (get_bool(jwt, "tamper").value_or(false)) {
    char& first = out[out.rfind('.') + 1];
    first = first == 'A' ? 'B' : 'A';
  }
  return out;
}

std::optional<std::string> Case::authorization() const {
  const json::object* auth = object_at(row_, "auth");
  if (auth == nullptr) return std::nullopt;
  if (auto header = get_string(*auth, "header")) {
    if (*header == kConfiguredPair)
      return "Basic " + to_base64(names_("inbound_pair", kDefaultService).value_or(""));
    return fill(*header);
  }
  return "Bearer " + token(*auth);
}

CaseRequest Case::request(UtcTime now) const {
  now_ = now;
  CaseRequest out{.method = get_string(row_, "method").value_or("GET"),
                  .target = fill(get_string(row_, "path").value_or("/")),
                  .headers = {},
                  .body = {},
                  .repeat = static_cast<int>(get_int(row_, "repeat").value_or(1))};
  if (auto header = authorization()) out.headers.emplace_back("Authorization", *header);
  if (const json::object* headers = object_at(row_, "headers")) {
    for (const auto& member : *headers)
      out.headers.emplace_back(member.key(), fill(std::string_view(member.value().as_string())));
  }
  if (const json::value* raw = row_.if_contains("raw_body")) {
    if (raw->is_string())
      out.body = fill(std::string_view(raw->get_string()));
    else
      out.body = from_base64(get_string(raw->as_object(), "base64").value_or("")).value_or("");
  } else if (const json::value* body = row_.if_contains("body"); body != nullptr && !body->is_null()) {
    out.body = write_json(fill(*body));
  }
  return out;
}

void Case::judge_errors(const json::object& expect, const json::object* body,
                        std::vector<std::string>& faults) const {
  std::string classes;
  std::string messages;
  if (const json::value* errors = body != nullptr ? body->if_contains("errors") : nullptr;
      errors != nullptr && errors->is_array()) {
    for (const auto& item : errors->get_array()) {
      classes += get_string(item.as_object(), "error").value_or("?") + " ";
      messages += get_string(item.as_object(), "message").value_or("") + "\n";
    }
  }
  if (const json::value* wanted = expect.if_contains("errors")) {
    std::string expected;
    for (const auto& item : wanted->as_array())
      expected += get_string(item.as_object(), "error").value_or("?") + " ";
    if (expected != classes) faults.push_back("errors are " + classes + "instead of " + expected);
    if (body == nullptr || get_int(*body, "status_code") != get_int(expect, "status")) {
      faults.emplace_back("status_code is not the status");
    }
  }
  for (const std::string& mention : get_strings(expect, "mentions")) {
    std::string text = fill(mention);
    if (messages.find(text) == std::string::npos) faults.push_back("no message mentions " + text + ": " + messages);
  }
}

void Case::judge_members(const json::object& expect, const json::object* body,
                         std::vector<std::string>& faults) const {
  const json::object* members = object_at(expect, "response");
  if (members == nullptr) return;
  for (const auto& member : *members) {
    json::value wanted = fill(member.value());
    const json::value* found = body != nullptr ? member_at(*body, member.key()) : nullptr;
    if (found == nullptr || *found != wanted) {
      faults.push_back(std::string(member.key()) + " is " + (found != nullptr ? write_json(*found) : "absent") +
                       " instead of " + write_json(wanted));
    }
  }
}

std::vector<std::string> Case::judge(const CaseAnswer& answer) const {
  std::vector<std::string> faults;
  const json::object& expect = row_.at("expect").as_object();
  if (get_int(expect, "status") != answer.status) {
    faults.push_back("status is " + std::to_string(answer.status) + ": " + answer.body.substr(0, 400));
  }
  auto document = parse_json(answer.body);
  const json::object* body = document && document->is_object() ? &document->get_object() : nullptr;
  judge_errors(expect, body, faults);
  judge_members(expect, body, faults);
  if (get_string(expect, "body_shape") == "app" &&
      (body == nullptr || get_string(*body, "result") != "error" || !body->contains("message"))) {
    faults.emplace_back("the body lacks result and message");
  }
  return faults;
}

}  // namespace postroom::api_cases
