#include "adapters/email_http/json_mailer.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "base/bytes.h"
#include "base/text.h"

namespace postroom::email_http {
namespace {

constexpr std::size_t kReferenceBytesMax = 200;
constexpr int kFormDepthMax = 16;

// Gives each placeholder's value; an answer of nothing: there is none of that name.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

struct Filled {
  std::string text;
  bool is_whole = false;  // the text was one placeholder and nothing else
};

Result<Filled> fill(std::string_view pattern, const Lookup& lookup) {
  Filled out;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = pattern.find("((", at);
    const std::size_t close = open == std::string_view::npos ? open : pattern.find("))", open);
    out.text += pattern.substr(at, close == std::string_view::npos ? close : open - at);
    if (close == std::string_view::npos) break;
    const std::string_view name = trim(pattern.substr(open + 2, close - open - 2));
    auto value = lookup(name);
    if (!value) return fail(ErrorKind::invalid_input, fmt::format("there is no placeholder (({}))", name));
    out.text += *value;
    out.is_whole = open == 0 && close + 2 == pattern.size();
    at = close + 2;
  }
  return out;
}

Result<json::value> fill(const json::value& form, const Lookup& lookup, int depth, bool& is_empty) {
  if (depth > kFormDepthMax) return fail(ErrorKind::invalid_input, "the form is too deep");
  if (const auto* text = form.if_string()) {
    POSTROOM_TRY(filled, fill(std::string_view(*text), lookup));
    is_empty = filled.is_whole && filled.text.empty();
    return json::value(filled.text);
  }
  if (const auto* object = form.if_object()) {
    json::object out;
    for (const auto& member : *object) {
      bool left_out = false;
      POSTROOM_TRY(value, fill(member.value(), lookup, depth + 1, left_out));
      if (!left_out) out[member.key()] = std::move(value);
    }
    return json::value(std::move(out));
  }
  if (const auto* array = form.if_array()) {
    json::array out;
    for (const json::value& item : *array) {
      bool left_out = false;
      POSTROOM_TRY(value, fill(item, lookup, depth + 1, left_out));
      if (!left_out) out.push_back(std::move(value));
    }
    return json::value(std::move(out));
  }
  return form;
}

std::string member_at(const json::value& answer, std::string_view path) {
  const json::value* at = &answer;
  for (const std::string& part : split(path, '.')) {
    const json::object* object = at->if_object();
    at = object == nullptr ? nullptr : object->if_contains(part);
    if (at == nullptr) return {};
  }
  if (at->is_string()) return std::string(at->get_string()).substr(0, kReferenceBytesMax);
  return at->is_int64() || at->is_uint64() ? write_json(*at) : std::string();
}

std::optional<std::string> value_of(std::string_view name, const ports::EmailMessage& message,
                                    const std::string& raw) {
  if (name == "to") return message.to;
  if (name == "from_address") return message.from_address;
  if (name == "from_name") return message.from_name;
  if (name == "reply_to") return message.reply_to;
  if (name == "subject") return message.subject;
  if (name == "text") return message.text_body;
  if (name == "html") return message.html_body;
  if (name == "unsubscribe_url") return message.list_unsubscribe_url;
  if (name == "return_path") return message.return_path;
  if (name == "reference") return message.message_reference;
  if (name == "raw") return raw;
  return std::nullopt;
}

}  // namespace

Result<json::object> parse_form(std::string_view text) {
  POSTROOM_TRY(document, parse_json(text));
  if (!document.is_object()) return fail(ErrorKind::invalid_input, "the form must be a JSON object");
  bool unused = false;
  const Lookup known = [](std::string_view name) -> std::optional<std::string> {
    const bool is_known =
        std::find(std::begin(kPlaceholders), std::end(kPlaceholders), name) != std::end(kPlaceholders);
    return is_known ? std::optional<std::string>("x") : std::nullopt;
  };
  POSTROOM_CHECK(fill(document, known, 0, unused));
  return std::move(document.get_object());
}

JsonMailer::JsonMailer(JsonMailerOptions options, ports::MessageWriter& writer, ports::HttpClient& client)
    : options_(std::move(options)),
      needs_raw_(write_json(options_.form).find("raw") != std::string::npos),
      writer_(writer),
      client_(client) {}

Result<ports::ProviderReceipt> JsonMailer::send(const ports::EmailMessage& message) {
  std::string raw;
  if (needs_raw_) {
    POSTROOM_TRY(text, writer_.write(message));
    raw = to_base64(text);
  }
  bool unused = false;
  POSTROOM_TRY(body, fill(
                         json::value(options_.form),
                         [&](std::string_view name) { return value_of(name, message, raw); }, 0, unused));
  ports::HttpRequest request;
  request.method = "POST";
  request.url = options_.url;
  request.headers = {{"Content-Type", "application/json"}};
  if (!options_.authorization.empty()) request.headers.emplace_back("Authorization", options_.authorization);
  request.body = write_json(body);
  request.timeout = options_.timeout;
  POSTROOM_TRY(response, client_.send(request));
  const std::string what = fmt::format("the email provider answered {}", response.status);
  if (response.status == 400 || response.status == 413 || response.status == 422)
    return fail(ErrorKind::invalid_input, what + ": it does not take this email");
  if (response.status / 100 != 2) return fail(ErrorKind::retry_later, what);
  ports::ProviderReceipt receipt{.provider = std::string(name()), .provider_reference = {}};
  if (!options_.id_member.empty()) {
    if (auto answer = parse_json(response.body))
      receipt.provider_reference = member_at(*answer, options_.id_member);
  }
  return receipt;
}

}  // namespace postroom::email_http
