#include "core/letters/grouper.h"

#include <fmt/format.h>

namespace postroom::letters {
namespace {

// Quotes and a comma around each key.
std::uint64_t key_bytes(const PrintableLetter& letter) { return letter.blob_key.size() + 3; }
// The brackets of the array.
constexpr std::uint64_t kEmptyKeysBytes = 2;

}  // namespace

Result<void> check_limits(const GroupLimits& limits) {
  if (limits.bytes_max < 1 || limits.bytes_max > kZipBytesHardMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("a zip may hold 1 to {} bytes of letters, not {}: the print house refuses larger files",
                            kZipBytesHardMax, limits.bytes_max));
  }
  if (limits.letters_max < 1)
    return fail(ErrorKind::invalid_input,
                fmt::format("a zip must be allowed at least 1 letter, not {}", limits.letters_max));
  return {};
}

bool is_too_large(std::uint64_t pdf_bytes) { return pdf_bytes > kZipBytesHardMax - kZipOverheadBytesPerLetter; }

bool Grouper::fits(const PrintableLetter& letter) const {
  if (group_.letters.empty()) return true;
  if (group_.bytes + letter.bytes > limits_.bytes_max) return false;
  if (group_.letters.size() >= static_cast<std::size_t>(limits_.letters_max)) return false;
  if (keys_bytes_ + key_bytes(letter) > limits_.keys_bytes_max) return false;
  // The print house must never see two postages in one file.
  if (letter.postage != group_.postage()) return false;
  return !limits_.per_service || letter.service_id == group_.service_id();
}

std::optional<LetterGroup> Grouper::add(PrintableLetter letter) {
  std::optional<LetterGroup> complete;
  if (!fits(letter)) complete = take();
  if (group_.letters.empty()) keys_bytes_ = kEmptyKeysBytes;
  group_.bytes += letter.bytes;
  keys_bytes_ += key_bytes(letter);
  group_.letters.push_back(std::move(letter));
  return complete;
}

std::optional<LetterGroup> Grouper::finish() {
  if (group_.letters.empty()) return std::nullopt;
  return take();
}

std::optional<LetterGroup> Grouper::take() {
  LetterGroup out = std::move(group_);
  group_ = {};
  return out;
}

}  // namespace postroom::letters
