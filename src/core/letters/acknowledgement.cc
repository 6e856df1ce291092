#include "core/letters/acknowledgement.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "core/letters/file_names.h"
#include "core/letters/record.h"

namespace postroom::letters {
namespace {

constexpr std::string_view kAckSuffix = ".ACK.TXT";
constexpr std::string_view kZipSuffix = ".ZIP";

std::set<std::string> upper(const std::set<std::string>& names) {
  std::set<std::string> out;
  for (const std::string& name : names) out.insert(to_upper(name));
  return out;
}

}  // namespace

bool is_acknowledgement_key(std::string_view key) {
  return key.size() > kAckSuffix.size() &&
         equals_ignoring_case(key.substr(key.size() - kAckSuffix.size()), kAckSuffix);
}

std::set<std::string> acknowledged_zips(std::string_view key, std::string_view content) {
  std::set<std::string> zips;
  if (is_acknowledgement_key(key)) {
    const std::string_view name = base_name(key);
    std::string stem = to_upper(name.substr(0, name.size() - kAckSuffix.size()));
    const bool is_zip = stem.ends_with(kZipSuffix) && stem.size() > kZipSuffix.size();
    if (is_zip || is_record_file_name(stem)) zips.insert(std::move(stem));
  }
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    const std::string_view line = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    const std::string_view zip = trim(line.substr(0, line.find('|')));
    if (!zip.empty()) zips.insert(to_upper(zip));
  }
  return zips;
}

bool names_day(std::string_view key, Date day) {
  const std::string dashed = format_date(day);
  const std::string plain = replace_all(dashed, "-", "");
  const std::string_view name = base_name(key);
  return name.find(plain) != std::string_view::npos || name.find(dashed) != std::string_view::npos;
}

AcknowledgementGap compare_acknowledgements(const std::set<std::string>& sent,
                                            const std::set<std::string>& acknowledged) {
  const std::set<std::string> ours = upper(sent);
  const std::set<std::string> theirs = upper(acknowledged);
  AcknowledgementGap gap;
  std::set_difference(ours.begin(), ours.end(), theirs.begin(), theirs.end(), std::back_inserter(gap.missing));
  std::set_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(), std::back_inserter(gap.unexpected));
  return gap;
}

}  // namespace postroom::letters
