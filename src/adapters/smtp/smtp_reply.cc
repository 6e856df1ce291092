#include "adapters/smtp/smtp_reply.h"

#include <algorithm>

#include "base/text.h"

namespace postroom::smtp {
namespace {

constexpr std::size_t kReferenceBytesMax = 200;
constexpr std::size_t kStatusBytesMax = 11;

// Splits "5.1.1 rest" at its blank; the first half is empty when there is no enhanced status.
std::pair<std::string_view, std::string_view> split_status(std::string_view text) {
  std::size_t end = text.find(' ');
  std::string_view word = text.substr(0, end);
  bool status = word.size() >= 5 && std::count(word.begin(), word.end(), '.') == 2 &&
                std::all_of(word.begin(), word.end(), [](char c) { return is_ascii_digit(c) || c == '.'; });
  if (!status) return {{}, text};
  return {word, end == std::string_view::npos ? std::string_view{} : trim(text.substr(end))};
}

}  // namespace

std::optional<ReplyLine> read_reply_line(std::string_view line) {
  line = trim(line);
  std::optional<int> code = parse_int<int>(line.substr(0, 3));
  if (!code || *code < 200 || *code > 599) return std::nullopt;
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return std::nullopt;
  return ReplyLine{.code = *code,
                   .is_last = line.size() <= 3 || line[3] == ' ',
                   .text = line.size() > 4 ? line.substr(4) : std::string_view{}};
}

std::string Reply::summary() const {
  std::string out = std::to_string(code);
  std::string_view status = lines.empty() ? std::string_view{} : split_status(lines.front()).first;
  if (!status.empty()) out.append(" ").append(status.substr(0, kStatusBytesMax));
  return out;
}

std::string Reply::reference() const {
  if (lines.empty()) return {};
  std::string_view text = split_status(lines.back()).second;
  constexpr std::string_view kMark = "queued as ";
  std::string lower = to_lower(text);
  if (std::size_t found = lower.find(kMark); found != std::string::npos) {
    std::string_view id = text.substr(found + kMark.size());
    id = id.substr(0, id.find_first_of(" \t"));
    if (!id.empty()) text = id;
  }
  return std::string(text.substr(0, kReferenceBytesMax));
}

Offers offers_of(const Reply& ehlo) {
  Offers out;
  // The first line greets.
  for (std::size_t i = 1; i < ehlo.lines.size(); ++i) {
    const std::string line = to_upper(ehlo.lines[i]);
    const std::string_view rest = line;
    const std::string_view word = rest.substr(0, rest.find_first_of(" ="));
    if (word == "STARTTLS") out.starttls = true;
    if (word == "PIPELINING") out.pipelining = true;
    if (word == "SMTPUTF8") out.utf8_addresses = true;
    if (word == "DSN") out.delivery_reports = true;
    if (word == "SIZE") {
      out.size = true;
      out.message_bytes_max = parse_int<std::size_t>(trim(rest.substr(word.size()))).value_or(0);
    }
    if (word == "AUTH") {
      for (const std::string& way : split(replace_all(rest.substr(word.size()), "=", " "), ' ')) {
        out.auth_plain = out.auth_plain || way == "PLAIN";
        out.auth_login = out.auth_login || way == "LOGIN";
      }
    }
  }
  return out;
}

}  // namespace postroom::smtp
