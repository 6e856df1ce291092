#include "fakes/sms_house.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/text.h"

namespace postroom::fakes {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kTwilioBodyMax = 1'600;

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_ascii_digit);
}
bool is_hex(char c) { return is_ascii_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); }

const std::string* field(const Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string fault_of_names(const Fields& fields, std::initializer_list<std::string_view> allowed) {
  for (const auto& [name, value] : fields) {
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) return "unknown field " + name;
  }
  return {};
}

std::string fault_of_text(const HouseText& text) {
  if (!is_digits(text.to) || text.to.size() < 7 || text.to.size() > 15) return "the number is not 7 to 15 digits";
  if (text.text.empty() || !is_valid_utf8(text.text)) return "the text is empty or not UTF-8";
  if (text.sender.size() > 15) return "the sender is too long";
  if (!Uuid::parse(text.reference)) return "the reference is no UUID";
  return {};
}

std::string fault_of_head(const ports::HttpRequest& request, std::string_view path, std::string_view type) {
  if (request.method != "POST") return "not a POST";
  auto scheme = request.url.find("://");
  auto slash = scheme == std::string::npos ? scheme : request.url.find('/', scheme + 3);
  if (slash == std::string::npos || std::string_view(request.url).substr(slash) != path) return "wrong path";
  ports::HttpResponse headers{.status = 0, .headers = request.headers, .body = {}};
  if (headers.header("Content-Type") != type) return "Content-Type is not exactly " + std::string(type);
  return {};
}

std::string_view authorization(const ports::HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (equals_ignoring_case(name, "Authorization")) return value;
  }
  return {};
}

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

}  // namespace

std::optional<Fields> strict_form(std::string_view body) {
  Fields out;
  std::set<std::string> names;
  for (const std::string& pair : split(body, '&')) {
    for (std::size_t i = 0; i < pair.size(); ++i) {
      const char c = pair[i];
      const bool is_plain = is_ascii_alnum(c) || std::string_view("-._~*+=").find(c) != std::string_view::npos;
      const bool is_escape = c == '%' && i + 2 < pair.size() && is_hex(pair[i + 1]) && is_hex(pair[i + 2]);
      if (!is_plain && !is_escape) return std::nullopt;
    }
    const auto equals = pair.find('=');
    if (equals == std::string::npos || pair.find('=', equals + 1) != std::string::npos) return std::nullopt;
    std::string name = percent_decode(pair.substr(0, equals), true);
    if (!names.insert(name).second) return std::nullopt;
    out.emplace_back(std::move(name), percent_decode(pair.substr(equals + 1), true));
  }
  return out;
}

std::string SmsHouse::read_mmg(const ports::HttpRequest& request, HouseText& out) const {
  if (auto fault = fault_of_head(request, options_.path, "application/json"); !fault.empty()) return fault;
  if (authorization(request) != "Basic " + options_.secret) return "wrong key";
  auto document = parse_json(request.body);
  const json::object* body = document ? document->if_object() : nullptr;
  if (body == nullptr) return "the body is no JSON object";
  for (const auto& member : *body) {
    static constexpr std::string_view kKnown[] = {"reqType", "MSISDN", "msg", "sender", "cid", "multi", "delurl"};
    if (std::find(std::begin(kKnown), std::end(kKnown), member.key()) == std::end(kKnown))
      return "unknown member " + std::string(member.key());
  }
  if (get_string(*body, "reqType") != "BULK" || get_bool(*body, "multi") != true)
    return "reqType is not BULK, or multi not true";
  out = {get_string(*body, "MSISDN").value_or(""), get_string(*body, "sender").value_or(""),
         get_string(*body, "msg").value_or(""),    get_string(*body, "cid").value_or(""),
         get_string(*body, "delurl").value_or(""), {}};
  return fault_of_text(out);
}

std::string SmsHouse::read_firetext(const ports::HttpRequest& request, HouseText& out) const {
  if (auto fault = fault_of_head(request, options_.path, kForm); !fault.empty()) return fault;
  auto form = strict_form(request.body);
  if (!form) return "the form is not encoded as it must be";
  auto names = fault_of_names(*form, {"apiKey", "from", "to", "message", "reference", "receipt"});
  if (!names.empty()) return names;
  auto value = [&](std::string_view name) {
    const std::string* found = field(*form, name);
    return found == nullptr ? std::string() : *found;
  };
  out = {value("to"), value("from"), value("message"), value("reference"), value("receipt"), {}};
  const bool is_abroad = !out.to.starts_with("44");
  const std::string& secret =
      is_abroad && !options_.international_secret.empty() ? options_.international_secret : options_.secret;
  if (value("apiKey") != secret) return "wrong key";
  return fault_of_text(out);
}

