// Which letters travel together in one zip.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "core/notifications/types.h"

namespace postroom::letters {

// The print house refuses larger files, so no setting may allow more.
inline constexpr std::uint64_t kZipBytesHardMax = 2'147'483'647;
inline constexpr std::uint64_t kZipBytesMaxDefault = 524'288'000;
inline constexpr int kZipLettersMaxDefault = 5000;
// Of a group's keys written as a JSON array; the default numbers stay far below it.
inline constexpr std::uint64_t kZipKeysBytesMax = 1024 * 1024;
// A zip is longer than its PDFs by less than this for each letter: two headers, the name twice, long sizes.
inline constexpr std::uint64_t kZipOverheadBytesPerLetter = 512;

struct PrintableLetter {
  NotificationId id;
  std::string reference;
  std::string blob_key;
  ServiceId service_id;
  notifications::Postage postage = notifications::Postage::second;
  std::uint64_t bytes = 0;
};

struct LetterGroup {
  std::vector<PrintableLetter> letters;  // never empty
  std::uint64_t bytes = 0;               // of the PDFs

  notifications::Postage postage() const { return letters.front().postage; }
  ServiceId service_id() const { return letters.front().service_id; }
};

struct GroupLimits {
  std::uint64_t bytes_max = kZipBytesMaxDefault;  // of the PDFs; a group may hold exactly this much
  int letters_max = kZipLettersMaxDefault;
  bool per_service = true;  // one service's letters in a zip; postages are never mixed
  std::uint64_t keys_bytes_max = kZipKeysBytesMax;
};

// invalid_input when a limit is not positive or above what the print house takes.
Result<void> check_limits(const GroupLimits& limits);

// True when a letter is too large for any zip, even alone.
bool is_too_large(std::uint64_t pdf_bytes);

// Takes letters one by one in their order and gives each group when it is complete. A letter larger than
// bytes_max travels alone. Not safe from several threads.
class Grouper {
 public:
  explicit Grouper(const GroupLimits& limits) : limits_(limits) {}

  // The group that is complete because `letter` does not fit into it, if any.
  std::optional<LetterGroup> add(PrintableLetter letter);
  // What is left, if anything. The grouper is empty afterwards.
  std::optional<LetterGroup> finish();

 private:
  bool fits(const PrintableLetter& letter) const;
  std::optional<LetterGroup> take();

  GroupLimits limits_;
  LetterGroup group_;
  std::uint64_t keys_bytes_ = 0;
};

}  // namespace postroom::letters
