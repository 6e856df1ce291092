#include "core/email/mime_reader.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace postroom::email {
namespace {

struct Line {
  std::string_view text;  // without its end
  std::size_t next = 0;   // where the one after it begins
};

Line line_at(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  if (end == std::string_view::npos) return {text.substr(at), text.size()};
  std::string_view line = text.substr(at, end - at);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return {line, end + 1};
}

std::string type_of(std::string_view content_type) {
  const std::string type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
  return type.find('/') == std::string::npos ? "text/plain" : type;
}

std::string decode_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
      continue;
    }
    if (auto byte = from_hex(text.substr(i + 1, 2)); byte && byte->size() == 1) {
      out += *byte;
      i += 2;
      continue;
    }
    // A soft line break; blanks may have been put before its end.
    std::size_t end = i + 1;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r')) ++end;
    if (end == text.size() || text[end] == '\n')
      i = end;
    else
      out += '=';
  }
  return out;
}

std::string decode_base64(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (char c : text)
    if (is_ascii_alnum(c) || c == '+' || c == '/') clean += c;
  const std::size_t whole = clean.size() / 4 * 4;
  auto decoded = from_base64(clean + std::string(clean.size() == whole ? 0 : 4 - clean.size() % 4, '='));
  // What follows the last whole group may be no base64.
  if (!decoded) decoded = from_base64(std::string_view(clean).substr(0, whole));
  return decoded ? std::move(*decoded) : std::string();
}

std::string decode(std::string_view encoding, std::string_view body) {
  if (equals_ignoring_case(trim(encoding), "base64")) return decode_base64(body);
  if (equals_ignoring_case(trim(encoding), "quoted-printable")) return decode_quoted_printable(body);
  return std::string(body);
}

MimePart part_of(std::string_view text) {
  MimePart out;
  const std::size_t body = out.headers.read(text);
  out.type = type_of(out.headers.get("Content-Type"));
  out.body = decode(out.headers.get("Content-Transfer-Encoding"), text.substr(body));
  return out;
}

std::vector<MimePart> split_parts(std::string_view body, const std::string& boundary) {
  std::vector<MimePart> out;
  const std::string mark = "--" + boundary;
  std::size_t start = std::string_view::npos;  // of the part being read
  for (std::size_t at = 0; at < body.size() && out.size() < kMimePartsMax;) {
    const Line line = line_at(body, at);
    const std::string_view rest = line.text.starts_with(mark) ? line.text.substr(mark.size()) : std::string_view{};
    const bool is_end = line.text.starts_with(mark) && rest.starts_with("--");
    if (line.text.starts_with(mark) && (is_end || trim(rest).empty())) {
      if (start != std::string_view::npos) out.push_back(part_of(body.substr(start, at - start)));
      start = line.next;
      if (is_end) return out;
    }
    at = line.next;
  }
  // Cut off: what there is of the last part.
  if (start != std::string_view::npos && start < body.size() && out.size() < kMimePartsMax)
    out.push_back(part_of(body.substr(start)));
  return out;
}

}  // namespace

std::size_t MimeFields::read(std::string_view text) {
  std::size_t at = 0;
  bool keeps = false;  // the field whose folded lines come
  while (at < text.size()) {
    const Line line = line_at(text, at);
    at = line.next;
    if (line.text.empty()) break;
    if (line.text.front() == ' ' || line.text.front() == '\t') {
      if (!keeps) continue;
      std::string& value = fields_.back().second;
      if (value.size() + line.text.size() <= kMimeHeaderBytesMax) value.append(" ").append(trim(line.text));
      continue;
    }
    const std::size_t colon = line.text.find(':');
    keeps = colon != std::string_view::npos && colon > 0 && fields_.size() < kMimeHeadersMax;
    if (keeps)
      fields_.emplace_back(trim(line.text.substr(0, colon)),
                           trim(line.text.substr(colon + 1)).substr(0, kMimeHeaderBytesMax));
  }
  return at;
}

std::string_view MimeFields::get(std::string_view name) const {
  for (const auto& [key, value] : fields_)
    if (equals_ignoring_case(key, name)) return value;
  return {};
}

std::vector<std::string_view> MimeFields::all(std::string_view name) const {
  std::vector<std::string_view> out;
  for (const auto& [key, value] : fields_)
    if (equals_ignoring_case(key, name)) out.emplace_back(value);
  return out;
}

std::string parameter_of(std::string_view content_type, std::string_view name) {
  std::size_t at = content_type.find(';');
  while (at != std::string_view::npos && at < content_type.size()) {
    ++at;
    const std::size_t equals = content_type.find_first_of("=;", at);
    if (equals == std::string_view::npos) return {};
    if (content_type[equals] == ';') {
      at = equals;
      continue;
    }
    const std::string_view key = trim(content_type.substr(at, equals - at));
    std::size_t i = equals + 1;
    while (i < content_type.size() && is_ascii_space(content_type[i])) ++i;
    std::string value;
    if (i < content_type.size() && content_type[i] == '"') {
      for (++i; i < content_type.size() && content_type[i] != '"'; ++i) {
        if (content_type[i] == '\\' && i + 1 < content_type.size()) ++i;
        value += content_type[i];
      }
      at = content_type.find(';', i);
    } else {
      const std::size_t end = content_type.find(';', i);
      value = std::string(trim(content_type.substr(i, end == std::string_view::npos ? end : end - i)));
      at = end;
    }
    if (equals_ignoring_case(key, name)) return value;
  }
  return {};
}

MimeMessage read_mime(std::string_view message) {
  MimeMessage out;
  // A mailbox's separator line is no header.
  if (message.starts_with("From ")) message.remove_prefix(line_at(message, 0).next);
  const std::size_t body = out.headers.read(message);
  const std::string_view content_type = out.headers.get("Content-Type");
  out.type = type_of(content_type);
  const std::string boundary = parameter_of(content_type, "boundary");
  if (out.type.starts_with("multipart/") && !boundary.empty()) {
    out.parts = split_parts(message.substr(body), boundary);
  } else {
    out.parts.push_back({.headers = out.headers,
                         .type = out.type,
                         .body = decode(out.headers.get("Content-Transfer-Encoding"), message.substr(body))});
  }
  return out;
}

}  // namespace postroom::email
