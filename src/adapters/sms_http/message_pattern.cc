#include "adapters/sms_http/message_pattern.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace postroom::sms_http {
namespace {

std::string encoded(std::string_view value, Encoding encoding) {
  switch (encoding) {
    case Encoding::form: return percent_encode(value);
    case Encoding::xml: return escape_html(value);
    case Encoding::json: {
      std::string quoted;
      append_json_string(quoted, value);
      return quoted.substr(1, quoted.size() - 2);
    }
    case Encoding::plain: break;
  }
  return std::string(value);
}

}  // namespace

std::optional<Encoding> parse_encoding(std::string_view text) {
  if (text == "json") return Encoding::json;
  if (text == "form") return Encoding::form;
  if (text == "xml") return Encoding::xml;
  if (text == "text") return Encoding::plain;
  return std::nullopt;
}

std::optional<MessagePattern::Part> MessagePattern::part_of(std::string_view name) {
  static constexpr std::pair<std::string_view, Part> kParts[] = {
      {"to", Part::to},
      {"sender", Part::sender},
      {"text", Part::text},
      {"reference", Part::reference},
      {"fragments", Part::fragments},
      {"international", Part::international},
      {"encoding", Part::encoding},
  };
  for (const auto& [known, part] : kParts) {
    if (known == name) return part;
  }
  return std::nullopt;
}

Result<MessagePattern> MessagePattern::parse(std::string_view text, Encoding encoding) {
  MessagePattern out;
  out.encoding_ = encoding;
  std::string literal;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t close =
        text[at] == '{' ? text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at + 1) : std::string_view::npos;
    const bool is_word = close != std::string_view::npos && text[close] == '}' && close > at + 1;
    if (!is_word) {
      literal += text[at++];
      continue;
    }
    const std::string_view name = text.substr(at + 1, close - at - 1);
    auto part = part_of(name);
    if (!part) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("there is no placeholder {{{}}}: use to, sender, text, reference, fragments, "
                              "international or encoding",
                              name));
    }
    if (!literal.empty()) out.pieces_.push_back({Part::literal, std::move(literal)});
    literal.clear();
    out.pieces_.push_back({*part, {}});
    at = close + 1;
  }
  if (!literal.empty()) out.pieces_.push_back({Part::literal, std::move(literal)});
  return out;
}

std::string MessagePattern::fill(const ports::SmsMessage& message) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    switch (piece.part) {
      case Part::literal: out += piece.literal; break;
      case Part::to: out += encoded(message.to, encoding_); break;
      case Part::sender: out += encoded(message.sender, encoding_); break;
      case Part::text: out += encoded(message.text, encoding_); break;
      case Part::reference: out += encoded(message.reference, encoding_); break;
      case Part::fragments: out += std::to_string(message.fragments); break;
      case Part::international: out += message.international ? "true" : "false"; break;
      case Part::encoding: out += message.ucs2 ? "ucs2" : "gsm7"; break;
    }
  }
  return out;
}

}  // namespace postroom::sms_http
