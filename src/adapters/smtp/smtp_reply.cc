#include "adapters/smtp/smtp_reply.h"

#include <array>

#include "base/text.h"

namespace postroom::smtp {
namespace {

constexpr std::size_t kReferenceBytesMax = 200;

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

void ReplyLog::add_line(std::string_view line) {
  line = trim(line);
  std::optional<int> code = parse_int<int>(line.substr(0, 3));
  if (!code || line.size() < 3) return;
  std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view{};
  if (*code == 250) {
    greeted_ = true;
    last_ok_ = text;
  } else if (*code >= 400 && *code < 600) {
    refusal_code_ = *code;
    refusal_status_ = split_status(text).first.substr(0, 11);
  }
}

std::string ReplyLog::refusal() const {
  std::string out = std::to_string(refusal_code_);
  if (!refusal_status_.empty()) out += " " + refusal_status_;
  return out;
}

std::string ReplyLog::reference() const {
  std::string_view text = split_status(last_ok_).second;
  constexpr std::string_view kMark = "queued as ";
  std::string lower = to_lower(text);
  if (std::size_t found = lower.find(kMark); found != std::string::npos) {
    std::string_view id = text.substr(found + kMark.size());
    id = id.substr(0, id.find_first_of(" \t"));
    if (!id.empty()) text = id;
  }
  return std::string(text.substr(0, kReferenceBytesMax));
}

}  // namespace postroom::smtp
