// A request's URL or body with {placeholders} for a text's parts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ports/sms_gateway.h"

namespace postroom::sms_http {

enum class Encoding {
  plain,  // as it is
  json,   // inside a JSON string
  form,   // percent-encoded: forms and URLs
  xml,    // inside an element or a quoted attribute
};
// "json" and so on; "text" is plain.
std::optional<Encoding> parse_encoding(std::string_view text);

// Placeholders: {to} (digits with country code), {sender}, {text}, {reference}, {fragments}, {international} (true
// or false), {encoding} (gsm7 or ucs2). Other braces stand for themselves. Immutable.
class MessagePattern {
 public:
  // invalid_input for a word in braces that is no placeholder.
  static Result<MessagePattern> parse(std::string_view text, Encoding encoding);
  // Every value encoded, so that none can break out of its place.
  std::string fill(const ports::SmsMessage& message) const;

 private:
  enum class Part { literal, to, sender, text, reference, fragments, international, encoding };
  struct Piece {
    Part part = Part::literal;
    std::string literal;
  };
  static std::optional<Part> part_of(std::string_view name);

  Encoding encoding_ = Encoding::plain;
  std::vector<Piece> pieces_;
};

}  // namespace postroom::sms_http