std::string SmsHouse::read_twilio(const ports::HttpRequest& request, HouseText& out) const {
  const std::string path = "/2010-04-01/Accounts/" + options_.account + "/Messages.json";
  if (auto fault = fault_of_head(request, path, kForm); !fault.empty()) return fault;
  if (authorization(request) != "Basic " + to_base64(options_.account + ":" + options_.secret)) return "wrong key";
  auto form = strict_form(request.body);
  if (!form) return "the form is not encoded as it must be";
  auto names = fault_of_names(*form, {"To", "From", "MessagingServiceSid", "Body", "StatusCallback"});
  if (!names.empty()) return names;
  const std::string* to = field(*form, "To");
  const std::string* from = field(*form, "From");
  const std::string* body = field(*form, "Body");
  const std::string* callback = field(*form, "StatusCallback");
  if (to == nullptr || !to->starts_with('+')) return "To does not start with a plus";
  if ((from == nullptr) == (field(*form, "MessagingServiceSid") == nullptr))
    return "neither or both of From and MessagingServiceSid";
  if (body == nullptr || to_utf32(*body).size() > kTwilioBodyMax) return "no Body, or one of over 1600 characters";
  std::string reference;
  if (callback != nullptr) {
    const auto query = callback->find("?reference=");
    if (query != std::string::npos) reference = callback->substr(query + 11);
  }
  out = {to->substr(1), from == nullptr ? "" : *from, *body, reference, callback == nullptr ? "" : *callback, {}};
  return fault_of_text(out);
}

std::string SmsHouse::read(const ports::HttpRequest& request, HouseText& out) const {
  switch (options_.kind) {
    case SmsHouseKind::mmg: return read_mmg(request, out);
    case SmsHouseKind::firetext: return read_firetext(request, out);
    case SmsHouseKind::twilio: break;
  }
  return read_twilio(request, out);
}

ports::HttpResponse SmsHouse::success(const HouseText& text) const {
  switch (options_.kind) {
    case SmsHouseKind::mmg: return {200, {}, "{\"Reference\":" + text.id + "}"};
    case SmsHouseKind::firetext:
      return {200, {}, R"({"code":0,"description":"queued","responseData":{"reference":")" + text.id + "\"}}"};
    case SmsHouseKind::twilio: break;
  }
  return {201, {}, "{\"sid\":\"SM" + text.id + R"(","status":"queued"})"};
}

ports::HttpResponse SmsHouse::refusal(std::string_view fault) const {
  const bool is_key = fault == "wrong key";
  const bool is_number = fault.starts_with("the number");
  switch (options_.kind) {
    case SmsHouseKind::mmg: return {is_key ? 403 : 400, {}, R"({"Error":206,"Description":"refused"})"};
    case SmsHouseKind::firetext:
      return {200, {}, fmt::format(R"({{"code":{},"description":"refused"}})", is_key ? 1 : is_number ? 2 : 5)};
    case SmsHouseKind::twilio: break;
  }
  return {is_key ? 401 : 400, {}, R"({"code":21211,"message":"refused","status":400})"};
}

Result<ports::HttpResponse> SmsHouse::answer_to(const ports::HttpRequest& request) {
  HouseText text;
  std::string fault = read(request, text);
  if (fault.empty() && texts_.size() >= kTextsMax) fault = "the house is full";
  if (!fault.empty()) {
    faults_.push_back(fault);
    return refusal(fault);
  }
  text.id = std::to_string(100'000 + texts_.size());
  texts_.push_back(text);
  return success(text);
}

Result<ports::HttpResponse> SmsHouse::send(const ports::HttpRequest& request) {
  std::lock_guard lock(mutex_);
  std::optional<HouseTrouble> trouble;
  if (!troubles_.empty()) {
    trouble = std::move(troubles_.front());
    troubles_.pop_front();
  }
  if (trouble && trouble->mode == HouseTrouble::Mode::refuse_connection)
    return fail(ErrorKind::retry_later, "https://house.example: couldn't connect");
  if (request.progress != nullptr) request.progress->was_sent = true;
  if (!trouble) return answer_to(request);
  if (trouble->mode == HouseTrouble::Mode::answer)
    return ports::HttpResponse{trouble->status, {}, std::move(trouble->body)};
  auto lost = answer_to(request);
  return fail(ErrorKind::retry_later, trouble->mode == HouseTrouble::Mode::answer_late
                                          ? "https://house.example did not answer in time"
                                          : "https://house.example: the connection broke");
}

void SmsHouse::trouble(HouseTrouble trouble) {
  std::lock_guard lock(mutex_);
  troubles_.push_back(std::move(trouble));
}

std::vector<HouseText> SmsHouse::texts() const {
  std::lock_guard lock(mutex_);
  return texts_;
}

std::vector<std::string> SmsHouse::faults() const {
  std::lock_guard lock(mutex_);
  return faults_;
}

}  // namespace postroom::fakes
