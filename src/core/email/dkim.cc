#include "core/email/dkim.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/key_ring.h"
#include "base/text.h"

namespace postroom::email {
namespace {

constexpr std::size_t kLabelCharsMax = 63;
constexpr std::size_t kNameCharsMax = 253;
constexpr std::size_t kTxtStringCharsMax = 255;
constexpr std::size_t kFoldColumn = 74;

// In this order in h=. Content-Type too: with another boundary the same body reads as another text.
constexpr std::string_view kSignedHeaders[] = {"From",
                                               "Reply-To",
                                               "To",
                                               "Subject",
                                               "Date",
                                               "Message-ID",
                                               "MIME-Version",
                                               "Content-Type",
                                               "Content-Transfer-Encoding",
                                               "List-Unsubscribe",
                                               "List-Unsubscribe-Post",
                                               "Auto-Submitted"};
// Named once more than they occur: one that is added later breaks the signature.
constexpr std::string_view kOversigned[] = {"From", "Reply-To", "To", "Subject", "Date"};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::string_view to_string(DkimAlgorithm algorithm) {
  return algorithm == DkimAlgorithm::rsa_sha256 ? "rsa-sha256" : "ed25519-sha256";
}

bool is_dns_name(std::string_view text) {
  if (text.empty() || text.size() > kNameCharsMax) return false;
  for (std::string_view rest = text;;) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (label.empty() || label.size() > kLabelCharsMax || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_'; }))
      return false;
    if (dot == std::string_view::npos) return true;
    rest.remove_prefix(dot + 1);
  }
}

bool covers(std::string_view domain, std::string_view from_domain) {
  if (from_domain.size() < domain.size()) return false;
  const std::size_t above = from_domain.size() - domain.size();
  return equals_ignoring_case(from_domain.substr(above), domain) && (above == 0 || from_domain[above - 1] == '.');
}

std::string dkim_record_name(std::string_view domain, std::string_view selector) {
  return fmt::format("{}._domainkey.{}", selector, domain);
}

std::string dkim_record_text(DkimAlgorithm algorithm, BytesView public_key) {
  return fmt::format("v=DKIM1; k={}; p={}", algorithm == DkimAlgorithm::rsa_sha256 ? "rsa" : "ed25519",
                     to_base64(public_key));
}

std::string dkim_zone_line(std::string_view name, std::string_view text) {
  std::string out = fmt::format("{}. IN TXT (", name);
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), kTxtStringCharsMax)))
    out += fmt::format(" \"{}\"", text.substr(0, kTxtStringCharsMax));
  return out + " )";
}

std::string relaxed_header(std::string_view name, std::string_view value) {
  std::string out = to_lower(trim(name));
  out += ':';
  const std::size_t start = out.size();
  bool blank = false;
  for (char c : value) {
    if (is_blank(c) || c == '\r' || c == '\n') {
      blank = true;
      continue;
    }
    if (blank && out.size() > start) out += ' ';
    blank = false;
    out += c;
  }
  return out + "\r\n";
}

std::string relaxed_body(std::string_view body) {
  std::string out;
  out.reserve(body.size() + 2);
  std::size_t empty_lines = 0;
  while (!body.empty()) {
    const std::size_t end = body.find("\r\n");
    std::string_view line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 2);
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    if (line.empty()) {
      ++empty_lines;
      continue;
    }
    for (; empty_lines > 0; --empty_lines) out += "\r\n";
    bool blank = false;
    for (char c : line) {
      if (!is_blank(c))
        out += c;
      else if (!blank)
        out += ' ';
      blank = is_blank(c);
    }
    out += "\r\n";
  }
  return out;
}

Result<DkimMessage> DkimMessage::read(std::string_view message) {
  const std::size_t split = message.find("\r\n\r\n");
  if (split == std::string_view::npos)
    return fail(ErrorKind::invalid_input, "the message has no empty line after its headers");
  DkimMessage out;
  bool has_from = false;
  for (std::string_view block = message.substr(0, split + 2); !block.empty();) {
    // A header ends at the first line end that no blank follows.
    std::size_t end = block.find("\r\n");
    while (end + 2 < block.size() && is_blank(block[end + 2])) end = block.find("\r\n", end + 2);
    const std::string_view field = block.substr(0, end);
    block.remove_prefix(end + 2);
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos || colon == 0)
      return fail(ErrorKind::invalid_input, "the message has a header line without a name");
    const std::string_view name = trim(field.substr(0, colon));
    has_from = has_from || equals_ignoring_case(name, "From");
    out.headers_.push_back({name, relaxed_header(name, field.substr(colon + 1))});
  }
  if (!has_from) return fail(ErrorKind::invalid_input, "the message has no From header");
  out.body_hash_ = to_base64(sha256(relaxed_body(message.substr(split + 4))));
  return out;
}

DkimMessage::Draft DkimMessage::draft(const DkimIdentity& identity, UtcTime at) const {
  Draft out;
  std::string names;
  std::size_t column = 0;
  const auto list = [&](std::string_view name) {
    if (!names.empty()) names += ':', ++column;
    if (column + name.size() > kFoldColumn - 4) names += "\r\n ", column = 1;
    names += name;
    column += name.size();
  };
  for (std::string_view wanted : kSignedHeaders) {
    // From the bottom up (RFC 6376 section 5.4.2).
    for (auto header = headers_.rbegin(); header != headers_.rend(); ++header) {
      if (!equals_ignoring_case(header->name, wanted)) continue;
      list(wanted);
      out.signed_text += header->canonical;
    }
    if (std::find(std::begin(kOversigned), std::end(kOversigned), wanted) != std::end(kOversigned)) list(wanted);
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  out.header = fmt::format(
      "DKIM-Signature: v=1; a={}; c=relaxed/relaxed; t={};\r\n d={};\r\n s={};\r\n h={};\r\n "
      "bh={};\r\n b=",
      to_string(identity.algorithm), seconds, identity.domain, identity.selector, names, body_hash_);
  const std::size_t colon = out.header.find(':');
  const std::string own = relaxed_header("dkim-signature", std::string_view(out.header).substr(colon + 1));
  out.signed_text.append(own, 0, own.size() - 2);
  return out;
}

std::string finish_signature(const DkimMessage::Draft& draft, BytesView signature) {
  const std::string text = to_base64(signature);
  std::string out = draft.header;
  for (std::size_t i = 0; i < text.size(); i += kFoldColumn - 4) {
    if (i > 0) out += "\r\n ";
    out.append(text, i, kFoldColumn - 4);
  }
  return out + "\r\n";
}

}  // namespace postroom::email
